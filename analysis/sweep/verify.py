"""Check the folder of a sweep: every file against its digest, every row against the plan.

Only files that the plan names are batches. One that is damaged, or holds the rows of another batch
or another sweep, is named and never counted; ``--resume`` runs it again.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plazas.analysis.experiment import disk
from plazas.analysis.sweep import rows, store
from plazas.analysis.sweep.plan import Plan

NAMED = 5  # files that a message names at most


class BatchError(store.StoreError):
    """A file of rows that is not as it was written, or not of this sweep."""


class FailedRun(NamedTuple):
    """A run that failed: its number, its error, its key, and which run it is in words."""

    run: int
    error: str
    key: str
    where: str


@dataclass(frozen=True)
class Batch:
    """A batch whose file is as it was written: what it holds, and the file itself."""

    number: int
    digest: str
    runs: int
    failed: tuple[FailedRun, ...]
    libraries: tuple[Mapping[str, str], ...]  #: the versions that ran its runs
    size: int  #: bytes
    time: float  #: when the file was written, in seconds since 1970


@dataclass(frozen=True)
class Contents:
    """What a folder holds: good batches and damaged ones by number, and files that are no batch."""

    folder: Path
    good: Mapping[int, Batch]
    damaged: Mapping[int, str]  #: what is wrong with the file
    foreign: tuple[str, ...]  #: names
    begun_with: Mapping[str, str]  #: versions of libraries

    @property
    def failed(self) -> int:
        """Return how many runs failed."""
        return sum(len(batch.failed) for batch in self.good.values())

    def require_whole(self) -> None:
        """Raise a BatchError that names the damaged files, if there are any."""
        if self.damaged:
            first, *others = self.damaged
            more = f" (and so are {_listed(map(_name, others))})" if others else ""
            raise BatchError(
                f"{store.batch_path(self.folder, first)}: is damaged: {self.damaged[first]}{more}; "
                f"run again what is damaged: plazas sweep --out {self.folder} --resume"
            )

    def notes(self) -> list[str]:
        """Return what somebody should know who reads the sweep or continues it, a line each."""
        where = self.folder / store.RUNS
        result = [
            f"{store.batch_path(self.folder, number)}: is damaged: {reason}; it runs again"
            for number, reason in self.damaged.items()
        ]
        if self.foreign:
            result.append(
                f"{where}: not counted, because the sweep has no batch of that name: "
                f"{_listed(self.foreign)}"
            )
        ran = Counter(
            changes
            for batch in self.good.values()
            for changes in {changed(self.begun_with, each) for each in batch.libraries}
            if changes
        )
        result += [
            f"{self.folder}: {number:,} of {len(self.good):,} batches were run with {changes}"
            for changes, number in ran.items()
        ]
        return result


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return in words which libraries have another version than before; "" where none has."""
    return ", ".join(
        f"{name} {after.get(name, 'missing')} (the sweep was begun with {before.get(name, 'none')})"
        for name in store.LIBRARIES
        if after.get(name) != before.get(name)
    )


def contents(folder: Path, plan: Plan, batches: Iterable[int] | None = None) -> Contents:
    """Return what the folder of a sweep holds, every file checked.

    Parameters
    ----------
    folder
        The folder.
    plan
        Its plan.
    batches
        The batches to look at; all if None.

    Raises
    ------
    StoreError
        If the folder cannot be read.
    """
    wanted = store.finished(folder)
    if batches is not None:
        wanted &= set(batches)
    good: dict[int, Batch] = {}
    damaged: dict[int, str] = {}

    def look(number: int) -> None:
        try:
            found = _batch(folder, plan, number)
        except BatchError as error:
            damaged[number] = str(error)
        else:
            if found is not None:
                good[number] = found

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(look, sorted(wanted)))
    return Contents(
        folder,
        dict(sorted(good.items())),
        dict(sorted(damaged.items())),
        tuple(store.foreign(folder)),
        store.manifest(folder)["libraries"],
    )


def kept(folder: Path, plan: Plan, number: int) -> pa.Table | None:
    """Return the rows of a batch with all columns, checked; None where it has no file.

    Raises
    ------
    BatchError
        If its file is damaged or holds other rows; the message says only what is wrong with it.
    """
    content = _content(store.batch_path(folder, number))
    return None if content is None else _checked(plan, number, content).read(use_threads=False)


