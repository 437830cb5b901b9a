"""Sweeps on a real SLURM: a job array, and Dask workers in jobs; a job is killed mid-run in each.

Where no SLURM answers, one of a single node is started for these tests and stopped again, if it is
installed and ``slurm_one_node.sh`` stands in ``shared/tools`` beside the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_sweep import SWEEP, planned, rows_in, write_files

from plazas.analysis.sweep import array, engine, store
from plazas.analysis.sweep.clusters import Jobs

pytestmark = [pytest.mark.slow, pytest.mark.slurm]
TOOL = Path(__file__).parents[4] / "shared" / "tools" / "slurm_one_node.sh"
MEMORY = "1GB"
WAIT = 600.0  # seconds


def said(*words: str | Path) -> str:
    done = subprocess.run([*map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def answers() -> bool:
    try:
        return "idle" in said("sinfo", "-h", "-o", "%t")
    except (OSError, subprocess.CalledProcessError):
        return False


@pytest.fixture(scope="module", autouse=True)
def slurm() -> Iterator[None]:
    if answers():
        yield
        return
    if os.geteuid() != 0:
        pytest.skip("no SLURM answers here, and only root can start one")
    if not TOOL.is_file():
        pytest.skip(f"no SLURM answers here, and there is no {TOOL} to start one")
    if shutil.which("slurmctld") is None:
        pytest.skip(f"SLURM is not installed; run: bash {TOOL} install")
    try:
        subprocess.run(["bash", TOOL, "start"], check=True, timeout=60, stdout=subprocess.DEVNULL)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"SLURM does not start here: {error}")
    try:
        yield
    finally:
        subprocess.run(["bash", TOOL, "stop"], check=False, timeout=60)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sweep that takes some seconds."""
    return write_files(
        tmp_path_factory.mktemp("files"), SWEEP.replace("replicates: 3", "replicates: 20")
    )


@pytest.fixture(scope="module")
def wanted(path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the rows of that sweep, run without interruption and without SLURM."""
    folder = tmp_path_factory.mktemp("wanted") / "sweep"
    store.create(folder, planned(path, batch=6))
    array.run_share(folder, 0, 1)
    return rows_in(folder)


def jobs(state: str) -> list[str]:
    """Return the jobs of this user in a state, a task of an array by its own number."""
    return said("squeue", "-h", "-r", "--me", "-t", state, "-o", "%i").split()


def until_files(folder: Path, more_than: int) -> None:
    end = time.monotonic() + WAIT
    while len(store.files(folder)) <= more_than:
        assert time.monotonic() < end, "no batch was finished"
        time.sleep(0.02)


def test_a_job_array_of_which_a_task_is_killed(
    path: Path, tmp_path: Path, wanted: dict[str, bytes]
) -> None:
    folder = tmp_path / "a sweep"
    store.create(folder, planned(path, batch=6))
    script = array.write_script(folder, 2, Jobs(memory=MEMORY))
    number = said("sbatch", "--parsable", script)
    until_files(folder, 2)
    victim = next(job for job in jobs("running") if job.startswith(number))
    said("scancel", "--signal=KILL", "--full", victim)
    end = time.monotonic() + WAIT
    while any(job.startswith(number) for job in [*jobs("running"), *jobs("pending")]):
        assert time.monotonic() < end, "the array does not end"
        time.sleep(0.2)
    done = rows_in(folder)
    assert 0 < len(done) < len(wanted)
    said("sbatch", "--wait", script)  # the same script again does what is left
    assert rows_in(folder) == wanted
    assert len(list((folder / store.LOGS).iterdir())) == 2


def test_dask_workers_in_jobs_of_which_one_is_killed(
    path: Path, tmp_path: Path, wanted: dict[str, bytes]
) -> None:
    """There is one job at a time; it is killed, and another takes its place."""
    pytest.importorskip("dask_jobqueue")
    folder = tmp_path / "sweep"
    store.create(folder, planned(path, batch=6))
    killed: list[str] = []

    def kill() -> None:
        until_files(folder, 2)
        killed.extend(jobs("running"))
        for job in killed:
            said("scancel", "--signal=KILL", "--full", job)

    thread = threading.Thread(target=kill)
    thread.start()
    done = engine.run(folder, workers=1, cluster="slurm", jobs=Jobs(memory=MEMORY))
    thread.join()
    assert len(killed) == 1
    assert done.failed == 0
    assert rows_in(folder) == wanted
    logs = {log.stem.split("-")[-1] for log in (folder / store.LOGS).glob("*.err")}
    assert len(logs - set(killed)) >= 1  # a job that came after
