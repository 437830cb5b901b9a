"""Nothing is lost and nothing is there twice: kill -9, full disks, two sweeps in one folder."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from small_sweep import SWEEP, planned, rows_in, write_files

from plazas.analysis.sweep import array, query, start, store, task
from plazas.analysis.sweep.status import status
from plazas.scenarios import ScenarioFileError

KILLED = Path(__file__).parent / "killed.py"
SameRows = Callable[[Path], None]


def children(*words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, KILLED, *map(str, words)], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


SERIES = [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))]


@pytest.mark.attack
@pytest.mark.parametrize("seed", SERIES)
def test_kill_9_at_random_moments_loses_and_doubles_nothing(
    seed: int, begun: Path, same_rows: SameRows
) -> None:
    hits = int(children(begun, "24", str(seed)))
    assert hits >= 20
    assert status(begun).finished < 18  # the last word is the resumed sweep's
    array.run_share(begun, 0, 1)
    same_rows(begun)


@pytest.mark.attack
def test_the_same_kills_find_a_careless_writer(begun: Path, same_rows: SameRows) -> None:
    """The control: files written in place are caught half-written; they are seen, and run again."""
    children(begun, "6", "1", "--careless")
    with pytest.raises(store.StoreError, match=r"\.parquet: is damaged"):
        status(begun)
    array.run_share(begun, 0, 1)
    same_rows(begun)


@pytest.mark.attack
def test_two_at_once_lose_and_double_nothing(begun: Path, same_rows: SameRows) -> None:
    assert children(begun, "--together", "3") == "[0, 0, 0]"
    same_rows(begun)


def test_shares_make_up_the_whole(begun: Path, same_rows: SameRows) -> None:
    counts = [array.run_share(begun, i, 4).done for i in range(4)]
    assert sum(counts) == 54
    assert min(counts) > 0
    same_rows(begun)


def test_resuming_runs_only_what_is_missing(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    array.run_share(begun, 0, 2)
    before = {path: path.stat().st_mtime_ns for path in store.files(begun)}
    ran: list[int] = []
    real = task.run_rows
    monkeypatch.setattr(
        task, "run_rows", lambda plan, runs: (ran.extend(runs), real(plan, runs))[1]
    )
    array.run_share(begun, 0, 1)
    assert len(before) == 9
    assert len(ran) == len(set(ran)) == 27
    assert {path: path.stat().st_mtime_ns for path in before} == before


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow past so many bytes: to a writer, a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_reported_and_gone_on_from(begun: Path, same_rows: SameRows) -> None:
    array.run_share(begun, 0, 3)
    with file_limit(4096), pytest.raises(store.FullError, match=r"no space is left.*--resume"):
        array.run_share(begun, 0, 1)
    assert not list((begun / store.RUNS).glob(".*"))
    assert status(begun).finished == 6
    array.run_share(begun, 0, 1)
    same_rows(begun)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """Return a file system in memory of few kilobytes, and a way to enlarge it."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tmp_path / "disk"
    folder.mkdir()
    remount = 32  # MS_REMOUNT

    def mount(size: str, flags: int = 0) -> None:
        data = f"size={size}".encode()
        if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", flags, data) != 0:
            pytest.skip(f"no file system can be mounted: {os.strerror(ctypes.get_errno())}")

    mount("180k")
    try:
        yield folder, lambda size: mount(size, remount)
    finally:
        libc.umount(os.fsencode(folder))


def test_a_disk_that_fills_up(
    small_disk: tuple[Path, Callable[[str], None]], sweep_file: Path, same_rows: SameRows
) -> None:
    disk, enlarge = small_disk
    folder = disk / "sweep"
    store.create(folder, planned(sweep_file))
    with pytest.raises(store.FullError, match="no space is left"):
        array.run_share(folder, 0, 1)
    assert 0 < status(folder).finished < 18
    enlarge("4m")
    array.run_share(folder, 0, 1)
    same_rows(folder)


def test_a_disk_full_before_the_start_leaves_nothing(tmp_path: Path, sweep_file: Path) -> None:
    plan = planned(sweep_file)
    with file_limit(512), pytest.raises(store.FullError):
        store.create(tmp_path / "sweep", plan)
    assert list(tmp_path.iterdir()) == []


