"""Whole or not at all: what is on the disk before a name is, and what a failure leaves."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from plazas.analysis.experiment import disk


class Stopped(BaseException):
    """What ends a writer from outside."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the list of what is brought to the disk and renamed, in order."""
    seen: list[tuple[str, str]] = []
    fsync, replace, rename = os.fsync, Path.replace, Path.rename

    def name(handle: int) -> str:
        return Path(f"/proc/self/fd/{handle}").readlink().name

    def noted(what: str, real: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def move(self: Path, target: Path) -> Path:
            seen.append((what, Path(target).name))
            return real(self, target)

        return move

    monkeypatch.setattr(os, "fsync", lambda h: (seen.append(("sync", name(h))), fsync(h))[1])
    monkeypatch.setattr(Path, "replace", noted("rename", replace))
    monkeypatch.setattr(Path, "rename", noted("rename", rename))
    return seen


linux = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="reads names from /proc")


@linux
def test_a_file_is_on_the_disk_before_its_name(
    tmp_path: Path, steps: list[tuple[str, str]]
) -> None:
    disk.write_file(tmp_path / "a.txt", b"all of it")
    (first, part), *rest = steps
    assert first == "sync"
    assert part.startswith(".a.txt.")
    assert part.endswith(disk.PART)
    assert rest == [("rename", "a.txt"), ("sync", tmp_path.name)]
    assert (tmp_path / "a.txt").read_bytes() == b"all of it"


@linux
def test_a_folder_is_on_the_disk_before_its_name(
    tmp_path: Path, steps: list[tuple[str, str]]
) -> None:
    with disk.staged(tmp_path / "out", Path.rename) as part:
        (part / "inner").mkdir()
        (part / "inner" / "deep.txt").write_text("x")
        (part / "top.txt").write_text("y")
    names = [name for what, name in steps if what == "sync"]
    assert {"deep.txt", "top.txt", "inner", part.name} <= set(names[:-1])
    assert names.index("deep.txt") < names.index("inner") < names.index(part.name)
    assert steps[-2:] == [("rename", "out"), ("sync", tmp_path.name)]


def test_a_file_is_replaced_or_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    disk.write_file(path, b"one", keep=True)
    disk.write_file(path, b"two", keep=True)
    assert path.read_bytes() == b"one"
    disk.write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("moment", ["fsync", "chmod", "replace"])
def test_a_writer_that_is_stopped_leaves_the_old_file(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def stop(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(os if moment == "fsync" else Path, moment, stop)
    with pytest.raises(Stopped):
        disk.write_file(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Stopped), disk.staged(tmp_path / "up" / "out", Path.rename) as part:
        (part / "half.txt").write_text("x")
        raise Stopped
    assert list((tmp_path / "up").iterdir()) == []
