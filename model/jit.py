"""Compile rules with numba, and never run one that is out of date.

numba's cache on disk checks only the file in which a function is defined. It would miss a changed
constant or rule in *another* file. The cache folder is therefore named after a digest of every
source file of the model: any change makes the old machine code unreachable.
``NUMBA_DISABLE_JIT=1`` runs the same rules interpreted.
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
    """Return the folder for compiled rules; a temporary one if the usual one cannot be written."""
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
    """Return ``function`` compiled by numba, with its cache in ``CACHE_FOLDER``."""
    settings: Any = numba.config  # its fields are made at run time
    before = settings.CACHE_DIR
    settings.CACHE_DIR = CACHE_FOLDER
    try:
        # Rules make no arrays, so numba need not count references to them (``_nrt``). Those counts
        # are atomic: they alone would cost 70 ns in a call that takes the world.
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
    """Compile ``function`` as a :func:`rule` and into its callers, for what every gang does.

    A call of a function that takes the world passes a hundred values, which costs more than the
    body of such a rule.
    """
    return _compiled(function, forceinline=True)
