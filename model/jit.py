"""Compile rules with numba, and never run one that is out of date.

numba's cache on disk checks only the file in which a function is defined. It would miss a changed
constant or rule in *another* file. The cache folder is therefore named after a digest of every
source file of the model: any change makes the old machine code unreachable. ``rule_cache`` says
which folders are trusted. ``NUMBA_DISABLE_JIT=1`` runs the same rules interpreted.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from plazas.model.rule_cache import RuleCache, Store, open_store

Rule = TypeVar("Rule", bound=Callable[..., Any])


def sources_digest() -> str:
    """Return a short digest of every source file of the model (16 hex digits)."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), *folder.glob("rules/*.py")]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def _store() -> Store:
    """Return where compiled rules are kept."""
    return open_store(sources_digest())


def _compiled(function: Rule, **options: bool) -> Rule:
    """Return ``function`` compiled by numba; its machine code is kept in a `RuleCache`."""
    # Rules make no arrays, so numba need not count references to them (``_nrt``). Those counts
    # are atomic: they alone would cost 70 ns in a call that takes the world.
    compile_: Any = numba.njit(nogil=True, error_model="numpy", _nrt=False, **options)
    result = compile_(function)
    if hasattr(result, "_cache"):  # not where numba is switched off: that is the function itself
        result._cache = RuleCache(function, _store())
    return cast(Rule, result)


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
