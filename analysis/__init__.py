"""What people do with Plazas: run replicates, compare policies, draw, report, calibrate.

Analysis reads results, never the inside of a run. ``experiment`` runs and compares; ``report``,
``patterns``, ``sensitivity``, ``calibration``, ``robustness``, ``sweep``, ``explain`` and
``dashboard`` stand on it; ``cli`` is the command ``plazas``. The entry points of Python are in
``plazas`` itself.
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
_FROM = {
    "load": "experiment.store",
    "open_sweep": "sweep.query",
    "save": "experiment.store",
    "write_report": "report.report",
}


def __getattr__(name: str) -> Any:
    """Import a function when it is asked for, so that ``plazas --help`` answers at once."""
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_FROM[name]}"), name)
