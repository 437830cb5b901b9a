"""Rules run interpreted here, and a test may fix what a rule draws."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from plazas.model import draws as generator
from plazas.model import rules

MODULES = [
    generator,
    *(
        importlib.import_module(f"{rules.__name__}.{m.name}")
        for m in pkgutil.iter_modules(rules.__path__)
    ),
]

Four = tuple[float, float, float, float]
One = float | Callable[[int], float]


@pytest.fixture(autouse=True)
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace every compiled rule by its Python function while a test runs."""
    for module in MODULES:
        for name, value in list(vars(module).items()):
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, value.py_func)


@pytest.fixture
def fix_draws(interpreted: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return ``fix_draws(module, given)``: set what the rules of a module draw.

    ``given`` has, by the first decision of a block of four, the four numbers drawn together, and
    by a decision that is drawn alone its number, or a function of the entity that draws. What is
    not given may not be drawn (KeyError).
    """

    def fix(module: ModuleType, given: dict[Any, Four | One]) -> None:
        known = {int(decision): numbers for decision, numbers in given.items()}

        def four(key: Any, first: int, week: int, entity: int) -> Four:
            return known[int(first)]

        def draw(key: Any, decision: int, week: int, entity: int) -> float:
            if int(decision) & ~3 in known and isinstance(known[int(decision) & ~3], tuple):
                return known[int(decision) & ~3][int(decision) & 3]
            number = known[int(decision)]
            return number(int(entity)) if callable(number) else number

        monkeypatch.setattr(module, "four", four, raising=False)
        monkeypatch.setattr(module, "draw", draw, raising=False)

    return fix
