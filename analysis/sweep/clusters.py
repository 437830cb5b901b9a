"""Where Dask workers come from: this machine, SLURM, or a scheduler that runs already."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plazas.analysis.experiment.run import cores
from plazas.analysis.experiment.workers import interrupts_deferred
from plazas.model.errors import MissingLibraryError, UserError, unknown

if TYPE_CHECKING:
    from distributed import Client

SLURM = "slurm"
USUAL_JOBS = 10  # most SLURM jobs by default
ANSWER = 10  # seconds in which a scheduler must answer
SCHEMES = ("tcp://", "tls://", "ucx://", "ws://", "wss://")


class ClusterError(UserError):
    """The cluster cannot be used, or was lost; what is finished is safe."""


@dataclass(frozen=True)
class Jobs:
    """What each SLURM job asks for; None leaves it to Dask's own configuration (jobqueue)."""

    cores: int = 1
    memory: str = "2GB"
    walltime: str | None = None
    partition: str | None = None
    account: str | None = None


@dataclass
class Workers:
    """The workers of a Dask client: how many may come, and the cluster to ask for them if ours."""

    client: Client
    most: int = 0
    cluster: Any = None
    each: int = 1  #: processes that the cluster starts at a time
    seen: int = 0  #: threads for tasks when last counted

    def number(self) -> int:
        """Count the threads for tasks that there are at present."""
        self.seen = sum(self.client.nthreads().values())
        return self.seen

    def expected(self) -> int:
        """Return for how many to have work ready: those there were, or those that may come.

        Asked for every batch, so it counts only where it never did: a list of a thousand workers
        takes longer to send than a batch to hand out.
        """
        return self.most or self.seen or self.number()

    def replace_lost(self) -> None:
        """Ask again for workers that are lost for good; Dask does not replace them."""
        if self.cluster is not None and set(self.cluster.worker_spec) - set(self.cluster.workers):
            self.cluster.scale(len(self.cluster.worker_spec) * self.each)


@contextmanager
def connected(
    cluster: str | None, workers: int | None, jobs: Jobs, logs: Path
) -> Iterator[Workers]:
    """Give workers and let them go again.

    ``cluster`` is None for processes on this machine, ``slurm`` for SLURM jobs that are asked for
    and given back as there is work, or the address of a Dask scheduler that runs already.
    ``workers`` is how many processes on this machine (one a core if None), or the most jobs on
    SLURM. Jobs write what they say into the folder ``logs``.

    Raises
    ------
    MissingLibraryError
        If Dask (or dask-jobqueue) is not installed.
    ClusterError
        If the scheduler or SLURM does not answer.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingLibraryError(
            "sweeps run on Dask, which is not installed; run: pip install 'plazas[cluster]' "
            "(a SLURM job array, --array, needs none)"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        if cluster is None:
            number = cores() if workers is None else workers
            with interrupts_deferred():
                here = stack.enter_context(
                    distributed.LocalCluster(
                        n_workers=number,
                        threads_per_worker=1,
                        host="127.0.0.1",
                        dashboard_address="127.0.0.1:0",
                        silence_logs=logging.CRITICAL,
                    )
                )
                client = stack.enter_context(distributed.Client(here, set_as_default=False))
            result = Workers(client, number, here)
        elif cluster == SLURM:
            result = _slurm(stack, USUAL_JOBS if workers is None else workers, jobs, logs)
        else:
            result = Workers(stack.enter_context(_client_at(cluster)))
        yield result


def _client_at(address: str) -> Client:
    from distributed import Client

    if not address.startswith(SCHEMES):
        shown = (SLURM, *(f"{scheme}HOST:PORT" for scheme in SCHEMES))
        raise ClusterError(unknown("cluster", address, shown))
    try:
        return Client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address} ({error})") from error


def _slurm(stack: ExitStack, most: int, jobs: Jobs, logs: Path) -> Workers:
    from distributed import Client

    try:
        from dask_jobqueue import SLURMCluster
    except ImportError as error:
        raise MissingLibraryError(
            "SLURM needs dask-jobqueue, which is not installed; run: pip install 'plazas[cluster]'"
        ) from error
    logs.mkdir(exist_ok=True)
    said: dict[str, Any] = {
        "walltime": jobs.walltime,
        "queue": jobs.partition,
        "account": jobs.account,
    }
    cluster = stack.enter_context(
        SLURMCluster(
            cores=jobs.cores,
            processes=jobs.cores,
            memory=jobs.memory,
            python=sys.executable,
            log_directory=str(logs),
            scheduler_options={"dashboard_address": ":0"},
            **{key: value for key, value in said.items() if value is not None},
        )
    )
    try:
        cluster.adapt(minimum_jobs=1, maximum_jobs=most)
        client = stack.enter_context(Client(cluster, set_as_default=False))
    except (OSError, RuntimeError) as error:
        raise ClusterError(f"SLURM does not take jobs: {error}") from error
    return Workers(client, most * jobs.cores, cluster, jobs.cores)
