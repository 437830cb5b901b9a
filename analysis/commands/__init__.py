"""More commands, a module each.

A module here defines ``add_to(app)``, which adds its commands. Everything heavy is imported inside
the commands, so that ``plazas --help`` answers at once. Errors that are a user's mistake derive
from ``options.Mistake``: they are told in one line.
"""

from __future__ import annotations

import importlib
import pkgutil

import typer


def add_to(app: typer.Typer) -> None:
    """Add the commands of every module of this package, in the order of their names."""
    for module in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}").add_to(app)