def test_one_of_many_who_begin_at_once_wins(tmp_path: Path, sweep_file: Path) -> None:
    plan = planned(sweep_file)
    folder = tmp_path / "sweep"

    def begin(seed: int) -> int | None:
        try:
            store.create(folder, replace(plan, seed=seed))
        except store.StoreError as error:
            assert "--resume" in str(error)
            return None
        return seed

    with ThreadPoolExecutor(8) as pool:
        won = [seed for seed in pool.map(begin, range(16)) if seed is not None]
    assert len(won) == 1
    assert store.load_plan(folder).seed == won[0]
    assert [path.name for path in tmp_path.iterdir()] == ["sweep"]


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path, sweep_file: Path) -> None:
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter1.tex").write_text("x")
    with pytest.raises(store.StoreError, match="holds other files"):
        store.create(other, planned(sweep_file))
    assert [path.name for path in other.iterdir()] == ["chapter1.tex"]
    empty = tmp_path / "empty"
    empty.mkdir()
    store.create(empty, planned(sweep_file))
    assert store.is_sweep(empty)
    with pytest.raises(store.StoreError, match="is a file"):
        store.create(other / "chapter1.tex", planned(sweep_file))


def test_the_same_sweep_goes_on(begun: Path, sweep_file: Path, tmp_path: Path) -> None:
    assert start.begin(sweep_file, begun, resume=True).batch == 3
    assert start.begin(None, begun, resume=True).runs == 54
    retitled = write_files(tmp_path, SWEEP.replace("A raid, at", "The raid at"))
    assert start.begin(retitled, begun, resume=True).runs == 54  # a title makes no other sweep


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("the seed", "seed: 5", "seed: 6"),
        ("the number of replicates", "replicates: 3", "replicates: 4"),
        ("the design", "0.0035", "0.0036"),
        ("the varied parameters", "recruitment", "formation"),
        ("the scenarios", "[plain.yaml, raid.yaml]", "[plain.yaml, classroom]"),
        ("the parameter sets", "seed: 5", "seed: 5\nparameter_sets: calibrated"),
    ],
)
def test_another_sweep_is_refused(
    what: str, old: str, new: str, begun: Path, tmp_path: Path
) -> None:
    text = SWEEP.replace(old, new)
    if what == "the varied parameters":
        text = text.replace("[0.003, 0.0035, 0.004]", "[4, 5, 6]")
    other = write_files(tmp_path, text)
    with pytest.raises(store.StoreError, match=f"another sweep than .*{what}"):
        start.begin(other, begun, resume=True)


def test_a_sweep_is_not_begun_twice(begun: Path, sweep_file: Path) -> None:
    with pytest.raises(store.StoreError, match="continue it with --resume"):
        start.begin(sweep_file, begun, resume=False)


def test_a_sweep_of_another_model_is_refused(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "code_digest", lambda: "1.0-another")
    with pytest.raises(store.StoreError, match="another version of the model"):
        array.run_share(begun, 0, 1)


def test_a_mistake_in_the_file_begins_nothing(tmp_path: Path) -> None:
    path = write_files(tmp_path, SWEEP.replace("seed", "sed"))
    with pytest.raises(ScenarioFileError):
        start.begin(path, tmp_path / "out", resume=False)
    assert not (tmp_path / "out").exists()


def test_a_damaged_file_is_named(begun: Path, same_rows: SameRows) -> None:
    array.run_share(begun, 0, 1)
    path = store.files(begun)[4]
    path.write_bytes(path.read_bytes()[:-100])
    for look in (lambda: status(begun), lambda: query.read_sweep(begun).runs):
        with pytest.raises(
            store.StoreError, match=r"000004\.parquet: is damaged: its digest does not match; run"
        ):
            look()
    array.run_share(begun, 0, 1)
    same_rows(begun)


def test_damaged_points_are_found(begun: Path) -> None:
    path = begun / store.POINTS
    path.write_bytes(path.read_bytes().replace(b"\0", b"\1", 1))
    with pytest.raises(store.StoreError, match=r"points\.parquet: is damaged"):
        array.run_share(begun, 0, 1)


def test_what_is_no_sweep_is_said_so(tmp_path: Path, begun: Path) -> None:
    with pytest.raises(store.StoreError, match="holds no sweep"):
        store.load_plan(tmp_path / "nothing")
    about = json.loads((begun / store.MANIFEST).read_text())
    (begun / store.MANIFEST).write_text(json.dumps(about | {"format": 99}))
    with pytest.raises(store.StoreError, match="another version of Plazas"):
        store.load_plan(begun)


def test_what_the_dead_left_is_cleared_in_time(begun: Path) -> None:
    old, new = (begun / store.RUNS / f".000001.parquet.{x}.part" for x in "ab")
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = time.time() - 2 * store.STALE
    os.utime(old, (long_ago, long_ago))
    store.clear_stale(begun)
    assert not old.exists()
    assert new.exists()
    assert rows_in(begun) == {}
