"""Compare policies: paired replicates that share every draw a policy does not itself change.

The first scenario is the baseline. Replicate r of each scenario has the same seed and number, so a
policy is judged by the differences within pairs. What pairing is worth is measured and shown with
each result, never assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from plazas.analysis.experiment.ensemble import Ensemble
from plazas.analysis.experiment.intervals import Interval, interval, pairing, per_life
from plazas.analysis.experiment.outcomes import (
    OutcomeSpec,
    Window,
    main_cartels,
    outcome_specs,
    outcomes,
    window_of,
)
from plazas.analysis.experiment.run import Progress, extended, run_all
from plazas.model.errors import UserError
from plazas.model.scenario import Scenario

CAP = 400  # replicates, unless the caller says otherwise
LEAST_BATCH = 10


class CompareError(UserError):
    """Scenarios that cannot be compared as asked; the message says why."""


@dataclass(frozen=True)
class Stopping:
    """Why no more replicates were run.

    ``width`` is the widest 95 % interval of a policy's difference in homicides, as a share of the
    baseline's homicides; ``wanted`` is what was asked for, None where a number of replicates was.
    """

    replicates: int
    width: float
    wanted: float | None = None
    cap: int = CAP

    @property
    def reached(self) -> bool:
        """Return whether the width that was asked for has been reached."""
        return self.wanted is None or self.width <= self.wanted

    def __str__(self) -> str:
        if np.isinf(self.width):
            return f"{self.replicates} replicate: no interval can be given"
        width = (
            f"the widest 95 % interval of a difference in homicides spans {100 * self.width:.1f} % "
            "of the baseline's"
        )
        if self.wanted is None:
            return f"{self.replicates} replicates as asked; {width}"
        target = f"the {100 * self.wanted:g} % asked for"
        if self.reached:
            return f"{self.replicates} replicates reached {target}: {width}"
        return f"stopped at the cap of {self.cap} replicates short of {target}: {width}"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios run side by side. ``labels`` name them; the first is the baseline.

    ``table`` has a row for each scenario and outcome: the level, the paired difference from the
    baseline and the change from the start year within each replicate, each as mean, 95 % interval
    (``_low``, ``_high``) and median, and the worth of pairing. ``values`` has the numbers behind it
    (a row a scenario and replicate).
    """

    labels: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    ensembles: tuple[Ensemble, ...]
    window: Window
    outcomes: dict[str, OutcomeSpec]
    values: pd.DataFrame
    table: pd.DataFrame
    stopping: Stopping

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.labels)}: {self.replicates} replicates>"

    @property
    def policies(self) -> tuple[str, ...]:
        """Return the labels of the scenarios other than the baseline."""
        return self.labels[1:]

    @property
    def replicates(self) -> int:
        """Return the number of replicates of each scenario."""
        return len(self.ensembles[0])

    @property
    def sets(self) -> int:
        """Return how many sets of parameters the replicates took; 0 where all had the same."""
        return self.ensembles[0].sets_taken

    def row(self, label: str, outcome: str) -> pd.Series[Any]:
        """Return a row of the table."""
        return pd.Series(self.table.loc[(label, outcome)])

    def interval(self, label: str, outcome: str, name: str) -> Interval:
        """Return an interval of the table (``name``: level, difference or change)."""
        row = self.row(label, outcome)
        parts = (row[name + suffix] for suffix in ("", "_low", "_high", "_median", "_skewed"))
        return Interval(*parts)

    def title(self, label: str) -> str:
        """Return the title of a scenario, or its label where it has none."""
        scenario = self.scenarios[self.labels.index(label)]
        return scenario.title if scenario.title and label == scenario.name else label


def compare(
    scenarios: Sequence[Scenario],
    replicates: int = 20,
    seed: int = 1,
    until_width: float | None = None,
    start_year: int | None = None,
    threads: int | None = None,
    cap: int = CAP,
    progress: Progress | None = None,
    planned: Callable[[int], None] | None = None,
    sets: Sequence[Mapping[str, float]] | None = None,
) -> Comparison:
    """Run scenarios on shared draws and compare each with the first.

    ``replicates`` are run of each scenario, replicate r of each on the same draws. With
    ``until_width`` they are how many to begin with: more are added until the 95 % interval of every
    policy's difference in homicides is no wider than this share of the baseline's homicides, or
    until there are ``cap``. Change is measured from ``start_year``; None is the year before the
    first difference. ``progress`` gets how many weeks have just been run (from the threads) and
    ``planned`` how many are planned in all. With ``sets``, replicate r of every scenario takes set
    ``sets[r % len(sets)]``; the scenario's own changes override it.

    Raises
    ------
    CompareError
        If there are fewer than two scenarios, or they cover different weeks or places.
    RunError, ReplicateError
        As :func:`plazas.analysis.experiment.run.run`.
    """
    scenarios = tuple(scenarios)
    _check(scenarios, until_width, cap, replicates)
    try:
        window = window_of(scenarios, start_year, sets or ())
    except ValueError as error:
        raise CompareError(str(error)) from error
    weeks = sum(scenario.weeks for scenario in scenarios)
    ensembles: tuple[Ensemble, ...] = ()
    more = replicates
    stopping: Stopping | None = None
    while stopping is None or more > 0:
        done = len(ensembles[0]) if ensembles else 0
        if planned is not None:
            planned(weeks * (done + more))
        batch = run_all(scenarios, more, seed, threads, progress, done, sets)
        if ensembles:
            batch = [extended(old, new) for old, new in zip(ensembles, batch, strict=True)]
        ensembles = tuple(batch)
        stopping = Stopping(done + more, _width(ensembles, window), until_width, cap)
        more = 0 if stopping.reached else _batch(stopping)
    return _comparison(scenarios, ensembles, window, stopping)


