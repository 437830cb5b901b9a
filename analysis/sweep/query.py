"""Read what a sweep has kept so far: as pandas, as xarray, or by SQL."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from plazas.analysis.sweep import rows, store, verify
from plazas.analysis.sweep.plan import Plan
from plazas.model.errors import MissingLibraryError, UserError

if TYPE_CHECKING:
    import xarray

YEARS = "years"
#: how a query is confined from its start; `OpenSweep._lock` adds the files that it may read
LIMITS = {
    "memory_limit": "50%",  # of this machine
    "temp_directory": "",  # nothing is written when the memory is full: the query ends
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",  # of the user's own DuckDB
    "python_enable_replacements": "false",  # variables of this process are no tables
}


class QueryError(UserError):
    """A query that cannot be answered; the message says what is wrong with it."""


@dataclass(frozen=True, eq=False)
class OpenSweep:
    """What a sweep has kept so far. Frames are read when first asked for."""

    folder: Path
    plan: Plan
    contents: verify.Contents

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files of finished batches, in order."""
        return tuple(store.batch_path(self.folder, batch) for batch in self.contents.good)

    @functools.cached_property
    def runs(self) -> pd.DataFrame:
        """Return a row a run: which it is, its parameters, its outcomes, its error if it failed."""
        table = self._read([name for name in rows.schema(self.plan).names if name != YEARS])
        table = table.set_column(
            table.schema.get_field_index("scenario"),
            "scenario",
            table["scenario"].dictionary_encode(),
        )
        frame = table.to_pandas()
        frame["scenario"] = frame["scenario"].cat.set_categories(
            [scenario.name for scenario in self.plan.scenarios]
        )
        return frame.sort_values(["point", "scenario", "replicate"], ignore_index=True)

    @functools.cached_property
    def failed(self) -> pd.DataFrame:
        """Return the rows of the runs that failed."""
        return self.runs[self.runs["error"].notna()]

    @functools.cached_property
    def years(self) -> pd.DataFrame:
        """Return a row for each run that did not fail and year: the national series, states led.

        ``scenario``, ``point`` and ``replicate`` say which run; its parameters stand in ``runs``.
        """
        table = self._read(["scenario", "point", "replicate", YEARS])
        table = table.filter(table[YEARS].is_valid())
        lists = table[YEARS].combine_chunks()
        if isinstance(lists, pa.ChunkedArray):  # of no chunk at all
            lists = pa.array([], lists.type)
        counts = lists.value_lengths().to_numpy(zero_copy_only=False)
        words = [scenario.name for scenario in self.plan.scenarios]
        which = pd.Index(words).get_indexer(table["scenario"].to_pandas())
        codes = np.repeat(which, counts).astype(np.int32)
        columns: dict[str, Any] = {
            "scenario": pd.Categorical.from_codes(codes, pd.Index(words)),
            "point": np.repeat(table["point"].to_numpy(), counts),
            "replicate": np.repeat(table["replicate"].to_numpy(), counts),
        }
        flat = lists.flatten()
        names = [field.name for field in flat.type]
        for name, values in zip(names, flat.flatten(), strict=True):
            columns[name] = values.to_numpy(zero_copy_only=False)
        frame = pd.DataFrame(columns)
        order = ["point", "scenario", "replicate", "year"]
        return frame.sort_values(order, ignore_index=True)

    def _read(self, columns: Sequence[str]) -> pa.Table:
        shape = rows.schema(self.plan)
        wanted = pa.schema([shape.field(name) for name in columns])
        parts = []
        for path, batch in zip(self.files, self.contents.good.values(), strict=True):
            table = verify.columns(path, batch.digest, columns)
            parts.append(table.replace_schema_metadata())
        return pa.concat_tables(parts) if parts else wanted.empty_table()

    def xarray(self) -> xarray.Dataset:
        """Return outcomes by (scenario, point, replicate) and national series by year as well.

        Series by year carry ``year_`` before their name; parameters are coordinates of ``point``.
        Runs that failed or are not done yet are NaN.

        Raises
        ------
        MissingLibraryError
            If xarray is not installed.
        """
        try:
            import xarray
        except ImportError as error:
            raise MissingLibraryError(
                "xarray is not installed; run: pip install 'plazas[analysis]'"
            ) from error
        plan = self.plan
        names = [scenario.name for scenario in plan.scenarios]
        shape = (len(names), len(plan.points), plan.replicates)
        keep = [n for n in rows.schema(plan).names if n in rows.OUTCOMES or n.startswith("led_")]
        data: dict[str, Any] = {name: (_DIMS, _dense(self.runs, shape, name)) for name in keep}
        years = np.unique(self.years["year"])
        at = np.searchsorted(years, self.years["year"])
        for name in self.years.columns.drop(["scenario", "point", "replicate", "year"]):
            values = _dense(self.years, (*shape, len(years)), name, at)
            data[f"year_{name}"] = ((*_DIMS, "year"), values)
        coordinates: dict[str, Any] = {
            "scenario": names,
            "point": np.arange(len(plan.points)),
            "replicate": np.arange(plan.replicates),
            "year": years,
        }
        for j, name in enumerate(plan.names):
            coordinates[name] = ("point", plan.points[:, j])
        return xarray.Dataset(data, coordinates, {"title": plan.title, "seed": plan.seed})

    def sql(self, query: str) -> pd.DataFrame:
        """Return the answer to a query over the views ``runs`` and ``years``, by DuckDB.

        The query reads no other file, writes none, loads no extension and takes at most half of the
        memory. ``years`` has a row for each run and year, with the run's ``key``, ``scenario``,
        ``point`` and ``replicate``.

        Raises
        ------
        MissingLibraryError
            If DuckDB is not installed.
        QueryError
            If the query has a mistake, needs too much memory, or is not one SELECT. Where a name
            is wrong, the message has the columns that exist.
        """
        try:
            import duckdb
        except ImportError as error:
            raise MissingLibraryError(
                "queries need DuckDB, which is not installed; run: pip install 'plazas[cluster]'"
            ) from error
        for path, batch in zip(self.files, self.contents.good.values(), strict=True):
            verify.require(path, batch.digest)
        with duckdb.connect(config=dict(LIMITS)) as connection:
            for name, text in self._views().items():
                connection.execute(f"create view {name} as {text}")
            columns = {name: connection.table(name).columns for name in ("runs", "years")}
            self._lock(connection)
            try:
                statements = connection.extract_statements(query)
                if [statement.type.name for statement in statements] != ["SELECT"]:
                    raise QueryError(f"query: {_not_one(len(statements))}")
                return connection.execute(statements[0]).df()
            except RuntimeError as error:  # a signal: DuckDB makes it an error of its own
                raise KeyboardInterrupt from error
            except UnicodeError as error:
                raise QueryError("query: is not UTF-8 text") from error
            except duckdb.Error as error:
                known = isinstance(error, (duckdb.BinderException, duckdb.CatalogException))
                hint = "".join(f"; {view} has {', '.join(columns[view])}" for view in columns)
                raise QueryError(f"query: {_short(error)}{hint if known else ''}") from error

    def _lock(self, connection: Any) -> None:
        """Let queries read the files of the sweep and nothing else, for good."""
        # Each file by its name and, where that differs, as the views write it.
        both = {text: None for path in self.files for text in (_text(path), _quoted(path))}
        paths = ", ".join(both)
        try:
            connection.execute(f"set allowed_paths = [{paths}]")
        except Exception as error:
            raise MissingLibraryError(
                "queries need DuckDB 1.2 or later; run: pip install --upgrade duckdb"
            ) from error
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")

    def _views(self) -> dict[str, str]:
        """Return the SQL of the two views."""
        if not self.files:
            raise QueryError(f"{self.folder}: no batch is finished yet")
        quoted = ", ".join(_quoted(path) for path in self.files)
        source = f"read_parquet([{quoted}], hive_partitioning = false)"
        unnested = f"unnest({YEARS}, recursive := true)"
        return {
            "runs": f"select * exclude ({YEARS}) from {source}",
            "years": f"select key, scenario, point, replicate, {unnested} from {source} "
            f"where {YEARS} is not null",
        }


