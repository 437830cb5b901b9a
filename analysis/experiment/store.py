"""Results on disk: Parquet for series, JSON for where they come from; whole or not at all.

Every folder has a file ``SHA256SUMS`` with the digests of its files. Whatever is read is checked
against them.
"""

from __future__ import annotations

import contextlib
import io
import json
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from plazas.analysis import version
from plazas.analysis.experiment import disk
from plazas.analysis.experiment.ensemble import FRAMES, Ensemble
from plazas.analysis.experiment.folder import (
    PROGRAM,
    PROVENANCE,
    ResultError,
    check_target,
    is_result,
    whole,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "PROGRAM",
    "PROVENANCE",
    "ResultError",
    "check_target",
    "is_result",
    "machine",
    "read_provenance",
    "read_results",
    "save",
    "save_figure",
    "whole",
    "write",
    "write_json",
]

#: of result folders: 2 has ``killed_by_rivals``, ``killed_by_forces`` and ``local_killed``, and the
#: parameters ``utility_*``; 3 has ``SHA256SUMS``; 4 has ``fronts`` and series of threats, patients
#: and drug markets; folders of format 1 do not say their format
FORMAT = 4
FIGURE_ENDINGS = ("png", "svg", "pdf")
LIBRARIES = ("mesa", "numpy", "scipy", "numba", "pandas", "pyarrow", "matplotlib")


def git_state() -> dict[str, Any] | None:
    """Return the commit of the checkout this code runs from and whether it was changed since.

    None where the code is not part of a checkout, such as when it is installed.
    """
    here = Path(__file__).resolve()

    def git(*words: str) -> str:
        command = ["git", "-C", str(here.parent), *words]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=20
        ).stdout.strip()

    try:
        git("ls-files", "--error-unmatch", here.name)
        return {
            "commit": git("rev-parse", "HEAD"),
            "dirty": bool(git("status", "--porcelain", "--untracked-files=no")),
        }
    except (OSError, subprocess.SubprocessError):
        return None


def machine() -> dict[str, Any]:
    """Return what ran: version, commit, date, Python, libraries, processor."""
    libraries = {}
    for name in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            libraries[name] = metadata.version(name)
    return {
        "program": PROGRAM,
        "version": version(),
        "git": git_state(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "libraries": libraries,
    }


def provenance(ensemble: Ensemble) -> dict[str, Any]:
    """Return where an ensemble comes from, fit for JSON."""
    if ensemble.scenario is None:
        return dict(ensemble.provenance)
    from plazas.scenarios import resolved

    return {
        **machine(),
        "format": FORMAT,
        "name": ensemble.name,
        "title": ensemble.title,
        "seed": ensemble.seed,
        "replicates": list(ensemble.replicates),
        "parameter_sets": [dict(values) for values in ensemble.sets],
        "scenario": resolved(ensemble.scenario),
    }


def save(ensemble: Ensemble, folder: Path | str, force: bool = False) -> Path:
    """Write an ensemble to a folder, whole or not at all; return the folder.

    One Parquet file for each frame, with a column ``replicate``, ``provenance.json``, and
    ``SHA256SUMS`` with the digests of these files.

    Parameters
    ----------
    ensemble : Ensemble
        What to write.
    folder : pathlib.Path or str
        A new folder, or one with earlier results if ``force``.
    force : bool
        Replace earlier results.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ResultError
        If the folder holds anything already, unless it is earlier results and ``force`` is set.

    Examples
    --------
    >>> import tempfile
    >>> import plazas as pz
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pz.save(pz.run("classroom", replicates=2), folder + "/results").name
    'results'
    """
    folder = Path(folder)
    with whole(folder, force) as part:
        write(ensemble, part)
    return folder


def write(ensemble: Ensemble, folder: Path) -> None:
    """Write the files of an ensemble into a folder that exists."""
    for name, frame in ensemble.frames().items():
        frame.to_parquet(folder / f"{name}.parquet", engine="pyarrow", index=False)
    write_json(provenance(ensemble), folder / PROVENANCE)


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write a dict as JSON for people to read."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")


def save_figure(
    figure: Figure, stem: Path, endings: Sequence[str] = FIGURE_ENDINGS, dpi: int = 200
) -> list[Path]:
    """Write a Matplotlib figure as one file per format; the same figure gives the same files.

    Parameters
    ----------
    figure
        What to write.
    stem
        Path of the files without their ending.
    endings
        The formats: png, svg, pdf.
    dpi
        Dots per inch of the png.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    written = []
    for ending in endings:
        path = stem.with_name(f"{stem.name}.{ending}")
        undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending)
        figure.savefig(path, dpi=dpi, bbox_inches="tight", metadata=undated)
        written.append(path)
    return written


def read_results(folder: Path | str) -> Ensemble:
    """Read an ensemble written by :func:`save`; every file is checked against its digest.

    Parameters
    ----------
    folder : pathlib.Path or str
        A folder of results.

    Returns
    -------
    Ensemble
        What was saved, with its provenance and without its scenario.

    Raises
    ------
    ResultError
        If the folder holds no results, results of another format, or part of them is missing,
        damaged or changed.
    """
    folder = Path(folder)
    details = read_provenance(folder)
    path = folder / PROVENANCE
    if "command" in details:
        raise ResultError(f"{folder}: holds what 'plazas {details['command']}' wrote, not a run")
    for key, kind in _TYPES.items():
        if key not in details:
            raise ResultError(f"{path}: has no {key!r}")
        if not isinstance(details[key], kind):
            raise ResultError(f"{path}: {key!r} is not of type {kind.__name__}")
    frames: dict[str, Any] = {name: _frame(folder / f"{name}.parquet") for name in FRAMES}
    names = (details["name"], details["title"], details["seed"], tuple(details["replicates"]))
    return Ensemble(*names, **frames, provenance=details, sets=tuple(details["parameter_sets"]))


_TYPES = {"name": str, "title": str, "seed": int, "replicates": list, "parameter_sets": list}
_MEND = "run the scenario again to make the results"


def read_provenance(folder: Path) -> dict[str, Any]:
    """Return what a folder of results says of itself, checked against its digest.

    Parameters
    ----------
    folder
        A folder of results, or of a comparison.

    Raises
    ------
    ResultError
        If the folder holds no results or results of another format, or ``provenance.json`` is
        damaged or changed.
    """
    if not is_result(folder):
        raise ResultError(f"{folder}: holds no results (no {PROVENANCE} of Plazas)")
    details = json.loads((folder / PROVENANCE).read_text("utf-8"))
    if "command" not in details:  # whose tables are read by nothing
        _check_format(folder, details)
    content: dict[str, Any] = json.loads(_checked(folder / PROVENANCE))
    return content


def _checked(path: Path) -> bytes:
    """Return the content of a file of results; ResultError where it is missing or damaged."""
    try:
        return disk.read_checked(path)
    except disk.DamagedError as error:
        raise ResultError(f"{error}; {_MEND}") from error


def _frame(path: Path) -> pd.DataFrame:
    content = io.BytesIO(_checked(path))
    try:
        return pd.read_parquet(content, engine="pyarrow")
    except (OSError, ValueError, NotImplementedError) as error:
        raise ResultError(f"{path}: is damaged; {_MEND}") from error


def _check_format(folder: Path, about: dict[str, Any]) -> None:
    """Raise ResultError if another version wrote the results with other names in their tables."""
    written = about.get("format", 1)
    if written != FORMAT:
        raise ResultError(
            f"{folder}: these results have format {written} and this version of Plazas reads only "
            f"format {FORMAT}; run the scenario again or use the version that wrote them"
        )
