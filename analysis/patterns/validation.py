"""Validate the model: measure patterns, judge held-out years, and write the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from plazas.analysis.experiment import store
from plazas.analysis.experiment.parameter_sets import named
from plazas.analysis.patterns import heldout, later
from plazas.analysis.patterns.catalogue import Pattern, ensembles, measure
from plazas.analysis.patterns.docking import Docking
from plazas.analysis.patterns.findings import FAILS, Finding
from plazas.analysis.patterns.tables import as_json, docking_json, frame
from plazas.analysis.patterns.trials import END, HISTORY, Trials
from plazas.scenarios import load_scenario

DEFAULT = "default"  # the word for the default parameters, in place of a file of sets


@dataclass(frozen=True)
class Validation:
    """The result of a validation.

    Parameters
    ----------
    findings
        Findings of patterns, then of held-out years.
    notes
        Sentences on the tables of later years.
    docking
        Comparison with the Science model, None if it was not asked for.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    docking: Docking | None = None

    @property
    def failing(self) -> list[str]:
        """Return the names of what fails."""
        failing = [
            f"pattern {f.pattern}{' (held out)' if f.held_out else ''}"
            for f in self.findings
            if f.verdict == FAILS
        ]
        if self.docking is not None and self.docking.verdict == FAILS:
            failing.append("docking")
        return failing


def sets_named(word: str) -> list[dict[str, float]]:
    """Return parameter sets by word.

    Parameters
    ----------
    word
        ``calibrated``, ``default`` (no set), or the path of a file.

    Raises
    ------
    SetsError
        If the file is missing or has a mistake.
    """
    return [] if word == DEFAULT else named(word)


def known_later(folder: Path | None) -> later.Later | None:
    """Return the observed figures of held-out years in a folder.

    Parameters
    ----------
    folder
        Folder of the user, or None.

    Returns
    -------
    Later or None
        Figures up to the last year of the history. None without a folder, or if the folder has
        only the network for docking.

    Raises
    ------
    LaterDataError
        If a table has a mistake, or if there is neither a table nor the network.
    """
    if folder is None:
        return None
    network = folder.is_dir() and any(folder.glob("*BACRIM2020_*.csv"))
    if network and not later.has_tables(folder):
        return None
    return later.read(folder).until(load_scenario(HISTORY).stop.year - 1)


def end_of_runs(known: later.Later | None) -> date:
    """Return the first day of the history that need not be run, given later figures."""
    years = known.years if known is not None else []
    return max(END, date(years[-1] + 1, 1, 1)) if years else END


def replicates_needed(patterns: Sequence[Pattern], replicates: int, docking: int) -> int:
    """Return how many replicates a validation runs in total, over all scenarios and docking."""
    return ensembles(patterns) * replicates * bool(patterns) + docking


def findings_of(
    trials: Trials, patterns: Sequence[Pattern], known: later.Later | None
) -> tuple[Finding, ...]:
    """Measure patterns and, if ``known`` is given, judge held-out years.

    Parameters
    ----------
    trials
        How replicates are run.
    patterns
        What to measure.
    known
        Observed figures of later years, or None.

    Returns
    -------
    tuple of Finding
        Findings of the patterns, then of the held-out years.
    """
    findings = measure(trials, patterns)
    if known is not None:
        findings += heldout.judge(trials, known)
    return tuple(findings)


def write(
    validation: Validation,
    metadata: Mapping[str, Any],
    folder: Path,
    force: bool = False,
) -> None:
    """Write findings and figures to a folder: all files, or none.

    The files are patterns.json, patterns.csv, provenance.json, figures/ and, with docking,
    docking.json.

    Parameters
    ----------
    validation
        What to write.
    metadata
        Entries for the JSON files and for the provenance: the command, replicates, seed.
    folder
        Where to write.
    force
        Replace earlier results in the folder.

    Raises
    ------
    ResultError
        If the folder cannot be written, or holds other files.
    """
    # Deferred: Matplotlib is heavy, and only written results need it.
    from plazas.analysis.patterns.figures import write_figures

    with store.whole(folder, force) as part:
        if validation.findings:
            content = {**metadata, "notes": list(validation.notes)}
            content["patterns"] = as_json(validation.findings)
            store.write_json(content, part / "patterns.json")
            frame(validation.findings).to_csv(part / "patterns.csv", index=False)
            (part / "figures").mkdir()
            write_figures(validation.findings, part / "figures")
        if validation.docking is not None:
            store.write_json(docking_json(validation.docking), part / "docking.json")
        store.write_json({**store.machine(), **metadata}, part / store.PROVENANCE)
