"""Folders of results: only our files are replaced, and a full disk loses nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from plazas.analysis.experiment import disk, store
from plazas.analysis.experiment import folder as folders
from plazas.analysis.experiment.folder import PROVENANCE, ResultError, check_target, whole

MACHINE = (PROVENANCE, disk.SUMS)


def write(folder: Path, *names: str, text: str = "new", force: bool = False) -> None:
    """Write results that have files of these names."""
    with whole(folder, force) as part:
        for name in names:
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_text(text)
        store.write_json(store.machine(), part / PROVENANCE)


def tree(folder: Path) -> dict[str, str]:
    """Return the text of every file but the provenance, by name."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in MACHINE)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_the_provenance_lists_all_files(tmp_path: Path) -> None:
    write(tmp_path / "out", "a.csv", "figures/b.png")
    details = json.loads((tmp_path / "out" / PROVENANCE).read_text())
    sums = [disk.SUMS, f"figures/{disk.SUMS}"]
    assert details["files"] == sorted(["a.csv", "figures/b.png", PROVENANCE, *sums])
    assert disk.read_checked(tmp_path / "out" / PROVENANCE)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_only_earlier_results_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "a.csv", "figures/b.png", "maps/c.png", text="old")
    (out / "thesis.txt").write_text("years of work")
    (out / "figures" / "mine.png").write_text("by hand")
    with pytest.raises(ResultError, match="earlier results; use --force"):
        write(out, "a.csv")
    write(out, "a.csv", "tables/d.csv", force=True)
    assert tree(out) == {
        "a.csv": "new",
        "tables/d.csv": "new",
        "thesis.txt": "years of work",
        "figures/mine.png": "by hand",
    }
    assert not (out / "maps").exists()  # nothing was left in it
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_of_others_in_the_way_stays_and_the_results_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "a.csv", text="old")
    (out / "b.csv").write_text("by hand")
    with pytest.raises(ResultError, match=r"b\.csv: is in the way.*3 complete files are") as caught:
        write(out, "b.csv", force=True)
    assert tree(out) == {"a.csv": "old", "b.csv": "by hand", "kept/b.csv": "new"}
    assert str(out / "kept") in str(caught.value)


def test_a_link_in_the_results_is_not_followed(tmp_path: Path) -> None:
    out, album = tmp_path / "out", tmp_path / "album"
    write(out, "figures/b.png", text="old")
    (out / "figures").rename(album)
    (out / "figures").symlink_to(album)
    with pytest.raises(ResultError, match="figures: is a link"):
        write(out, "figures/b.png", force=True)
    assert tree(album) == {"b.png": "old"}


@pytest.mark.parametrize("name", ["../thesis.txt", "/etc/hostname", 7])
def test_a_list_that_leaves_the_folder_is_refused(tmp_path: Path, name: object) -> None:
    out = tmp_path / "out"
    write(out, "a.csv", text="old")
    (tmp_path / "thesis.txt").write_text("years of work")
    details = json.loads((out / PROVENANCE).read_text()) | {"files": [name]}
    (out / PROVENANCE).write_text(json.dumps(details))
    with pytest.raises(ResultError, match="which is not in the folder"):
        write(out, "a.csv", force=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_results_without_a_list_are_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "a.csv", text="old")
    store.write_json(store.machine(), out / PROVENANCE)
    with pytest.raises(ResultError, match="does not list which files Plazas wrote"):
        write(out, "a.csv", force=True)
    assert tree(out) == {"a.csv": "old"}


def test_the_current_folder_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path(), "a.csv")
    write(Path(), "b.csv", force=True)
    assert tree(Path()) == {"b.csv": "new"}
    assert Path.cwd() == tmp_path


def test_a_move_that_fails_halfway_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, "a.csv", "b.csv", text="old")
    replace, moved = Path.replace, []

    def fails(self: Path, target: Path) -> Path:
        moved.append(self)
        if len(moved) == 6:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(KeyboardInterrupt):
        write(out, "a.csv", "b.csv", force=True)
    assert tree(out) == {"a.csv": "old", "b.csv": "old"}
    assert folders.is_result(out)
    assert sorted(path.name for path in out.iterdir()) == [disk.SUMS, "a.csv", "b.csv", PROVENANCE]


LONG = "x" * 256


def test_folders_that_cannot_be_used_are_refused_at_once(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    (tmp_path / "file").write_text("")
    wrong = {
        loop: "loop: is a link to itself",
        loop / "out": "is a link to itself",
        tmp_path / LONG: r"x\.\.\.: has a longer name than the file system allows",
        tmp_path / LONG / "out": "has a longer name",
        tmp_path / "file": "is a file; name a folder",
        tmp_path / "file" / "out": r"cannot be made, .*file is no folder",
        Path("a\0b"): "cannot be used",
    }
    for path, message in wrong.items():
        with pytest.raises(ResultError, match=message) as caught:
            check_target(path)
        assert len(str(caught.value)) < 400
    check_target(tmp_path / "a" / ("x" * 255))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "loop"]
    write(tmp_path / ("x" * 255), "a.csv")  # its temporary folder has a name short enough


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs the folder /sys of Linux")
def test_a_folder_that_nobody_can_write_is_refused_at_once() -> None:
    with pytest.raises(ResultError, match="/sys/kernel/plazas: cannot be used"):
        check_target(Path("/sys/kernel/plazas"))


def test_a_folder_without_permission_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refused)
    with pytest.raises(ResultError, match=r"out: cannot be used \(Permission denied\)"):
        check_target(tmp_path / "out")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of 200 kB."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(mounted)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("a small file system can be mounted only by root")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_a_full_disk_keeps_what_is_complete(tiny_disk: Path) -> None:
    def fill(out: Path) -> None:
        with whole(out) as part:
            (part / "tables").mkdir()
            (part / "tables" / "a.csv").write_text("whole")
            os.utime(part / "tables" / "a.csv", (1, 1))
            (part / "b.csv").write_bytes(bytes(500_000))

    with pytest.raises(ResultError, match=r"no space is left on the disk; 1 complete file is in"):
        fill(tiny_disk / "out")
    assert tree(tiny_disk) == {"out.kept/tables/a.csv": "whole"}
    (tiny_disk / "in").mkdir()
    with pytest.raises(ResultError, match=r"1 complete file is in .*in/kept$"):
        fill(tiny_disk / "in")
    assert tree(tiny_disk / "in") == {"kept/tables/a.csv": "whole"}


def test_a_disk_that_is_full_already_is_refused_at_once(tiny_disk: Path) -> None:
    with pytest.raises(OSError), (tiny_disk / "all").open("wb", buffering=0) as stream:
        while stream.write(bytes(4096)):
            pass
    with pytest.raises(ResultError, match="no space is left on the disk"):
        check_target(tiny_disk / "out")
    assert [path.name for path in tiny_disk.iterdir()] == ["all"]
