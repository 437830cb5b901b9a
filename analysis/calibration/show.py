"""Show a calibration: the progress of the search, tables of terms, and the file of sets."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TaskID
from rich.table import Table

from plazas.analysis.calibration.choose import KEPT, SECOND_LOOK, Chosen
from plazas.analysis.calibration.objective import TERMS, Terms, loss
from plazas.analysis.calibration.search import Progress
from plazas.analysis.calibration.study import Study
from plazas.analysis.experiment import parameter_sets, store

EVERY = 60.0  # seconds between two lines of progress without a terminal
HOUR, MINUTE = 3600, 60
FIRST_WORDS = "Sets of parameters fitted"  #: how a file of sets begins


def time_text(seconds: float) -> str:
    """Return a length of time as text.

    Examples
    --------
    >>> time_text(3900.0), time_text(40.0)
    ('1 h 05 min', '40 s')
    """
    whole = round(seconds)
    if whole >= HOUR:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} min"
    return f"{whole // MINUTE} min" if whole >= MINUTE else f"{whole} s"


def progress_text(progress: Progress) -> str:
    """Return the progress of a search in one line."""
    text = f"{progress.trials:,} trials"
    if progress.new and progress.elapsed > 0.0:
        text += f" ({60.0 * progress.new / progress.elapsed:.0f} per minute)"
    if progress.best is not None:
        text += f", best loss {progress.best:.2f}"
    return text if progress.left is None else f"{text}, {time_text(progress.left)} left"


class ProgressDisplay:
    """Shows the progress of a search: a bar on a terminal, else one line per minute on stderr.

    Parameters
    ----------
    bar
        The bar of the terminal.
    trials, minutes
        The limits of the search; one of them may be None.
    """

    def __init__(self, bar: Bar, trials: int | None, minutes: float | None) -> None:
        self.bar, self.trials, self.minutes = bar, trials, minutes
        self.task: TaskID = bar.add_task("trials", total=trials or 60.0 * (minutes or 0.0))
        self.last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        """Show the progress."""
        done = progress.trials if self.trials else progress.elapsed
        self.bar.update(self.task, completed=done, description=progress_text(progress))
        now = time.monotonic()
        if self.bar.disable and now - self.last >= EVERY:
            self.last = now
            print(progress_text(progress), file=sys.stderr, flush=True)


def terms_table(study: Study, chosen: Chosen | None, best: Terms | None) -> Table:
    """Return a table of the terms of the best trial and, if sets were chosen, of the sets."""
    title = f"{study.path}: terms in units of the accepted range (1 is its edge)"
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    heads = ["term", "pattern", "", "best trial"]
    if chosen is not None:
        heads += ["sets: median", "5 % to 95 %", "all together"]
    for head in heads:
        table.add_column(head, justify="left" if head in ("term", "") else "right")
    for term in TERMS:
        cells = [term.name, str(term.pattern), term.meaning]
        cells.append("–" if best is None else f"{best[term.name]:.2f}")
        if chosen is not None:
            low, middle, high = _spread([terms[term.name] for terms in chosen.second])
            cells += [f"{middle:.2f}", f"{low:.2f} to {high:.2f}"]
            cells.append(f"{chosen.together[term.name]:.2f}")
        table.add_row(*cells)
    cells = ["loss", "", "", "–" if best is None else f"{loss(best):.2f}"]
    if chosen is not None:
        low, middle, high = _spread([loss(terms) for terms in chosen.second])
        cells += [f"{middle:.2f}", f"{low:.2f} to {high:.2f}", f"{loss(chosen.together):.2f}"]
    table.add_row(*cells, style="bold")
    return table


def show(screen: Console, study: Study, chosen: Chosen | None) -> None:
    """Print the table of terms, and the rule by which sets were chosen."""
    trials = study.trials()
    screen.print(terms_table(study, chosen, trials[0].terms if trials else None))
    if chosen is not None:
        screen.print(rule_text(chosen))


def rule_text(chosen: Chosen) -> str:
    """Return the rule by which the sets were chosen, with its numbers."""
    return (
        f"{len(chosen.trials)} sets. Of {chosen.finished:,} trials, the best {chosen.looked} ran "
        "again on other replicates. Of these, the better "
        f"{min(chosen.looked, KEPT * len(chosen.trials))} were kept, and the sets that differ most "
        "were chosen from them."
    )


def command_text(study: Study, chosen: Chosen) -> str:
    """Return the command that makes the same sets in one run."""
    return (
        f"plazas calibrate --trials {chosen.finished} --replicates {study.replicates} "
        f"--sets {len(chosen.trials)} --seed {study.seed}"
    )


def provenance_lines(study: Study, chosen: Chosen) -> list[str]:
    """Return the lines of provenance above the sets in their file."""
    machine = store.machine()
    git = machine["git"] or {}
    commit = git.get("commit", "none") + (" (changed since)" if git.get("dirty") else "")
    low, middle, high = _spread([loss(terms) for terms in chosen.second])
    lines = [
        f"{FIRST_WORDS} to 2010-2018: one column per parameter, one line per set.",
        "Replicate r uses sets[r % len(sets)]. Units and ranges: model/declared.py.",
        f"made by: {command_text(study, chosen)}",
        f"version {machine['version']}, commit {commit}, {machine['date']}",
        f"started from: the default values and {study.earlier} sets of an earlier calibration",
        f"trials: {chosen.finished}, each of {chosen.replicates} replicates (seed {study.seed})",
        f"chosen: the trials with the least loss, {SECOND_LOOK} per set, ran again on other draws "
        f"(seed {study.seed + 1});",
        f"the better {KEPT} per set were kept, and those that differ most were chosen from them; "
        "the first is the best.",
        f"loss of a set on other replicates: median {middle:.2f}, 5 % to 95 % {low:.2f} to "
        f"{high:.2f}; of all together {loss(chosen.together):.2f}",
        "terms of all sets together, in units of the accepted range "
        f"({chosen.together_replicates} replicates, seed {study.seed + 2}):",
    ]
    lines += [f"  {t.name} (pattern {t.pattern}): {chosen.together[t.name]:.2f}" for t in TERMS]
    return lines


def write(path: Path, study: Study, chosen: Chosen) -> None:
    """Write the chosen sets to a file: the complete file, or none."""
    parameter_sets.write(path, chosen.sets, provenance_lines(study, chosen))


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    low, middle, high = np.percentile(values, (5.0, 50.0, 95.0))
    return float(low), float(middle), float(high)
