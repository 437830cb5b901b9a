"""Dask: the same rows as without it, whoever dies meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_sweep import SWEEP, planned, rows_in, write_files

from plazas.analysis.sweep import array, engine, store, task
from plazas.analysis.sweep.clusters import ClusterError
from plazas.analysis.sweep.query import read_sweep
from plazas.model.results import Results
from plazas.model.simulation import Simulation

distributed = pytest.importorskip("distributed")
SHORT = bool(os.environ.get("PLAZAS_SHORT"))
SameRows = Callable[[Path], None]


def files_appear(folder: Path, more_than: int, within: float = 600.0) -> None:
    """Wait until more batches than so many are finished."""
    end = time.monotonic() + within
    while len(store.files(folder)) <= more_than:
        assert time.monotonic() < end, "no batch was finished"
        time.sleep(0.01)


class Trouble(distributed.WorkerPlugin):
    """Makes one run of the sweep kill whatever process runs it."""

    def setup(self, worker: Any) -> None:
        real = task.run_one

        def run_one(simulation: Simulation) -> Results:
            values = simulation.scenario.parameters
            point = (values.recruitment, values.hostility_war)
            if (simulation.scenario.name, point, simulation.replicate) == ("raid", (0.003, 1.5), 1):
                os.kill(os.getpid(), signal.SIGKILL)
            return real(simulation)

        task.run_one = run_one


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address of a Dask scheduler with one worker, which a nanny restarts."""
    import cloudpickle
    import dask
    from distributed.protocol import pickle  # noqa: F401 - what follows needs it loaded

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with (
        dask.config.set(
            {
                "distributed.scheduler.allowed-failures": 0,
                "distributed.deploy.lost-worker-timeout": "300s",  # on a busy machine
            }
        ),
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
    ):
        yield cluster.scheduler_address


def test_a_cluster_of_its_own_gives_the_same_rows(begun: Path, same_rows: SameRows) -> None:
    reported: list[tuple[int, int]] = []
    array.run_share(begun, 0, 3)
    done = engine.run(
        begun, workers=1, report=lambda progress: reported.append((progress.done, progress.failed))
    )
    same_rows(begun)
    assert (done.total, done.done, done.failed, done.batches) == (54, 54, 0, 12)
    assert reported[0] == (18, 0)
    assert reported[-1] == (54, 0)
    assert engine.run(begun, workers=1).batches == 0


@pytest.mark.slow
def test_a_running_scheduler_gives_the_same_rows(
    begun: Path, same_rows: SameRows, address: str
) -> None:
    engine.run(begun, cluster=address)
    same_rows(begun)


@pytest.mark.slow
def test_a_full_disk_of_the_workers_is_reported(
    begun: Path, same_rows: SameRows, address: str
) -> None:
    def limit(size: int) -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    with distributed.Client(address) as client:
        client.run(limit, 4096)
        try:
            with pytest.raises(store.FullError, match="no space is left"):
                engine.run(begun, cluster=address)
        finally:
            client.run(limit, -1)
    assert rows_in(begun) == {}
    engine.run(begun, cluster=address)
    same_rows(begun)


@pytest.mark.slow
@pytest.mark.attack
def test_a_run_that_kills_its_worker_every_time_is_a_row(begun: Path, address: str) -> None:
    with distributed.Client(address) as client:
        client.register_plugin(Trouble(), name="trouble")
        try:
            done = engine.run(begun, cluster=address)
        finally:
            client.unregister_worker_plugin("trouble")
            client.restart()
    assert (done.done, done.failed) == (54, 1)
    (failed,) = read_sweep(begun).failed.to_dict("records")
    assert failed["error"].startswith("KilledWorker: ")
    run = (failed["scenario"], failed["recruitment"], failed["hostility_war"], failed["replicate"])
    assert run == ("raid", 0.003, 1.5, 1)


