"""What people do with Plazas: run replicates, compare policies, draw, report, calibrate.

Analysis reads results, never the inside of a run. The command ``plazas`` is
:func:`plazas.analysis.cli.main`; the Python entry points are :func:`plazas.analysis.run.run` and
:func:`plazas.analysis.compare.compare`.
"""

from importlib import metadata


def version() -> str:
    """Return the version of Plazas."""
    try:
        return metadata.version("plazas")
    except metadata.PackageNotFoundError:
        return "0 (not installed)"