def _check(
    scenarios: tuple[Scenario, ...], until_width: float | None, cap: int, replicates: int
) -> None:
    if len(scenarios) < 2:
        raise CompareError("name two scenarios or more: a baseline and what to compare with it")
    baseline = scenarios[0]
    for other in scenarios[1:]:
        if (other.start, other.weeks) != (baseline.start, baseline.weeks):
            raise CompareError(
                f"{other.name} runs from {other.start} to {other.stop} but {baseline.name} from "
                f"{baseline.start} to {baseline.stop}; give them the same start and stop"
            )
        if other.country.geography.codes != baseline.country.geography.codes:
            raise CompareError(
                f"{other.name} has other places than {baseline.name}: "
                f"{other.country.name}, not {baseline.country.name}"
            )
    if until_width is not None:
        if not 0.0 < until_width < 1.0:
            raise CompareError(
                f"the width must be a share between 0 and 1, such as 0.02, not {until_width:g}"
            )
        if cap < max(2, replicates):
            raise CompareError(f"the cap of {cap} replicates is below the {replicates} at first")


def _width(ensembles: tuple[Ensemble, ...], window: Window) -> float:
    """Return the widest interval of a difference in homicides, as a share of the baseline's."""
    totals = [e.series("homicides")[:, window.first :].sum(axis=1) for e in ensembles]
    widths = [interval(other - totals[0]).width for other in totals[1:]]
    return max(widths) / max(1.0, float(totals[0].mean()))


def _batch(stopping: Stopping) -> int:
    """Return how many replicates to add: what the width so far promises, at most as many again."""
    done = stopping.replicates
    need = LEAST_BATCH
    if stopping.wanted is not None and np.isfinite(stopping.width):
        need = int(np.ceil(done * (stopping.width / stopping.wanted) ** 2)) - done
    return max(0, min(max(LEAST_BATCH, need), max(LEAST_BATCH, done), stopping.cap - done))


def _comparison(
    scenarios: tuple[Scenario, ...],
    ensembles: tuple[Ensemble, ...],
    window: Window,
    stopping: Stopping,
) -> Comparison:
    labels = _labels([scenario.name for scenario in scenarios])
    cartels = main_cartels(ensembles)
    details = outcome_specs(ensembles[0], cartels, scenarios[0].country.geography.name)
    both = {label: outcomes(e, window, cartels) for label, e in zip(labels, ensembles, strict=True)}
    table = outcome_table(both, details)
    values = pd.concat({label: end for label, (end, _) in both.items()}, names=["scenario"])
    return Comparison(labels, scenarios, ensembles, window, details, values, table, stopping)


def _labels(names: list[str]) -> tuple[str, ...]:
    """Return names that differ, by a number behind those that are taken.

    Each is also the name of a folder, so they differ in more than capitals, and none is "..".
    """
    labels: list[str] = []
    taken = {"", ".", ".."}
    for name in names:
        label, number = name, 2
        while label.casefold() in taken:
            label, number = f"{name} ({number})", number + 1
        labels.append(label)
        taken.add(label.casefold())
    return tuple(labels)


def outcome_table(
    both: dict[str, tuple[pd.DataFrame, pd.DataFrame]], about: dict[str, OutcomeSpec]
) -> pd.DataFrame:
    """Return the table of a comparison from outcomes at the end and in the start year.

    ``both`` maps each label, the baseline first, to two frames of a row a replicate and a column an
    outcome.
    """
    rows = []
    baseline = next(iter(both))
    for label, (end, start) in both.items():
        base = both[baseline][0]
        for key in about:
            mine = end[key].to_numpy(float)
            other = base[key].to_numpy(float)
            row: dict[str, object] = {"scenario": label, "outcome": key}
            row |= {"label": about[key].label, "unit": about[key].unit}
            row |= _cells("level", interval(mine))
            difference = interval(mine - other if label != baseline else np.empty(0))
            row |= _cells("difference", difference)
            mean = float(other.mean())
            row["difference_share"] = difference.mean / mean if mean else np.nan
            row |= _cells("change", interval(mine - start[key].to_numpy(float)))
            row["start_level"] = float(start[key].mean())
            worth = pairing(mine, other) if label != baseline else pairing(mine[:0], other[:0])
            row |= worth._asdict()
            row["replicates"] = len(mine)
            rows.append(row)
        if label != baseline:
            rows.append(_cost_of_a_life(label, end, base))
    return pd.DataFrame(rows).set_index(["scenario", "outcome"])


def _cells(name: str, found: Interval) -> dict[str, object]:
    """Return an interval as columns."""
    columns: dict[str, object] = {name: found.mean, f"{name}_low": found.low}
    columns |= {f"{name}_high": found.high, f"{name}_median": found.median}
    return columns | {f"{name}_skewed": found.skewed}


def _cost_of_a_life(label: str, end: pd.DataFrame, base: pd.DataFrame) -> dict[str, object]:
    saved = interval((base["homicides_total"] - end["homicides_total"]).to_numpy(float))
    cost = float((end["cost"] - base["cost"]).mean())
    row: dict[str, object] = {"scenario": label, "outcome": "cost_per_life"}
    row |= {"label": "Cost of a life saved", "unit": "million USD"}
    return row | _cells("level", per_life(cost, saved)) | {"replicates": len(end)}
