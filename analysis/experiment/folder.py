"""A folder of results: can it be written, which of its files are ours, and how they are replaced.

Files that Plazas did not write are never moved, changed or removed. Which files it wrote is in the
entry ``files`` of ``provenance.json``. New results are written into a temporary folder first, so
that they appear whole or not at all. Where they cannot be put in place, or the disk is full, the
files that are complete stay in a folder next to it, and the error names that folder.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from plazas.analysis.experiment import disk
from plazas.model.errors import UserError

PROVENANCE = "provenance.json"
PROGRAM = "plazas"
FILES = "files"  #: entry of the provenance: the names of all files that were written
PART, OLD, PROBE = ".plazas-part-", ".plazas-old-", ".plazas-probe-"  #: temporary folders
LONGEST_SHOWN = 40  #: letters of a name too long that a message shows
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ResultError(UserError):
    """A folder of results that cannot be written or read; the message says what to do."""


def reason(error: OSError | ValueError) -> str:
    """Return in words why a file or folder cannot be used.

    Examples
    --------
    >>> reason(OSError(errno.ELOOP, "Too many levels of symbolic links"))
    'is a link to itself'
    >>> reason(OSError(errno.EROFS, "Read-only file system"))
    'cannot be used (Read-only file system)'
    """
    number = error.errno if isinstance(error, OSError) else None
    if number in FULL:
        return "no space is left on the disk"
    if number == errno.ELOOP:
        return "is a link to itself"
    if number == errno.ENAMETOOLONG:
        return "has a longer name than the file system allows (mostly 255 bytes)"
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"cannot be used ({said})"


def shown(path: Path | str) -> str:
    """Return a path for a message; names too long for a file system are shortened."""
    parts = (
        part if len(os.fsencode(part)) <= 255 else f"{part[:LONGEST_SHOWN]}..."
        for part in Path(path).parts
    )
    return str(Path(*parts))


def is_result(folder: Path) -> bool:
    """Return whether a folder holds results of Plazas."""
    return bool(_provenance(folder))


def _provenance(folder: Path) -> dict[str, Any]:
    """Return the provenance of the results in a folder; empty where there are none."""
    try:
        details = json.loads((folder / PROVENANCE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return details if isinstance(details, dict) and details.get("program") == PROGRAM else {}


def check_target(folder: Path, force: bool = False) -> None:
    """Check that results can be written to a folder; call it before a long run.

    It makes a small file there, and removes it again.

    Parameters
    ----------
    folder
        A new or an empty folder, or one with earlier results if ``force``.
    force
        Whether earlier results may be replaced.

    Raises
    ------
    ResultError
        If the folder cannot be made or written, or has files that would be replaced.
    """
    try:
        there = stat.S_ISDIR(folder.stat().st_mode)
        if there:
            _check_entries(folder, force)
    except FileNotFoundError:
        there = False
    except NotADirectoryError as error:
        above = _nearest_parent(folder)
        raise ResultError(f"{folder}: cannot be made, {above} is no folder") from error
    except (OSError, ValueError) as error:
        if isinstance(error, ResultError):
            raise
        raise ResultError(f"{shown(folder)}: {reason(error)}") from error
    else:
        if not there:
            raise ResultError(f"{folder}: is a file; name a folder")
    try:
        _probe(Path(os.path.realpath(folder)), there)
    except (OSError, ValueError) as error:
        raise ResultError(f"{shown(folder)}: {reason(error)}") from error


def _check_entries(folder: Path, force: bool) -> None:
    """Raise ResultError if a folder has files that may not be replaced."""
    if not [path for path in folder.iterdir() if not _temporary(path.name)]:
        return
    if not is_result(folder):
        raise ResultError(f"{folder}: holds other files; name a new or an empty folder")
    if not force:
        raise ResultError(f"{folder}: holds earlier results; use --force to replace them")
    own_files(folder)


def _temporary(name: str) -> bool:
    """Return whether a name is that of a temporary folder that a killed run left."""
    return name.startswith((PART, OLD, PROBE))


def _nearest_parent(folder: Path) -> Path:
    """Return the nearest folder above that exists (or the file that is in the way)."""
    return next(parent for parent in folder.absolute().parents if parent.exists())


def _probe(folder: Path, there: bool) -> None:
    """Make the folder and a file in it, under a temporary name; OSError where that fails."""
    above = folder if there else _nearest_parent(folder)
    probe = Path(tempfile.mkdtemp(prefix=PROBE, dir=above))
    try:
        inside = probe / folder.relative_to(above)
        inside.mkdir(parents=True, exist_ok=True)
        (inside / PROVENANCE).write_bytes(b"{}\n")
    finally:
        shutil.rmtree(probe, ignore_errors=True)


def own_files(folder: Path) -> list[str]:
    """Return the names of the files in a folder of results that Plazas wrote and that are there.

    Parameters
    ----------
    folder
        A folder with results.

    Returns
    -------
    list of str
        Paths relative to the folder. A folder or a link to one is never among them.

    Raises
    ------
    ResultError
        If the results do not list their files, or the list has a path outside the folder.
    """
    listed = _provenance(folder).get(FILES)
    if not isinstance(listed, list):
        raise ResultError(
            f"{folder}: does not list which files Plazas wrote (it is from an earlier version, or "
            "part of a comparison); remove it yourself, or name a new folder"
        )
    names = []
    for name in listed:
        path = Path(name) if isinstance(name, str) else Path("..")
        if path.is_absolute() or ".." in path.parts or "\0" in str(path):
            raise ResultError(f"{folder / PROVENANCE}: lists {name!r}, which is not in the folder")
        links = [folder / above for above in path.parents if (folder / above).is_symlink()]
        if links and folder not in links:
            raise ResultError(f"{links[-1]}: is a link; nothing is replaced beyond it")
        whole_path = folder / path
        if whole_path.is_symlink() or whole_path.is_file():
            names.append(path.as_posix())
    return names


def remove_own(folder: Path, names: Iterable[str] = ()) -> None:
    """Remove the files of earlier results from a folder, so that ``names`` can be written there.

    Raises
    ------
    ResultError
        If another file already has one of the names. Nothing is removed then.
    """
    own = own_files(folder) if is_result(folder) else []
    _refuse_clash(folder, names, own)
    for name in sorted(own, key=PROVENANCE.__eq__, reverse=True):  # no longer results, from here
        (folder / name).unlink(missing_ok=True)
    _remove_empty(folder, own)


@contextlib.contextmanager
def whole(folder: Path, force: bool = False, checked: bool = False) -> Iterator[Path]:
    """Give a temporary folder, and put its files in place when all went well.

    Nothing of it remains when something goes wrong, and what stood there stays until then. Only
    where the system cannot write, the files that are complete stay in a folder of another name.

    Parameters
    ----------
    folder
        Where the files go.
    force
        Replace the files of earlier results.
    checked
        `check_target` was called before the run. Whatever is in the way since then, the results
        are kept in a folder of another name.

    Raises
    ------
    ResultError
        If ``folder`` may not be overwritten or cannot be written.
    """
    if not checked:
        check_target(folder, force)
    folder = Path(os.path.realpath(folder))  # what a link points at, not the link, is written
    try:
        part = _part_for(folder)
    except OSError as error:
        raise ResultError(f"{shown(folder)}: {reason(error)}") from error
    try:
        part.chmod(0o755)
        yield part
        try:
            _list_files(part)
            check_target(folder, force)
            _put(part, folder)
            disk.sync_folder(folder.parent)
        except ResultError as error:
            raise ResultError(f"{error}; {_keep(part, folder)}") from error
    except OSError as error:
        _drop_newest(part)
        raise ResultError(f"{shown(folder)}: {reason(error)}; {_keep(part, folder)}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _part_for(folder: Path) -> Path:
    """Make a temporary folder on the same file system: inside ``folder`` if there, else next to it.

    A folder that is there can be the current one, or one whose parent cannot be written.
    """
    if folder.is_dir():
        return Path(tempfile.mkdtemp(prefix=PART, dir=folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=PART, dir=folder.parent))


def _files(folder: Path) -> list[str]:
    """Return the names of all files in a folder, sorted."""
    paths = folder.rglob("*")
    return sorted(p.relative_to(folder).as_posix() for p in paths if not p.is_dir())


def _list_files(part: Path) -> None:
    """Write the names of all files into the provenance, and the digests of all files."""
    path = part / PROVENANCE
    names = set(_files(part))
    names |= {(Path(name).parent / disk.SUMS).as_posix() for name in names}
    details = json.loads(path.read_text("utf-8")) | {FILES: sorted(names)}
    content = json.dumps(details, indent=1, ensure_ascii=False)
    path.write_text(content + "\n", "utf-8")
    disk.write_sums(part)
    disk.sync_tree(part)


def _refuse_clash(folder: Path, names: Iterable[str], own: Iterable[str]) -> None:
    """Raise ResultError if a file that is not from Plazas has a name that is to be written."""
    free = set(own)
    for name in names:
        for path in (folder / name, *(folder / above for above in Path(name).parents)):
            if path == folder or path.relative_to(folder).as_posix() in free:
                continue
            is_folder = path.is_dir() and not path.is_symlink()
            if os.path.lexists(path) and not (is_folder and path != folder / name):
                raise ResultError(f"{path}: is in the way, and Plazas did not write it")


def _put(part: Path, folder: Path) -> None:
    """Move finished files into place; earlier results are removed only when they stand.

    The provenance goes first and comes last: a folder that is half replaced is not read as results.
    """
    if not folder.is_dir():
        part.replace(folder)
        return
    own = own_files(folder) if is_result(folder) else []
    new = _files(part)
    _refuse_clash(folder, new, own)
    old = Path(tempfile.mkdtemp(prefix=OLD, dir=folder))
    moves = [(folder / name, old / name) for name in sorted(own, key=PROVENANCE.__ne__)]
    moves += [(part / name, folder / name) for name in sorted(new, key=PROVENANCE.__eq__)]
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            done.append((source, target))
            source.replace(target)
    except BaseException:
        for source, target in reversed(done):
            if not os.path.lexists(source):
                target.replace(source)
        _remove_empty(folder, new)
        shutil.rmtree(old, ignore_errors=True)
        raise
    for above in {target.parent for _, target in moves}:
        disk.sync_folder(above)
    shutil.rmtree(old, ignore_errors=True)
    _remove_empty(folder, own)


def _remove_empty(folder: Path, names: Iterable[str]) -> None:
    """Remove the folders of files that are gone, where nothing is left in them."""
    above = {parent for name in names for parent in Path(name).parents if parent.parts}
    for path in sorted(above, key=lambda path: len(path.parts), reverse=True):
        with contextlib.suppress(OSError):
            (folder / path).rmdir()


def _drop_newest(part: Path) -> None:
    """Remove the file that was being written when the system refused, and empty files."""
    sizes = {part / name: (part / name).stat() for name in _files(part)}
    newest = max((entry.st_mtime_ns for entry in sizes.values()), default=0)
    for path, entry in sizes.items():
        if entry.st_mtime_ns == newest or entry.st_size == 0:
            path.unlink()


def _keep(part: Path, folder: Path) -> str:
    """Move the complete files of a folder that cannot be put in place; say where they are."""
    number = len(_files(part))
    if not number:
        return "nothing was written"
    _remove_empty(part, [f"{path.relative_to(part)}/x" for path in part.rglob("*")])
    beside = folder / "kept" if part.parent == folder else folder.with_name(f"{folder.name}.kept")
    target, other = beside, 2
    while os.path.lexists(target):
        target, other = beside.with_name(f"{beside.name}-{other}"), other + 1
    try:
        part.replace(target)
    except OSError:  # the name is too long, or the folder can no longer be written
        target = Path(tempfile.mkdtemp(prefix="plazas-kept-"))
        shutil.copytree(part, target, dirs_exist_ok=True)
    return f"{number} complete file{'s are' if number > 1 else ' is'} in {target}"
