"""The stored row of each run: parameters, outcomes over the run, and outcomes by year.

``plazas.model.decode`` reads everything from the arrays of a run's record, without pandas frames.
Outcomes have the names and meanings of ``plazas.analysis.experiment.outcomes``, over the whole run.
The years are those of ``plazas.model.results.by_year``. They include the number of places that each
initial cartel leads in the last month of a year. float32 holds counts up to 16.7 million exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from plazas.analysis.experiment.outcomes import FLOWS, LEVELS, SHARES
from plazas.analysis.experiment.outcomes import LATER as CAME_LATER
from plazas.analysis.sweep.plan import Plan
from plazas.model import decode
from plazas.model.calendar import WEEKS_IN_YEAR_WINDOW, per_year, years_of
from plazas.model.record import SERIES
from plazas.model.results import Results
from plazas.model.scenario import Scenario

#: columns that identify the run of a row; the columns of the parameters follow
IDENTITY = ("key", "scenario", "point", "replicate", "set")
#: number of places led by cartels that appeared after the start
LATER = tuple(f"led_{key}" for key in CAME_LATER)
LONGEST_ERROR = 500  # characters
_NONE = 1e-12  # persons a week: a share of nothing is 0

#: outcomes over the run, computed from national series, in the order of their columns
OUTCOMES = (
    "homicides_total", "homicides", "homicides_last", "killed", "recruits", "arrests", "attacks",
    "threats", "patients", "on_fronts", "members", "groups", "fronts", "corruption", "addiction",
    "cost",
)  # fmt: skip


class Left(NamedTuple):
    """The stored results of a run of Y years: outcomes, series by year, and places led by year."""

    outcomes: NDArray[np.float32]  #: (len(OUTCOMES),)
    years: NDArray[np.float32]  #: (Y, len(SERIES))
    led: NDArray[np.int16]  #: (Y, founders + 2), the last two those of ``LATER``
    led_last: NDArray[np.int16]  #: the same in the last month of the run
    first_year: int


class Row(NamedTuple):
    """The number of a run, and its stored results or the error with which it failed."""

    run: int
    left: Left | None
    error: str | None


def left_behind(results: Results) -> Left:
    """Return the stored results of a finished run.

    Parameters
    ----------
    results : Results
        A finished run.

    Returns
    -------
    Left
        Outcomes over the run, national series by year, and number of places led.
    """
    scenario, record = results.scenario, results.record
    years = years_of(scenario.start, scenario.weeks)
    weekly = decode.series(record)
    months = decode.months_of_weeks(record, years.starts + years.weeks - 1)
    of_start = len(scenario.country.start.cartels)
    led = led_in(decode.members(record)[months], np.array(results.parents), of_start)
    outcomes = _outcomes(weekly)
    by_year = decode.yearly(weekly, years).astype(np.float32)
    return Left(outcomes, by_year, led, led[-1], int(years.years[0]))


_COLUMN = {name: i for i, name in enumerate(SERIES)}


def _outcomes(weekly: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the outcomes of weekly national series, shape (W, S), in the order of ``OUTCOMES``."""
    mean, last = weekly.mean(axis=0), weekly[-1]
    flows = {key: per_year(sum(mean[_COLUMN[n]] for n in names)) for key, names, _ in FLOWS}
    shares = {
        key: mean[_COLUMN[part]] / max(mean[_COLUMN[whole]], _NONE)
        for key, part, whole, _ in SHARES
    }
    levels = {key: last[_COLUMN[name]] for key, name, _, _ in LEVELS}
    homicides = weekly[:, _COLUMN["homicides"]]
    totals = {
        "homicides_total": homicides.sum(),
        "homicides_last": per_year(homicides[-WEEKS_IN_YEAR_WINDOW:].mean()),
        "cost": weekly[:, _COLUMN["policy_cost"]].sum() / 1000.0,
    }
    result = {**flows, **shares, **levels, **totals}
    return np.array([result[key] for key in OUTCOMES], np.float32)


def led_in(
    members: NDArray[np.int32], parents: NDArray[np.int64], founders: int
) -> NDArray[np.int16]:
    """Return the number of places led by each founding cartel, by factions and by local groups.

    Parameters
    ----------
    members : numpy.ndarray of int32, shape (Y, P, K)
        Members by year, place and cartel.
    parents : numpy.ndarray of int64, shape (K,)
        The parent of every cartel that ever existed; -1 for a local group that rose.
    founders : int
        Number of initial cartels; they come first.

    Returns
    -------
    numpy.ndarray of int16, shape (Y, founders + 2)
        Number of places by year. The last two columns are factions and local groups.
    """
    best = decode.leaders(members)
    led = (best[:, :, None] == np.arange(founders)).sum(axis=1)
    later = best >= founders
    split = later & (parents[best] >= 0)
    counts = [split.sum(axis=1), (later & ~split).sum(axis=1)]
    return np.column_stack([led, *counts]).astype(np.int16)


