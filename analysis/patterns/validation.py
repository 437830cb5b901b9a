"""Validate the model: measure patterns, judge held-out years, and write what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from plazas.analysis.experiment import store
from plazas.analysis.patterns import heldout, later
from plazas.analysis.patterns.catalogue import Pattern, ensembles, measure
from plazas.analysis.patterns.docking import Docking
from plazas.analysis.patterns.findings import FAILS, Finding
from plazas.analysis.patterns.tables import as_json, docking_json, frame
from plazas.analysis.patterns.trials import END, HISTORY, Trials
from plazas.scenarios import load_scenario

DEFAULT = "default"  # the word for the default parameters where sets are asked for


@dataclass(frozen=True)
class Validation:
    """What was found: findings of patterns and of held-out years, docking where it was asked."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    docking: Docking | None = None

    @property
    def failing(self) -> list[str]:
        """Return what fails, in words."""
        found = [
            f"pattern {f.pattern}{' (held out)' if f.held_out else ''}"
            for f in self.findings
            if f.verdict == FAILS
        ]
        if self.docking is not None and self.docking.verdict == FAILS:
            found.append("docking")
        return found


def sets_named(word: str) -> list[dict[str, float]]:
    """Return parameter sets by word: ``calibrated``, ``default`` (none), or the path of a file.

    Raises
    ------
    SetsError
        If the file is missing or has a mistake.
    """
    from plazas.analysis.experiment.parameter_sets import named

    return [] if word == DEFAULT else named(word)


def known_later(folder: Path | None) -> later.Later | None:
    """Return what a folder knows of held-out years, as far as the history is run; None for none.

    A folder that holds only the network of the docking knows nothing.

    Raises
    ------
    LaterDataError
        If a table has a mistake, or there is neither a table nor the network.
    """
    if folder is None:
        return None
    network = folder.is_dir() and any(folder.glob("*BACRIM2020_*.csv"))
    if network and not later.has_tables(folder):
        return None
    return later.read(folder).until(load_scenario(HISTORY).stop.year - 1)


def end_of_runs(known: later.Later | None) -> date:
    """Return the day up to which the history must be run."""
    years = known.years if known is not None else []
    return max(END, date(years[-1] + 1, 1, 1)) if years else END


def work(patterns: Sequence[Pattern], replicates: int, docking: int) -> int:
    """Return how many replicates of all kinds a validation runs."""
    return ensembles(patterns) * replicates * bool(patterns) + docking


def findings_of(
    trials: Trials, patterns: Sequence[Pattern], known: later.Later | None
) -> tuple[Finding, ...]:
    """Measure patterns and, where something is known of them, judge held-out years."""
    found = measure(trials, patterns)
    if known is not None:
        found += heldout.judge(trials, known)
    return tuple(found)


def write(
    validation: Validation,
    about: Mapping[str, Any],
    folder: Path,
    force: bool = False,
) -> None:
    """Write findings and figures to a folder, whole or not at all.

    patterns.json, patterns.csv, provenance.json, figures/ and, with docking, docking.json.

    Raises
    ------
    ResultError
        If the folder may not be written to.
    """
    from plazas.analysis.patterns.figures import write_figures

    with store.whole(folder, force) as part:
        if validation.findings:
            content = {**about, "notes": list(validation.notes)}
            content["patterns"] = as_json(validation.findings)
            store.write_json(content, part / "patterns.json")
            frame(validation.findings).to_csv(part / "patterns.csv", index=False)
            (part / "figures").mkdir()
            write_figures(validation.findings, part / "figures")
        if validation.docking is not None:
            store.write_json(docking_json(validation.docking), part / "docking.json")
        store.write_json({**store.machine(), **about}, part / store.PROVENANCE)
