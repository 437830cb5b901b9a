"""Run the points of a design on threads, and keep the results of each finished point.

They are kept in ``runs.csv``: one line per point, scenario and replicate. A point is complete when
all its lines are there, so an interrupted analysis can continue at any point.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from plazas.analysis.experiment import csv_tables, disk, store
from plazas.analysis.experiment.compare import compare
from plazas.analysis.experiment.folder import FILES, remove_own
from plazas.analysis.experiment.outcomes import (
    OutcomeSpec,
    Window,
    main_cartels,
    outcome_specs,
    outcomes,
    window_of,
)
from plazas.analysis.experiment.run import LIMIT, Progress, ReplicateError, run, run_all
from plazas.analysis.experiment.workers import map_tasks
from plazas.analysis.sensitivity.design import Design
from plazas.analysis.sensitivity.inputs import SensitivityError
from plazas.model.jit import sources_digest
from plazas.model.scenario import Scenario
from plazas.scenarios import resolved

RUNS = "runs.csv"
INDICES, POINTS, FIGURE = "indices.csv", "points.csv", "sensitivity"  #: written at the end
#: all files that an analysis writes into its folder
OWN_FILES = (
    store.PROVENANCE,
    RUNS,
    f"{RUNS}.part",
    INDICES,
    POINTS,
    *(f"{FIGURE}.{ending}" for ending in store.FIGURE_ENDINGS),
)
KEYS = ["point", "scenario", "replicate"]


@dataclass(frozen=True, eq=False)
class Study:
    """What is run at every point, and which outcomes are computed.

    Parameters
    ----------
    scenarios, labels
        The baseline and policies, and their names.
    design
        The points.
    window
        The weeks over which outcomes are computed.
    cartels
        Keys of the cartels with their own outcome of places led.
    outcomes
        What each outcome is, by name.
    shipped
        Outcomes with the default parameters, one row per scenario and replicate; they decide
        ``cartels``.
    """

    scenarios: tuple[Scenario, ...]
    labels: tuple[str, ...]
    design: Design
    window: Window
    cartels: tuple[str, ...]
    outcomes: dict[str, OutcomeSpec]
    shipped: pd.DataFrame

    @property
    def weeks(self) -> int:
        """Return how many weeks one point runs."""
        return self.design.replicates * sum(scenario.weeks for scenario in self.scenarios)


def study_of(scenarios: Sequence[Scenario], design: Design, threads: int | None = None) -> Study:
    """Return the study of a baseline and policies; this runs them once with default parameters.

    Parameters
    ----------
    scenarios
        The baseline first, then policies.
    design
        The points.
    threads
        How many replicates run at once; one per core if None.

    Raises
    ------
    CompareError
        If the scenarios cover different weeks or places.
    """
    scenarios = tuple(scenarios)
    n, seed = design.replicates, design.seed
    if len(scenarios) > 1:
        comparison = compare(scenarios, n, seed, threads=threads)
        cartels = main_cartels(comparison.ensembles)
        return Study(
            scenarios,
            comparison.labels,
            design,
            comparison.window,
            cartels,
            comparison.outcomes,
            comparison.values,
        )
    (only,) = scenarios
    window = window_of(scenarios)
    ensemble = run(only, n, seed, threads)
    cartels = main_cartels((ensemble,))
    specs = outcome_specs(ensemble, cartels, only.country.geography.name)
    shipped = pd.concat({only.name: outcomes(ensemble, window, cartels)[0]}, names=["scenario"])
    return Study(scenarios, (only.name,), design, window, cartels, specs, shipped)


class Runs:
    """The finished points: in memory, and in a folder if there is one.

    Parameters
    ----------
    study
        What is run.
    folder
        Where ``runs.csv`` is kept, or None.

    Raises
    ------
    SensitivityError
        If ``runs.csv`` of the folder has a mistake.
    """

    def __init__(self, study: Study, folder: Path | None = None) -> None:
        self.study, self.folder = study, folder
        self.frames: dict[int, pd.DataFrame] = {}
        if folder is not None and (folder / RUNS).exists():
            self._read(folder / RUNS)

    def __len__(self) -> int:
        return len(self.frames)

    def keep(self, point: int, frame: pd.DataFrame) -> None:
        """Keep the results of a finished point, as :func:`run_point` returns them."""
        self.frames[point] = frame
        if self.folder is not None:
            path = self.folder / RUNS
            frame.to_csv(path, mode="a", header=not path.exists(), index=False)

    @property
    def blocks(self) -> int:
        """Return how many blocks are complete, counted from the first without a gap."""
        block, blocks = self.study.design.block, 0
        while all(blocks * block + i in self.frames for i in range(block)):
            blocks += 1
        return blocks

    def whole_blocks(self) -> pd.DataFrame:
        """Return the runs of these blocks in order: one row per point, scenario and replicate."""
        points = range(self.blocks * self.study.design.block)
        return pd.concat([self.frames[point] for point in points], ignore_index=True)

    def _read(self, path: Path) -> None:
        """Read what an earlier run kept; an unfinished point is left out and run again."""
        study = self.study
        rules = {
            "point": csv_tables.whole_number(0, len(study.design) - 1, "point of this analysis"),
            "scenario": csv_tables.one_of("scenario", study.labels),
            "replicate": csv_tables.whole_number(0, LIMIT - 1, "replicate"),
            **dict.fromkeys(study.outcomes, csv_tables.number()),
        }
        try:
            kept = csv_tables.read(path, rules, error=SensitivityError, unfinished=True)
        except SensitivityError as error:
            raise SensitivityError(f"{error}; give --force to start again") from None
        numbers = dict.fromkeys(study.outcomes, float)
        kept = kept[list(rules)].astype({"point": int, "replicate": int, **numbers})
        lines = len(study.labels) * study.design.replicates
        for point, frame in kept.groupby("point", sort=True):
            frame = frame.drop_duplicates(KEYS)
            if len(frame) == lines:
                self.frames[int(str(point))] = frame.reset_index(drop=True)
        if self.frames:
            text = pd.concat(self.frames.values()).to_csv(index=False)
            disk.write_file(path, text.encode())
        else:
            path.unlink()


def check_folder(folder: Path, force: bool = False) -> None:
    """Raise ResultError if an analysis can neither be written to the folder nor continue in it."""
    if force or _kept_study(folder) is None:
        store.check_target(folder, force)


def opened(folder: Path, study: Study, force: bool = False) -> Runs:
    """Return the finished points of a study in a folder, which is created if it is missing.

    Parameters
    ----------
    folder
        Where the points are kept.
    study
        What is run.
    force
        Replace another analysis in the folder.

    Raises
    ------
    SensitivityError
        If the folder has another analysis and ``force`` is not set; the message says what differs.
    ResultError
        If the folder cannot be written, or has other files.
    """
    description = json.loads(json.dumps(described(study), default=str))
    kept = _kept_study(folder)
    if force or kept != description:
        if kept is not None and not force:
            part = next(name for name in description if kept.get(name) != description[name])
            raise SensitivityError(
                f"{folder}: has another analysis (different {part}); name another folder, or give "
                "--force to replace it"
            )
        store.check_target(folder, force)
        folder.mkdir(parents=True, exist_ok=True)
        remove_own(folder, OWN_FILES)
        content = store.machine() | {"command": "sensitivity", "study": description}
        content[FILES] = list(OWN_FILES)
        store.write_json(content, folder / store.PROVENANCE)
    return Runs(study, folder)


def _kept_study(folder: Path) -> dict[str, Any] | None:
    """Return the description of the analysis in a folder; None if there is none."""
    if not folder.is_dir() or not store.is_result(folder):
        return None
    content: dict[str, Any] = json.loads((folder / store.PROVENANCE).read_text("utf-8"))
    study = content.get("study")
    return study if isinstance(study, dict) else None


def described(study: Study) -> dict[str, Any]:
    """Return everything on which the runs of a study depend, as dicts and lists for JSON."""
    design = study.design
    return {
        "method": design.method,
        "seed": design.seed,
        "replicates": design.replicates,
        "blocks": design.blocks,
        "inputs": [parameter._asdict() for parameter in design.inputs],
        "outcomes": list(study.outcomes),
        "scenarios": [resolved(scenario) for scenario in study.scenarios],
        "model": sources_digest(),
    }


def run_points(
    runs: Runs,
    threads: int | None = None,
    progress: Progress | None = None,
    planned: Callable[[int], None] | None = None,
) -> None:
    """Run every point that is not finished, and keep its results.

    At an interrupt the points that are running finish, and their results are kept.

    Parameters
    ----------
    runs
        The finished points; new ones are added.
    threads
        How many points run at once; one per core if None.
    progress
        Called from the threads with the number of weeks that have just been run.
    planned
        Called once with the number of weeks to run in total.

    Raises
    ------
    SensitivityError
        If a point cannot be run; the message gives its parameters. Other points are kept.
    """
    study = runs.study
    todo = [point for point in range(len(study.design)) if point not in runs.frames]
    if planned is not None:
        planned(len(todo) * study.weeks)
    map_tasks(lambda point, stop: run_point(study, point, progress), todo, threads, done=runs.keep)


def run_point(study: Study, point: int, progress: Progress | None = None) -> pd.DataFrame:
    """Run one point; return its outcomes, one row per scenario and replicate."""
    design = study.design
    changes = design.changes(point)
    worlds = at(study.scenarios, changes)
    try:
        ensembles = run_all(
            worlds, design.replicates, design.seed, 1, progress, design.first(point)
        )
    except ReplicateError as error:
        values = ", ".join(f"{name} {value:.4g}" for name, value in changes.items())
        raise SensitivityError(f"a point cannot be run ({values}): {error}") from error
    frames = [outcomes(ensemble, study.window, study.cartels)[0] for ensemble in ensembles]
    frame = pd.concat(dict(zip(study.labels, frames, strict=True)), names=["scenario"])
    frame = frame.reset_index()
    frame.insert(0, "point", point)
    return frame[[*KEYS, *study.outcomes]]


def at(scenarios: Sequence[Scenario], changes: dict[str, float]) -> list[Scenario]:
    """Return scenarios with changed parameters, which override those of the baseline.

    A parameter that a policy itself changes against the baseline (a mechanism switched off) keeps
    the value of the policy.
    """
    base = scenarios[0].changes
    own = [
        {name: value for name, value in scenario.changes.items() if base.get(name) != value}
        for scenario in scenarios
    ]
    return [
        replace(scenario, changes={**base, **changes, **mine})
        for scenario, mine in zip(scenarios, own, strict=True)
    ]
