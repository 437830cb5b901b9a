"""What people do with Plazas: run replicates, compare policies, draw, report, calibrate.

Analysis reads results, never the inside of a run. The command ``plazas`` is
:func:`plazas.analysis.cli.main`; the Python entry points are :func:`plazas.analysis.run.run`,
:func:`plazas.analysis.compare.compare`, :func:`plazas.analysis.load` and
:func:`plazas.analysis.open_sweep`.
"""

import importlib
from importlib import metadata
from typing import Any


def version() -> str:
    """Return the version of Plazas."""
    try:
        return metadata.version("plazas")
    except metadata.PackageNotFoundError:
        return "0 (not installed)"


#: what can be had from the package itself, and the module it comes from
_FROM = {"load": "store", "open_sweep": "sweep.query", "save": "store", "write_report": "report"}


def __getattr__(name: str) -> Any:
    """Import a function when it is asked for, so that ``plazas --help`` answers at once."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_FROM[name]}"), name)
