"""The folder of a sweep: a manifest, the points, and a Parquet file for each finished batch.

    sweep.json          what the sweep is, written first
    points.parquet      the points of the design
    runs/000042.parquet the rows of batch 42

A file has another name until all of it is on the disk; then it is renamed in one step. So whatever
has the name of a batch is whole, whoever was killed whenever. A batch has one name, so that two who
run the same batch leave one file, and its rows are the same whoever ran it.

``sweep.json`` and each batch hold a digest of themselves (`disk.seal`), and ``sweep.json`` that of
the points. There is no separate list of digests that a kill could leave behind the files.
``verify`` checks them, and the rows against the plan, at every read.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import socket
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from plazas.analysis.experiment import disk
from plazas.analysis.experiment.store import PROGRAM, machine
from plazas.analysis.sweep.design import Points
from plazas.analysis.sweep.plan import Plan, from_manifest
from plazas.model.errors import PlazasError, UserError

MANIFEST = "sweep.json"
POINTS = "points.parquet"
RUNS = "runs"
LOGS = "logs"
#: 2: series and parameters have the names of today (`experiment.store.FORMAT`); 3: files are sealed
FORMAT = 3
LIBRARIES = ("numpy", "numba", "mesa")  #: on which the numbers of a run depend
LIBRARIES_KEY = "plazas.libraries"  # in a file of rows: the versions that ran them, as JSON
_SEAL_KEY = "plazas.digest"
STALE = 3600.0  # seconds after which what was never renamed is left by a process long dead
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StoreError(UserError):
    """A folder of a sweep that cannot be written or read; the message says what to do."""


class FullError(StoreError):
    """No space is left; what is finished is safe."""


def is_sweep(folder: Path) -> bool:
    """Return whether a folder holds a sweep."""
    return (folder / MANIFEST).is_file()


def create(folder: Path, plan: Plan) -> None:
    """Make the folder of a sweep, with manifest and points, whole or not at all.

    Raises
    ------
    StoreError
        If the folder holds anything already, even where another process put it there just now.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: is a file; name a folder")
    points = _parquet(_points_table(plan))
    details = {"program": PROGRAM, "kind": "sweep", "format": FORMAT} | machine() | plan.manifest()
    details["points_digest"] = hashlib.sha256(points).hexdigest()
    try:
        # A rename succeeds where there is nothing, or an empty folder.
        with disk.staged(folder, Path.rename) as part:
            (part / RUNS).mkdir()
            (part / POINTS).write_bytes(points)
            (part / MANIFEST).write_bytes(sealed_manifest(details))
    except OSError as error:
        raise _of(error, folder) from error


def _of(error: OSError, folder: Path) -> StoreError:
    """Return the error of a folder for what the system says."""
    if error.errno in _FULL:
        return FullError(f"{folder}: no space is left; free some, then continue with --resume")
    if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
        if is_sweep(folder):
            return StoreError(f"{folder}: already holds a sweep; continue it with --resume")
        return StoreError(f"{folder}: holds other files; name a new or an empty folder")
    return StoreError(f"{folder}: cannot be written ({error.strerror or error})")


def sealed_manifest(details: dict[str, Any]) -> bytes:
    """Return the content of ``sweep.json``, with a digest of itself."""
    unsealed = {key: value for key, value in details.items() if key != "digest"}
    text = json.dumps(unsealed | {"digest": disk.BLANK}, indent=1, ensure_ascii=False)
    return disk.seal(text.encode())


def manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a sweep, checked against its digest.

    Raises
    ------
    StoreError
        If there is none, or it is damaged, edited, or of another version.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        details = json.loads(content)
    except FileNotFoundError:
        raise StoreError(
            f"{folder}: holds no sweep (no {MANIFEST}), as seen from {socket.gethostname()}"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: cannot be read ({error})") from error
    if not isinstance(details, dict) or details.get("kind") != "sweep":
        raise StoreError(f"{path}: is not the manifest of a sweep")
    if details.get("format") != FORMAT:
        raise StoreError(f"{path}: was written by another version of Plazas; use that one")
    if disk.sealed(content) is None:
        raise StoreError(
            f"{path}: is damaged or was edited: its digest does not match; put the original back, "
            "or run the sweep in a new folder"
        )
    return details


def load_plan(folder: Path) -> Plan:
    """Return the plan of the sweep in a folder.

    Raises
    ------
    StoreError
        If it is missing, damaged or edited.
    """
    return _load_plan(folder, *(_stamp(folder / name) for name in (MANIFEST, POINTS)))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is written again."""
    try:
        details = path.stat()
    except OSError:
        return None
    return details.st_mtime_ns, details.st_size, details.st_ino


@functools.lru_cache(4)
def _load_plan(folder: Path, *_: object) -> Plan:
    details = manifest(folder)
    try:
        _Manifest.model_validate(details)
        points = _points(folder / POINTS, details["points_digest"], details["parameters"])
        plan = from_manifest(details, points)
        if (len(points), plan.runs) != (details["points"], details["runs"]):
            raise ValueError("the numbers of points or runs do not match")
    except StoreError:
        raise
    except ValidationError as error:
        wrong = error.errors()[0]
        what = f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"
        raise StoreError(f"{folder / MANIFEST}: is not the manifest of a sweep ({what})") from error
    except (PlazasError, LookupError, TypeError, ValueError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise StoreError(f"{folder / MANIFEST}: is not the manifest of a sweep ({what})") from error
    return plan


class _Manifest(BaseModel, strict=True):
    """The types of what `from_manifest` reads."""

    title: str
    runs: int = Field(ge=1)
    batch: int = Field(ge=1)
    seed: int = Field(ge=0)
    replicates: int = Field(ge=1)
    parameters: list[str]
    points: int = Field(ge=1)
    points_digest: str
    design: dict[str, Any]
    code: str
    parameter_sets: list[dict[str, FiniteFloat]]
    scenarios: list[dict[str, Any]] = Field(min_length=1)
    libraries: dict[str, str]


def _points(path: Path, digest: str, names: list[str]) -> Points:
    """Return the points of a sweep (N, D), checked against their digest."""
    try:
        raw = path.read_bytes()
        if hashlib.sha256(raw).hexdigest() != digest:
            raise StoreError(f"{path}: is damaged; start the sweep again in a new folder")
        table = pq.read_table(pa.BufferReader(raw))
        if table.column_names != ["point", *names]:
            raise StoreError(f"{path}: does not have the parameters that {MANIFEST} names")
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path}: cannot be read ({error})") from error
    columns = [table[name].to_numpy() for name in names]
    return np.array(columns, np.float64).T.reshape(table.num_rows, len(columns))


def _points_table(plan: Plan) -> pa.Table:
    """Return the points by number, which also a sweep without parameters has."""
    columns = {"point": pa.array(np.arange(len(plan.points), dtype=np.int32))}
    columns |= {name: pa.array(plan.points[:, j]) for j, name in enumerate(plan.names)}
    return pa.table(columns)


def batch_path(folder: Path, batch: int) -> Path:
    """Return where the rows of a batch are, or will be."""
    return folder / RUNS / f"{batch:06d}.parquet"


def files(folder: Path) -> list[Path]:
    """Return the files of finished batches, in order: those of names that the plan gives."""
    return [batch_path(folder, batch) for batch in sorted(finished(folder))]


def finished(folder: Path) -> set[int]:
    """Return which batches have a file."""
    return set(_listed(folder)[0])


def foreign(folder: Path) -> list[str]:
    """Return the names of files among the batches that the plan does not name, in order."""
    return _listed(folder)[1]


def _listed(folder: Path) -> tuple[list[int], list[str]]:
    """Return the batches that have a file, and the names of files that are no batch."""
    batches = load_plan(folder).batches
    where = folder / RUNS
    try:
        names = sorted(path.name for path in where.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise StoreError(f"{where}: cannot be read ({error.strerror or error})") from error
    numbers = {name: _number(name, batches) for name in names}
    known = [number for number in numbers.values() if number is not None]
    return known, [name for name, number in numbers.items() if number is None]


def _number(name: str, batches: int) -> int | None:
    """Return the batch whose file has a name; None where no batch has."""
    stem = name.removesuffix(".parquet")
    number = int(stem) if stem.isascii() and stem.isdigit() else batches
    return number if number < batches and name == batch_path(Path(), number).name else None


def write_batch(folder: Path, batch: int, rows: pa.Table, replace: bool = False) -> None:
    """Keep the rows of a batch, whole or not at all.

    Parameters
    ----------
    folder
        The folder of the sweep.
    batch
        The number of the batch.
    rows
        Its rows, in order, as `rows.table` makes them. They may have ``LIBRARIES_KEY`` in their
        metadata; otherwise they get the libraries that run here.
    replace
        Whether a file that stands there is replaced; otherwise it is kept.

    Raises
    ------
    FullError
        If no space is left.
    StoreError
        If the folder cannot be written for another reason.
    """
    try:
        (folder / RUNS).mkdir(exist_ok=True)
        disk.write_file(batch_path(folder, batch), _sealed_rows(rows), keep=not replace)
    except OSError as error:
        raise _of(error, folder) from error


@functools.cache
def libraries() -> dict[str, str]:
    """Return the versions of the ``LIBRARIES`` that run here."""
    return {name: version(name) for name in LIBRARIES}


def clear_stale(folder: Path) -> None:
    """Remove what processes left half-written when they were killed, long enough ago."""
    for path in (folder / RUNS).glob(f".*{disk.PART}"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE:
                path.unlink()


def _sealed_rows(table: pa.Table) -> bytes:
    """Return rows as a Parquet file with a digest of itself, and the libraries that ran them."""
    known = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    ran = known.get(LIBRARIES_KEY) or json.dumps([libraries()])
    details = {LIBRARIES_KEY: ran, _SEAL_KEY: disk.BLANK}
    return disk.seal(_parquet(table.replace_schema_metadata(details)))


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    # Figures seldom repeat, so a dictionary of them would only take room.
    pq.write_table(table, sink, compression="zstd", use_dictionary=["scenario"])
    return bytes(sink.getvalue())
