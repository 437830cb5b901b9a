"""The command ``plazas``: ``app`` has the first commands, other modules one command each.

A module here that defines ``add_to(app)`` adds its commands. Everything heavy is imported inside
the commands, so that ``plazas --help`` answers at once. A `plazas.model.errors.PlazasError` is
shown as one line.
"""

from __future__ import annotations

import importlib
import pkgutil

import typer

#: modules of this package that hold no command of their own
_SHARED = ("__main__", "app", "console", "options", "sweep_screen")


def add_to(app: typer.Typer) -> None:
    """Add the commands of every module of this package, in the order of their names."""
    for name in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        if name not in _SHARED:
            importlib.import_module(f"{__name__}.{name}").add_to(app)