def merged(old: pa.Table, new: pa.Table) -> pa.Table:
    """Return the rows of a batch with those of ``new`` in place of the same runs in ``old``.

    The metadata names the libraries that ran either.
    """
    place = {key: i for i, key in enumerate(old["key"].to_pylist())}
    take = np.arange(old.num_rows)
    take[[place[key] for key in new["key"].to_pylist()]] = old.num_rows + np.arange(new.num_rows)
    known = json.loads(old.schema.metadata[store.LIBRARIES_KEY.encode()])
    here = store.libraries()
    details = {store.LIBRARIES_KEY: json.dumps(known if here in known else [*known, here])}
    both = pa.concat_tables([old.cast(new.schema), new])
    return both.take(pa.array(take)).combine_chunks().replace_schema_metadata(details)


def columns(path: Path, digest: str, names: Sequence[str]) -> pa.Table:
    """Return columns of a file of rows that had a digest when it was checked.

    Raises
    ------
    BatchError
        If the file has changed since.
    """
    content = require(path, digest)
    return pq.ParquetFile(pa.BufferReader(content)).read([*names])


def require(path: Path, digest: str) -> bytes:
    """Return the content of a file of rows; BatchError where it is not what was checked before."""
    content = _content(path)
    if content is None or disk.sealed(content) != digest:
        raise BatchError(f"{path}: has changed since the sweep was opened; open it again")
    return content


def _content(path: Path) -> bytes | None:
    """Return the content of a file; None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise store.StoreError(f"{path}: cannot be read ({error.strerror})") from error
    except OSError as error:
        raise BatchError(f"it cannot be read ({error.strerror or error})") from error


def _batch(folder: Path, plan: Plan, number: int) -> Batch | None:
    path = store.batch_path(folder, number)
    content = _content(path)
    if content is None:
        return None
    file = _checked(plan, number, content)
    return Batch(
        number,
        disk.sealed(content) or "",
        len(plan.runs_of(number)),
        _failed(file, plan, number),
        _libraries(file),
        len(content),
        path.stat().st_mtime,
    )


def _checked(plan: Plan, number: int, content: bytes) -> pq.ParquetFile:
    """Return a file of rows if it has its digest and is the batch of that number in the plan."""
    if disk.sealed(content) is None:
        raise BatchError("its digest does not match")
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        if not file.schema_arrow.equals(rows.schema(plan)):
            raise BatchError("it has other columns than the sweep")
        table = file.read([*rows.IDENTITY, *plan.names], use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise BatchError(f"it is no Parquet file ({error})") from error
    runs = plan.runs_of(number)
    if table.num_rows != len(runs):
        raise BatchError(f"it holds {table.num_rows:,} runs instead of {len(runs):,}")
    for name, wanted in rows.identity(plan, runs).items():
        if not table[name].combine_chunks().equals(wanted):
            raise BatchError(f"its rows are not those of batch {number} of this sweep ({name})")
    return file


def _failed(file: pq.ParquetFile, plan: Plan, number: int) -> tuple[FailedRun, ...]:
    errors = file.read(["error"], use_threads=False)["error"]
    runs = plan.runs_of(number)
    result = []
    for i in np.flatnonzero(errors.is_valid().to_numpy()).tolist():
        point, which, replicate = plan.run(runs[i])
        where = f"{plan.scenarios[which].name}, point {point}, replicate {replicate}"
        error = errors[i].as_py()
        result.append(FailedRun(runs[i], error, plan.key(point, which, replicate), where))
    return tuple(result)


def _libraries(file: pq.ParquetFile) -> tuple[Mapping[str, str], ...]:
    details = file.schema_arrow.metadata or {}
    try:
        result = json.loads(details[store.LIBRARIES_KEY.encode()])
        return tuple({name: str(each[name]) for name in each} for each in result)
    except (KeyError, TypeError, ValueError) as error:
        raise BatchError("it does not say which libraries ran it") from error


def _name(number: int) -> str:
    return store.batch_path(Path(), number).name


def _listed(names: Iterable[str]) -> str:
    words = [*names]
    more = f" and {len(words) - NAMED:,} more" if len(words) > NAMED else ""
    return ", ".join(words[:NAMED]) + more
