"""Dask workers: on this machine, in SLURM jobs, or of a running scheduler."""

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
USUAL_JOBS = 10  # default maximum number of SLURM jobs
ANSWER = 10  # seconds in which a scheduler must answer
SCHEMES = ("tcp://", "tls://", "ucx://", "ws://", "wss://")


class ClusterError(UserError):
    """The cluster cannot be used, or the connection was lost; finished batches are safe."""


@dataclass(frozen=True)
class Jobs:
    """The resources of each SLURM job; None uses Dask's own configuration (jobqueue).

    Parameters
    ----------
    cores : int
        Processes per job, one core each.
    memory : str
        Memory per job, for example ``"2GB"``.
    walltime : str, optional
        Maximum run time, for example ``"4:00:00"``.
    partition, account : str, optional
        Names that the SLURM site defines.
    """

    cores: int = 1
    memory: str = "2GB"
    walltime: str | None = None
    partition: str | None = None
    account: str | None = None


@dataclass
class Workers:
    """The workers of a Dask client.

    ``most`` is the maximum number of threads for tasks, or 0 if it is unknown. ``cluster`` is the
    cluster that starts workers, or None for a scheduler that runs already.
    """

    client: Client
    most: int = 0
    cluster: Any = None
    each: int = 1  #: processes per job of the cluster
    seen: int = 0  #: threads for tasks at the last count

    def number(self) -> int:
        """Return the current number of threads for tasks."""
        self.seen = sum(self.client.nthreads().values())
        return self.seen

    def expected(self) -> int:
        """Return the number of threads that need work: the maximum, or the last count.

        It is called for every batch, so it counts only once. To send a list of a thousand workers
        takes longer than to distribute a batch.
        """
        return self.most or self.seen or self.number()

    def replace_lost(self) -> None:
        """Request new workers for those that are lost; Dask does not replace them."""
        if self.cluster is not None and set(self.cluster.worker_spec) - set(self.cluster.workers):
            self.cluster.scale(len(self.cluster.worker_spec) * self.each)


@contextmanager
def connected(
    cluster: str | None, workers: int | None, jobs: Jobs, logs: Path
) -> Iterator[Workers]:
    """Start or connect to workers, and release them at the end of the context.

    Parameters
    ----------
    cluster : str, optional
        None for processes on this machine, ``"slurm"`` for SLURM jobs that start and stop as
        needed, or the address of a running Dask scheduler.
    workers : int, optional
        Number of processes on this machine (default one per core), or maximum number of SLURM jobs
        (default ``USUAL_JOBS``).
    jobs : Jobs
        The resources of each SLURM job.
    logs : pathlib.Path
        The folder for the output of SLURM jobs.

    Yields
    ------
    Workers
        The connected workers.

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
