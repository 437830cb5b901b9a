"""Run the experiments: every version once, each replicate with the same draws in all versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from plazas.analysis.experiment.run import LIMIT, RunError, varied
from plazas.analysis.experiment.workers import Advance, Progress, map_replicates
from plazas.analysis.mechanisms.row import STOP, Arm, Row
from plazas.analysis.mechanisms.seen import STRONGHOLDS, Array, Seen, cartel_of, strongholds
from plazas.analysis.mechanisms.verdict import Finding, finding
from plazas.analysis.patterns.trials import cut
from plazas.model.errors import UserError
from plazas.model.levers import Policy
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation

Values = dict[str, Array]


def prepared(scenario: Scenario) -> Scenario:
    """Return a scenario cut to the years that the experiments use: none after 2018.

    Raises
    ------
    UserError
        If it does not run from 2010 to the end of 2018.
    """
    if scenario.start.year != 2010 or scenario.stop < STOP:
        raise UserError(
            f"{scenario.name}: the experiments need a scenario that runs from 2010 to the end of "
            f"2018; this one runs from {scenario.start} to {scenario.stop}"
        )
    return cut(scenario, STOP)


def version(base: Scenario, arm: Arm) -> Scenario:
    """Return one version of a scenario.

    Parameters
    ----------
    base
        A scenario from :func:`prepared`.
    arm
        What differs from it.
    """
    country = base.country
    keys = [cartel.key for cartel in country.start.cartels]
    layer = 1 + max((policy.layer for policy in base.policies), default=0)
    policies = [
        Policy(
            change.lever,
            change.level,
            change.start,
            change.stop,
            states=strongholds(country) if change.where == STRONGHOLDS else (),
            targets=tuple(keys[cartel_of(country, role)] for role in change.against),
            layer=layer,
        )
        for change in arm.changes
    ]
    events = [
        Event(
            incident.kind,
            incident.on,
            keys[cartel_of(country, incident.cartel)],
            heir=incident.heir,
        )
        for incident in arm.incidents
    ]
    return replace(
        base,
        changes={**base.changes, **dict(arm.parameters)},
        policies=(*base.policies, *policies),
        events=(*base.events, *events),
    )


def versions(rows: Sequence[Row]) -> list[Arm]:
    """Return every different version that some rows need, in the order of first use."""
    return list(dict.fromkeys(arm for row in rows for arm in row.arms))


def weeks_needed(rows: Sequence[Row], base: Scenario, replicates: int) -> int:
    """Return how many weeks are run in all, for the progress bar."""
    return len(versions(rows)) * base.weeks * replicates


def run(
    rows: Sequence[Row],
    base: Scenario,
    replicates: int,
    seed: int = 1,
    sets: Sequence[Mapping[str, float]] = (),
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Run the experiments of some rows.

    Rows share their versions: a version that several rows use is run once.

    Parameters
    ----------
    rows
        The experiments.
    base
        A scenario from :func:`prepared`.
    replicates, seed
        Number of pairs, and the seed of their draws. Replicate r has the same draws in every
        version.
    sets
        Parameter sets: replicate r uses ``sets[r % len(sets)]``. What a version or the scenario
        changes overrides them.
    threads
        How many replicates run at once; one per core if None.
    progress
        Called from the threads with the number of weeks that have just been run.

    Returns
    -------
    list of Finding
        One per row.

    Raises
    ------
    RunError
        If the replicates, the seed or the threads are out of range.
    """
    _check(replicates, seed, threads)
    arms = versions(rows)
    needed = {_name(i): _measures(rows, arm) for i, arm in enumerate(arms)}
    wanted = range(replicates)
    scenarios = [
        varied(replace(version(base, arm), name=_name(i)), sets, wanted)
        for i, arm in enumerate(arms)
    ]

    def work(simulation: Simulation, advance: Advance) -> Values:
        advance(None)
        seen = Seen(simulation)
        measures = needed[simulation.scenario.name]
        return {key: np.atleast_1d(measure(seen)) for key, measure in measures.items()}

    done = map_replicates(work, scenarios, wanted, seed, threads, progress=progress)
    values = {arm: done[i] for i, arm in enumerate(arms)}
    return [_finding(row, values) for row in rows]


def _name(number: int) -> str:
    return f"version {number}"


def _measures(rows: Sequence[Row], arm: Arm) -> dict[str, Callable[[Seen], Array]]:
    """Return the measures that some rows need of a version, by key of the row."""
    return {row.key: row.measure for row in rows if arm in row.arms}


def _finding(row: Row, values: Mapping[Arm, Sequence[object]]) -> Finding:
    on = _stacked(row, values[row.on])
    if row.off is None:
        return finding(row, on, np.full_like(on, row.reference))
    return finding(row, on, _stacked(row, values[row.off]))


def _stacked(row: Row, results: Sequence[object]) -> Array:
    """Return the measures of all replicates of a version, (R, 1) or (R, 2)."""
    return np.stack([result[row.key] for result in results if isinstance(result, dict)])


def _check(replicates: int, seed: int, threads: int | None) -> None:
    if not 1 <= replicates <= LIMIT:
        raise RunError(f"replicates must be between 1 and {LIMIT}; got {replicates}")
    if not 0 <= seed < LIMIT:
        raise RunError(f"seed must be a whole number from 0 to {LIMIT - 1}, not {seed}")
    if threads is not None and threads < 1:
        raise RunError(f"threads must be 1 or more, not {threads}")
