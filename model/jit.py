"""Compile rules with numba, and never run a stale one.

numba's on-disk cache looks only at the file a function stands in, so a changed constant or a
changed rule in *another* file would go unnoticed. The cache folder is therefore named after a
digest of every source file of the model: change one letter and the old machine code is out of
reach. ``NUMBA_DISABLE_JIT=1`` runs the same rules interpreted.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Rule = TypeVar("Rule", bound=Callable[..., Any])


def sources_digest() -> str:
    """Return a short digest of every source file of the model (16 hex digits)."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), *folder.glob("rules/*.py")]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> str:
    root = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    folder = (Path(root) if root else Path.home() / ".cache") / "plazas" / sources_digest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError:  # a read-only home: compile again in each process rather than fail
        return tempfile.mkdtemp(prefix="plazas-numba-")


CACHE_FOLDER = _cache_folder()


def _compiled(function: Rule, **options: bool) -> Rule:
    settings: Any = numba.config  # its fields are made at run time
    before = settings.CACHE_DIR
    settings.CACHE_DIR = CACHE_FOLDER
    try:
        # Rules make no arrays, so numba need not count references to them (``_nrt``): those counts
        # are atomic, and a call that is handed the world would take 70 ns for them alone.
        compile_: Any = numba.njit(
            cache=True, nogil=True, error_model="numpy", _nrt=False, **options
        )
        return cast(Rule, compile_(function))
    finally:
        settings.CACHE_DIR = before


def rule(function: Rule) -> Rule:
    """Compile ``function`` on first use, without the interpreter lock and with IEEE arithmetic.

    No fast-math: a rule gives the same bits compiled, interpreted and in any order of agents.
    """
    return _compiled(function)


def inlined(function: Rule) -> Rule:
    """Compile ``function`` as a :func:`rule` and into its callers: for what every gang does.

    A call costs more than such rules do: one that is handed the world takes a hundred values.
    """
    return _compiled(function, forceinline=True)
