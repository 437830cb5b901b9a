"""Files and folders that appear on the disk whole or not at all.

Each gets another name first. Its content reaches the disk, then one rename gives it its own name,
and that name reaches the disk too. So a kill or a power cut at any moment leaves what stood there
before, or all of the new content.

Content has a digest (SHA-256), so that a bit that flips later, or a value that is edited, is
noticed when it is read: in a file ``SHA256SUMS`` of its folder, or as a seal in the file itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from plazas.model.errors import UserError

PART = ".part"  #: the end of the name of a file that is not written to its end
SUMS = "SHA256SUMS"  #: digests of the files of a folder, in the form that `sha256sum --check` reads


_MARK = b"sha256:"
_DIGITS = 64
BLANK = _MARK.decode() + "0" * _DIGITS  #: what stands where `seal` writes the digest


class DamagedError(UserError):
    """A file that is not as it was written; the message names it."""


def write_file(path: Path, content: bytes, keep: bool = False) -> None:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path
        Where to write; its folder exists.
    content
        What to write.
    keep
        Keep a file that already has this name; otherwise it is replaced.

    Raises
    ------
    OSError
        If it cannot be written. A file that stood there is then as it was.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(0o644)
        if not (keep and path.exists()):
            part.replace(path)
            sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def staged(folder: Path, put: Callable[[Path, Path], object]) -> Iterator[Path]:
    """Give a temporary folder next to ``folder``, and put it in place when all went well.

    The temporary folder is removed when something goes wrong.

    Parameters
    ----------
    folder
        The folder to make; folders above it are made where they are missing.
    put
        Moves the first path to the second one. It is called when all content is on the disk.

    Raises
    ------
    OSError
        If a file or folder cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.part-", dir=folder.parent))
    try:
        part.chmod(0o755)
        yield part
        sync_tree(part)
        put(part, folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def sync_tree(folder: Path) -> None:
    """Bring all files in a folder, and the folders in it, to the disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
        elif not path.is_symlink():
            with path.open("r+b") as stream:
                os.fsync(stream.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can do so."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_sums(folder: Path) -> None:
    """Write the digests of all files in a folder, and in every folder in it, into its ``SUMS``."""
    for inner in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        files = sorted(path for path in inner.iterdir() if path.is_file() and path.name != SUMS)
        lines = [
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files
        ]
        if lines:
            (inner / SUMS).write_text("".join(lines), "utf-8")


def read_checked(path: Path) -> bytes:
    """Return the content of a file if it has the digest in the ``SUMS`` of its folder.

    Parameters
    ----------
    path
        A file of a folder for which `write_sums` was called.

    Raises
    ------
    DamagedError
        If the file or ``SUMS`` is missing or cannot be read, or the file has another digest.
    """
    content = _read(path)
    sums = path.with_name(SUMS)
    line = f"{_digest(content)}  {path.name}"
    if line.encode() not in _read(sums).split(b"\n"):
        raise DamagedError(f"{path}: is damaged: its digest is not the one in {sums.name}")
    return content


def seal(content: bytes) -> bytes:
    """Return content with its own digest in place of the last ``BLANK`` in it.

    So the file needs no second one that vouches for it, and no moment lies between the two. The
    digest is that of everything else: all before and all after its 64 digits.

    Parameters
    ----------
    content
        What has a ``BLANK``, after which it has no other ``sha256:``.
    """
    at = content.rindex(BLANK.encode()) + len(_MARK)
    return content[:at] + _digest_beside(content, at).encode() + content[at + _DIGITS :]


def sealed(content: bytes) -> str | None:
    """Return the digest that `seal` wrote into content; None where any bit has changed since."""
    at = content.rfind(_MARK) + len(_MARK)
    digest = _digest_beside(content, at)
    return digest if content[at : at + _DIGITS] == digest.encode() else None


def _digest_beside(content: bytes, at: int) -> str:
    digest = hashlib.sha256(memoryview(content)[:at])
    digest.update(memoryview(content)[at + _DIGITS :])
    return digest.hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DamagedError(f"{path}: is missing") from None
    except OSError as error:
        raise DamagedError(f"{path}: cannot be read ({error.strerror or error})") from error