def founders(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """Return the keys of the initial cartels of the scenarios, without duplicates."""
    keys = [row.key for scenario in scenarios for row in scenario.country.start.cartels]
    return tuple(dict.fromkeys(keys))


def schema(plan: Plan) -> pa.Schema:
    """Return the Arrow schema of every file of a sweep."""
    led = [(f"led_{key}", pa.int16()) for key in founders(plan.scenarios)]
    led += [(name, pa.int16()) for name in LATER]
    year = [("year", pa.int16()), *((name, pa.float32()) for name in SERIES), *led]
    return pa.schema(
        [
            ("key", pa.string()),
            ("scenario", pa.string()),
            ("point", pa.int32()),
            ("replicate", pa.int32()),
            ("set", pa.int32()),
            *((name, pa.float64()) for name in plan.names),
            ("error", pa.string()),
            *((name, pa.float32()) for name in OUTCOMES),
            *led,
            ("years", pa.list_(pa.struct(year))),
        ]
    )


def identity(plan: Plan, numbers: Iterable[int]) -> dict[str, pa.Array]:
    """Return the columns that say which runs rows are of: ``IDENTITY`` and the parameters.

    Parameters
    ----------
    plan
        The plan of the sweep.
    numbers
        The numbers of the runs.
    """
    shape, numbers = schema(plan), [*numbers]
    runs = [plan.run(number) for number in numbers]
    values = plan.points[[point for point, _, _ in runs]]
    columns: dict[str, Any] = {
        "key": plan.keys(numbers),
        "scenario": [plan.scenarios[s].name for _, s, _ in runs],
        "point": [point for point, _, _ in runs],
        "replicate": [replicate for _, _, replicate in runs],
        "set": [plan.set_of(replicate) for _, _, replicate in runs],
        **{name: values[:, j] for j, name in enumerate(plan.names)},
    }
    return {name: pa.array(column, shape.field(name).type) for name, column in columns.items()}


def table(plan: Plan, rows: Sequence[Row]) -> pa.Table:
    """Return rows as a table of the sweep's columns."""
    shape = schema(plan)
    runs = [plan.run(row.run) for row in rows]
    columns: dict[str, Any] = identity(plan, (row.run for row in rows))
    columns["error"] = [row.error for row in rows]
    failed = np.array([row.left is None for row in rows])
    nothing = np.zeros(len(OUTCOMES), np.float32)
    outcomes = np.array([row.left.outcomes if row.left else nothing for row in rows])
    for j, name in enumerate(OUTCOMES):
        columns[name] = pa.array(outcomes[:, j], mask=failed)
    columns |= _led_columns(plan, runs, rows)
    columns["years"] = _years(plan, runs, rows, shape.field("years").type)
    arrays = [
        item if isinstance(item, pa.Array) else pa.array(item, field.type)
        for field in shape
        for item in (columns[field.name],)
    ]
    return pa.Table.from_arrays(arrays, schema=shape)


def _led_columns(
    plan: Plan, runs: Sequence[tuple[int, int, int]], rows: Sequence[Row]
) -> dict[str, pa.Array]:
    """Return the columns of places led at the end; null where a country has no such cartel."""
    kept = [(row.left.led_last[None] if row.left else None) for row in rows]
    lengths = [1] * len(rows)
    return {
        name: pa.array(values, mask=~known)
        for name, (values, known) in _spread(plan, runs, kept, lengths).items()
    }


def _spread(
    plan: Plan,
    runs: Sequence[tuple[int, int, int]],
    blocks: Sequence[NDArray[np.int16] | None],
    lengths: Sequence[int],
) -> dict[str, tuple[NDArray[np.int16], NDArray[np.bool_]]]:
    """Return blocks (L, founders + 2) as columns of all founders, and where they are known.

    A block that is None stands for ``length`` unknown rows.
    """
    keys = founders(plan.scenarios)
    names = [*(f"led_{key}" for key in keys), *LATER]
    values = np.zeros((sum(lengths), len(names)), np.int16)
    known = np.zeros(values.shape, bool)
    places = [
        [*(keys.index(row.key) for row in scenario.country.start.cartels), len(keys), len(keys) + 1]
        for scenario in plan.scenarios
    ]
    ends = np.cumsum(lengths)
    for (_, scenario, _), block, end, length in zip(runs, blocks, ends, lengths, strict=True):
        if block is not None:
            where = np.ix_(range(end - length, end), places[scenario])
            values[where], known[where] = block, True
    return {name: (values[:, j], known[:, j]) for j, name in enumerate(names)}


def _years(
    plan: Plan, runs: Sequence[tuple[int, int, int]], rows: Sequence[Row], kind: pa.ListType
) -> pa.Array:
    """Return the column of years: one list per run, null where the run failed."""
    kept = [row.left for row in rows]
    lengths = [len(left.years) if left else 0 for left in kept]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    none = np.zeros((0, len(SERIES)), np.float32)
    series = np.concatenate([left.years if left else none for left in kept])
    year = np.concatenate(
        [
            (left.first_year if left else 0) + np.arange(length)
            for left, length in zip(kept, lengths, strict=True)
        ]
    ).astype(np.int16)
    led = _spread(plan, runs, [left.led if left else None for left in kept], lengths)
    columns = [pa.array(year), *(pa.array(series[:, j]) for j in range(len(SERIES)))]
    columns += [pa.array(values, mask=~known) for values, known in led.values()]
    struct = pa.StructArray.from_arrays(columns, fields=list(kind.value_type))
    missing = pa.array([left is None for left in kept])
    return pa.ListArray.from_arrays(pa.array(offsets), struct, type=kind, mask=missing)
