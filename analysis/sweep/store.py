"""The folder of a sweep: a manifest, the points, and a Parquet file for each finished batch.

    sweep.json          what the sweep is, written first
    points.parquet      the points of the design
    runs/000042.parquet the rows of batch 42

A file has another name until all of it is on the disk; then it is renamed in one step. So whatever
is called ``runs/*.parquet`` is whole, whoever was killed whenever. A batch has one name, so that
two who run the same batch leave one file, and its rows are the same whoever ran it.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import socket
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plazas.analysis.experiment import disk
from plazas.analysis.experiment.store import PROGRAM, machine
from plazas.analysis.sweep.plan import Plan, from_manifest
from plazas.model.errors import UserError

MANIFEST = "sweep.json"
POINTS = "points.parquet"
RUNS = "runs"
LOGS = "logs"
FORMAT = 2  #: 2: series and parameters have the names of today (`experiment.store.FORMAT`)
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
            (part / MANIFEST).write_text(json.dumps(details, indent=1, ensure_ascii=False), "utf-8")
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


def manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a sweep; StoreError where there is none."""
    path = folder / MANIFEST
    try:
        details = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(
            f"{folder}: holds no sweep (no {MANIFEST}), as seen from {socket.gethostname()}"
        ) from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read ({error})") from error
    if not isinstance(details, dict) or details.get("kind") != "sweep":
        raise StoreError(f"{path}: is not the manifest of a sweep")
    if details.get("format") != FORMAT:
        raise StoreError(f"{path}: was written by another version of Plazas; use that one")
    return details


def load_plan(folder: Path) -> Plan:
    """Return the plan of the sweep in a folder; StoreError where it is missing or damaged."""
    return _load_plan(folder, (folder / MANIFEST).stat().st_mtime_ns if is_sweep(folder) else 0)


@functools.lru_cache(4)
def _load_plan(folder: Path, _: int) -> Plan:
    details = manifest(folder)
    path = folder / POINTS
    try:
        raw = path.read_bytes()
        if hashlib.sha256(raw).hexdigest() != details["points_digest"]:
            raise StoreError(f"{path}: is damaged; start the sweep again in a new folder")
        result = pq.read_table(pa.BufferReader(raw))
        columns = [result[name].to_numpy() for name in details["parameters"]]
        points = np.array(columns, np.float64).T.reshape(result.num_rows, len(columns))
        return from_manifest(details, points)
    except (OSError, KeyError, pa.ArrowInvalid) as error:
        raise StoreError(f"{path}: cannot be read ({error})") from error


def _points_table(plan: Plan) -> pa.Table:
    """Return the points by number, which also a sweep without parameters has."""
    columns = {"point": pa.array(np.arange(len(plan.points), dtype=np.int32))}
    columns |= {name: pa.array(plan.points[:, j]) for j, name in enumerate(plan.names)}
    return pa.table(columns)


def batch_path(folder: Path, batch: int) -> Path:
    """Return where the rows of a batch are, or will be."""
    return folder / RUNS / f"{batch:06d}.parquet"


def files(folder: Path) -> list[Path]:
    """Return the files of finished batches, in order."""
    return sorted(path for path in (folder / RUNS).glob("[0-9]*.parquet"))


def finished(folder: Path) -> set[int]:
    """Return which batches are finished."""
    return {int(path.stem) for path in files(folder)}


def write_batch(folder: Path, batch: int, rows: pa.Table) -> None:
    """Keep the rows of a batch, whole or not at all; a file that stands there already is kept.

    Raises
    ------
    FullError
        If no space is left; StoreError where the folder cannot be written for another reason.
    """
    try:
        disk.write_file(batch_path(folder, batch), _parquet(rows), keep=True)
    except OSError as error:
        raise _of(error, folder) from error


def clear_stale(folder: Path) -> None:
    """Remove what processes left half-written when they were killed, long enough ago."""
    for path in (folder / RUNS).glob(f".*{disk.PART}"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE:
                path.unlink()


def failures(path: Path) -> tuple[int, int]:
    """Return how many runs a batch's file holds and how many of them failed, from its footer."""
    try:
        details = pq.read_metadata(path)
        column = details.schema.names.index("error")
        groups = [
            details.row_group(i).column(column).statistics for i in range(details.num_row_groups)
        ]
        return details.num_rows, details.num_rows - sum(group.null_count for group in groups)
    except (OSError, ValueError, AttributeError, pa.ArrowInvalid) as error:
        raise damaged(path) from error


def damaged(path: Path) -> StoreError:
    """Return the error for a file that cannot be read."""
    return StoreError(f"{path}: is damaged; remove it and run the sweep with --resume")


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    # Figures seldom repeat, so a dictionary of them would only take room.
    pq.write_table(table, sink, compression="zstd", use_dictionary=["scenario"])
    return bytes(sink.getvalue())