_DIMS = ("scenario", "point", "replicate")


def read_sweep(folder: Path | str) -> OpenSweep:
    """Return what the sweep in a folder has kept so far; every file is checked.

    A warning names files that are not part of the sweep, and batches that were run with other
    versions of libraries.

    Parameters
    ----------
    folder : pathlib.Path or str
        The folder of a sweep.

    Returns
    -------
    OpenSweep
        Its rows as pandas frames, and SQL over them.

    Raises
    ------
    StoreError
        If the folder holds no sweep, or a file of it is damaged or edited; the message names it.

    Examples
    --------
    >>> import plazas as pz
    >>> try:
    ...     pz.read_sweep("no-such-folder")
    ... except pz.UserError:
    ...     print("there is no sweep in that folder")
    there is no sweep in that folder
    """
    result = opened(Path(folder))
    for note in result.contents.notes():
        warnings.warn(note, stacklevel=2)
    return result


def opened(folder: Path) -> OpenSweep:
    """Return what `read_sweep` does, without a warning; the notes are those of its contents."""
    plan = store.load_plan(folder)
    result = verify.contents(folder, plan)
    result.require_whole()
    return OpenSweep(folder, plan, result)


def _dense(
    frame: pd.DataFrame, shape: tuple[int, ...], name: str, *more: Any
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return a column laid out by scenario, point, replicate and whatever else; NaN elsewhere."""
    values = np.full(shape, np.nan, np.float32)
    at = (frame["scenario"].cat.codes, frame["point"], frame["replicate"], *more)
    column = frame[name].to_numpy(np.float32, na_value=np.nan)
    values[tuple(np.asarray(item) for item in at)] = column
    return values


def _quoted(path: Path) -> str:
    """Return a path as SQL; signs that DuckDB would read as patterns stand for themselves."""
    return _text("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


def _text(word: object) -> str:
    """Return a word as a text of SQL."""
    return "'" + str(word).replace("'", "''") + "'"


def _not_one(statements: int) -> str:
    """Return why a query is refused that is not one SELECT."""
    if statements == 0:
        return "is empty; an example: select scenario, avg(homicides) from runs group by all"
    if statements > 1:
        return f"{statements} statements; give one"
    return "only SELECT is answered; a query changes nothing and writes no file"


def _short(error: BaseException) -> str:
    """Return what DuckDB says without the copy of the query and the arrow below it."""
    text = str(error).split("\n\nLINE ")[0].split("\nLINE ")[0]
    return " ".join(text.split())
