"""Keep compiled rules on disk, in checked files of a folder that nobody else can write.

numba keeps a compiled function as a pickle, and to read a pickle is to run code from it. So a
folder is used only where no other user can put a file. numba reads its files as they are. Here a
file starts with a digest of its content, and one that is damaged, cut off or missing counts as
missing: the rule is compiled again.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import logging
import os
import pickle
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numba
from numba.core import compiler, serialize

FOLDER_VARIABLE = "PLAZAS_CACHE_DIR"  #: names the folder; set for child processes in a fallback
VARIABLES = (FOLDER_VARIABLE, "NUMBA_CACHE_DIR", "XDG_CACHE_HOME")
ROOT = 0  #: user and group that own the system
DIGEST = hashlib.sha256().digest_size  # bytes at the start of a file
_LOG = logging.getLogger("plazas")


class Store:
    """A folder of files that are checked when they are read.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where the files are; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.writes = folder is not None  #: False after a file could not be written

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None if it is missing, damaged or cut off."""
        if self.folder is None:
            return None
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            return None
        whole = content[:DIGEST] == hashlib.sha256(content[DIGEST:]).digest()
        return content[DIGEST:] if whole else None

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all.

        The first file that cannot be written (a full disk) ends writing and logs one warning.
        """
        if self.folder is None or not self.writes:
            return
        part = self.folder / f"{name}.{os.getpid()}.part"
        try:
            part.write_bytes(hashlib.sha256(content).digest() + content)
            part.replace(self.folder / name)
        except OSError as error:
            self.writes = False
            _LOG.warning(
                "plazas: compiled rules are not kept in %s (%s); they are compiled again next time",
                self.folder,
                error.strerror or error,
            )
            _remove(part)


class RuleCache:
    """The compiled forms of one rule on disk, as numba's dispatcher asks for them.

    It takes the place of ``numba.core.caching.FunctionCache``.

    Parameters
    ----------
    function : callable
        The rule in Python.
    store : Store
        Where its compiled forms are kept.
    """

    def __init__(self, function: Callable[..., Any], store: Store) -> None:
        self._function, self._store = function, store

    @property
    def cache_path(self) -> str:
        """Return the folder, for ``dispatcher.stats``."""
        return str(self._store.folder or "")

    def flush(self) -> None:
        """Forget nothing: a rule that is compiled again overwrites its file."""

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the compiled form for a signature; None if it is not kept."""
        target.refresh()
        content = self._store.read(self._name(signature, target.codegen()))
        if content is None:
            return None
        return compiler.CompileResult._rebuild(target, *pickle.loads(content))

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep a compiled form, unless it holds addresses of this process."""
        if result.lifted or result.library.has_dynamic_globals:
            return
        name = self._name(signature, result.codegen)
        self._store.write(name, serialize.dumps(result._reduce()))

    def _name(self, signature: Any, codegen: Any) -> str:
        """Return the name of a file: the rule, and a digest of all that its code depends on."""
        code = self._function.__code__
        closure = [cell.cell_contents for cell in self._function.__closure__ or ()]
        parts = (
            *(numba.__version__, sys.version, codegen.magic_tuple()),
            *(str(signature), _source_digest(code.co_filename), code.co_firstlineno),
        )
        digest = hashlib.sha256(repr(parts).encode() + code.co_code + serialize.dumps(closure))
        rule = f"{self._function.__module__}.{self._function.__qualname__}"
        safe = "".join(letter for letter in rule if letter.isalnum() or letter in "._")
        return f"{safe[-100:]}-{digest.hexdigest()[:32]}"


@functools.cache
def _source_digest(file: str) -> str:
    """Return a digest of the file of a function; its name where it is not in a file."""
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:
        return file


def open_store(name: str) -> Store:
    """Return the store for compiled rules; a temporary one if the usual one cannot be used.

    It is in ``PLAZAS_CACHE_DIR``, ``NUMBA_CACHE_DIR`` or ``XDG_CACHE_HOME``, the first that is
    set, or else in ``~/.cache``. Where it cannot be made or is not safe, one warning is logged. A
    temporary folder then serves this process and its children, and is removed at the end.

    Parameters
    ----------
    name : str
        Name of the folder inside ``plazas``.
    """
    root = next(filter(None, map(os.environ.get, VARIABLES)), None)
    try:
        base = Path(root).absolute() if root else Path.home() / ".cache"
        base.mkdir(parents=True, exist_ok=True)
        folder = base / "plazas" / name
        for part in (folder.parent, folder):
            part.mkdir(mode=0o700, exist_ok=True)
        reason = untrusted(folder)
    except (OSError, RuntimeError) as error:  # RuntimeError: the user has no home folder
        reason = f"{error}"
    if reason is None:
        return Store(folder)
    _LOG.warning("plazas: compiled rules are not kept, each start compiles them: %s", reason)
    return Store(_temporary(name))


def _temporary(name: str) -> Path | None:
    """Return a folder that is removed when this process ends; None where none can be made."""
    try:
        root = Path(tempfile.mkdtemp(prefix="plazas-rules-"))
        folder = root / "plazas" / name
        folder.mkdir(mode=0o700, parents=True)
    except OSError:
        return None
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # not in a child that was forked
            shutil.rmtree(root, ignore_errors=True)

    atexit.register(remove)
    os.environ[FOLDER_VARIABLE] = str(root)  # workers share what is compiled, and do not warn again
    return folder


def untrusted(folder: Path) -> str | None:
    """Return why another user could put files into a folder; None if nobody else can.

    Parameters
    ----------
    folder : pathlib.Path
        A folder that exists. The folders above it count too, by their names and behind links:
        who can write those can put another folder in its place.

    Returns
    -------
    str or None
        One line for the user. On Windows, which has no owner and mode of this kind, None.
    """
    if not hasattr(os, "getuid"):
        return None
    above: Iterable[Path] = dict.fromkeys((*folder.parents, *folder.resolve().parents))
    for path in (folder, *above):
        status = path.stat()
        if status.st_uid not in (os.getuid(), ROOT):
            return f"{path} belongs to another user"
        sticky = path != folder and bool(status.st_mode & stat.S_ISVTX)
        if _others_write(status) and not sticky:
            return f"other users can write in {path} (mend it with: chmod go-w {path})"
    return None


def _others_write(status: os.stat_result) -> bool:
    """Return whether users other than the owner and root can write in a folder."""
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _own_group(status.st_gid)


def _own_group(group: int) -> bool:
    """Return whether nobody but this user is in a group: many systems give each user such a one."""
    import grp  # not on Windows
    import pwd

    if group == ROOT:
        return True
    try:
        user, entry = pwd.getpwuid(os.getuid()), grp.getgrgid(group)
    except KeyError:
        return False
    alone = set(entry.gr_mem) <= {user.pw_name}
    return alone and group == user.pw_gid and entry.gr_name == user.pw_name


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        _LOG.debug("plazas: %s is left behind", path)
