"""What people do with Plazas: run replicates, compare policies, draw, report, calibrate.

Analysis reads results, never the inside of a run. ``experiment`` runs and compares; ``report``,
``patterns``, ``sensitivity``, ``calibration``, ``robustness``, ``sweep``, ``explain`` and
``dashboard`` stand on it; ``cli`` is the command ``plazas``. The entry points of Python are in
``plazas`` itself.
"""

from importlib import metadata


def version() -> str:
    """Return the version of Plazas."""
    try:
        return metadata.version("plazas")
    except metadata.PackageNotFoundError:
        return "0 (not installed)"