@pytest.mark.slow
@pytest.mark.attack
def test_a_worker_killed_mid_run_costs_nothing(tmp_path: Path) -> None:
    """One of two workers is killed while both are busy; its batch is run again."""
    import psutil

    path = write_files(tmp_path, SWEEP.replace("replicates: 3", "replicates: 20"))
    plan = planned(path, batch=10)
    wanted, folder = tmp_path / "wanted", tmp_path / "folder"
    store.create(wanted, plan)
    array.run_share(wanted, 0, 1)
    store.create(folder, plan)
    killed: list[int] = []
    before = set(psutil.Process().children(recursive=True))

    def kill() -> None:
        files_appear(folder, 2)
        found = set(psutil.Process().children(recursive=True)) - before
        workers = [p for p in found if "spawn_main" in " ".join(p.cmdline())]
        victim = max(workers, key=lambda process: process.cpu_times().user)
        victim.kill()
        killed.append(victim.pid)

    thread = threading.Thread(target=kill)
    thread.start()
    engine.run(folder, workers=2)
    thread.join()
    assert killed
    assert rows_in(folder) == rows_in(wanted)


@pytest.mark.slow
def test_a_lost_scheduler_is_reported(begun: Path, sweep_file: Path, tmp_path: Path) -> None:
    path = write_files(tmp_path, SWEEP.replace("replicates: 3", "replicates: 100"))
    folder = tmp_path / "folder"
    store.create(folder, planned(path, batch=10))
    ready = tmp_path / "scheduler.json"
    words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    words += ["--port", "0", "--no-dashboard", "--scheduler-file", str(ready)]
    scheduler = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    worker = None
    try:
        while not ready.exists() or not ready.read_text():
            assert scheduler.poll() is None
            time.sleep(0.1)
        import json

        address = json.loads(ready.read_text())["address"]
        words = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-dashboard"]
        words += ["--nthreads", "1", "--death-timeout", "60"]
        worker = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        threading.Thread(target=lambda: (files_appear(folder, 1), scheduler.kill())).start()
        with pytest.raises(ClusterError, match=r"was lost .*continue with --resume"):
            engine.run(folder, cluster=address)
    finally:
        for process in (scheduler, worker):
            if process is not None:
                process.kill()
                process.wait()
    assert store.files(folder)


def test_no_scheduler_is_reported(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plazas.analysis.sweep.clusters.ANSWER", 1)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        engine.run(begun, cluster="tcp://127.0.0.1:9")


def sweep_command(folder: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "plazas.analysis.cli", "sweep", "--out", str(folder)]
    words += ["--resume", "--workers", "1"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.slow
@pytest.mark.attack
def test_kill_9_of_the_command_at_random_moments(tmp_path: Path) -> None:
    """The command is killed while it starts, while it runs, whenever; then it goes on."""
    kills = 3 if SHORT else 22
    path = write_files(tmp_path, SWEEP.replace("replicates: 3", "replicates: 30"))
    plan = planned(path, batch=5)
    wanted, folder = tmp_path / "wanted", tmp_path / "folder"
    store.create(wanted, plan)
    array.run_share(wanted, 0, 1)
    store.create(folder, plan)
    generator = random.Random(7)
    hits = 0
    for i in range(kills):
        process = sweep_command(folder)
        if i % 3 == 0:  # while it starts, as likely as not
            time.sleep(generator.uniform(0.0, 6.0))
        else:  # just after a batch, or some way into the next
            done = len(store.files(folder))
            if done < plan.batches - 10:
                files_appear(folder, done)
            time.sleep(generator.uniform(0.0, 0.3))
        process.kill()
        process.wait()
        hits += len(store.files(folder)) < plan.batches
    assert hits == kills or not SHORT
    assert hits >= min(kills, 20)
    assert sweep_command(folder).wait() == 0
    assert rows_in(folder) == rows_in(wanted)


@pytest.mark.slow
@pytest.mark.attack
def test_two_commands_in_one_folder(begun: Path, same_rows: SameRows) -> None:
    both = [sweep_command(begun) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    same_rows(begun)
