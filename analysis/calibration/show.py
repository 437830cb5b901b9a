"""What a calibration shows and writes: how the search stands, the terms, the file of sets."""

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

EVERY = 60.0  # seconds between two lines where there is no terminal
HOUR, MINUTE = 3600, 60


def time_words(seconds: float) -> str:
    """Return a length of time as people say it: 1 h 05 min, 12 min, 40 s."""
    whole = round(seconds)
    if whole >= HOUR:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} min"
    return f"{whole // MINUTE} min" if whole >= MINUTE else f"{whole} s"


def progress_words(progress: Progress) -> str:
    """Return how a search stands in a line."""
    words = f"{progress.trials:,} trials"
    if progress.new and progress.elapsed > 0.0:
        words += f" ({60.0 * progress.new / progress.elapsed:.0f} a minute)"
    if progress.best is not None:
        words += f", best loss {progress.best:.2f}"
    return words if progress.left is None else f"{words}, {time_words(progress.left)} left"


class Teller:
    """Tells how a search stands: a bar on a terminal, else a line a minute on standard error."""

    def __init__(self, bar: Bar, trials: int | None, minutes: float | None) -> None:
        self.bar, self.trials, self.minutes = bar, trials, minutes
        self.task: TaskID = bar.add_task("trials", total=trials or 60.0 * (minutes or 0.0))
        self.last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        """Tell it."""
        done = progress.trials if self.trials else progress.elapsed
        self.bar.update(self.task, completed=done, description=progress_words(progress))
        now = time.monotonic()
        if self.bar.disable and now - self.last >= EVERY:
            self.last = now
            print(progress_words(progress), file=sys.stderr, flush=True)


def terms_table(study: Study, chosen: Chosen | None, best: Terms | None) -> Table:
    """Return the terms of the best trial and, where sets were chosen, of those."""
    title = f"{study.path}: each term in units of what is accepted (1 is the edge)"
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
    """Show the terms, and by which rule sets were chosen."""
    trials = study.trials()
    screen.print(terms_table(study, chosen, trials[0].terms if trials else None))
    if chosen is not None:
        screen.print(f"{rule_words(chosen)}")


def rule_words(chosen: Chosen) -> str:
    """Return by which rule the sets were chosen, with its numbers."""
    return (
        f"{len(chosen.trials)} sets: of {chosen.finished:,} trials the best {chosen.looked} were "
        f"run again on other replicates, the better {min(chosen.looked, KEPT * len(chosen.trials))}"
        " of them kept, and of those the sets taken that lie farthest apart."
    )


def command_words(study: Study, chosen: Chosen) -> str:
    """Return the command that makes such sets, whatever it took in how many pieces."""
    return (
        f"plazas calibrate --trials {chosen.finished} --replicates {study.replicates} "
        f"--sets {len(chosen.trials)} --seed {study.seed}"
    )


def about(study: Study, chosen: Chosen) -> list[str]:
    """Return the lines that stand above the sets in their file."""
    machine = store.machine()
    git = machine["git"] or {}
    commit = git.get("commit", "none") + (" (changed since)" if git.get("dirty") else "")
    low, middle, high = _spread([loss(terms) for terms in chosen.second])
    lines = [
        "Sets of parameters fitted to 2010-2018: a column a parameter, a line a set. Replicate r",
        "of a run takes set r modulo their number. Units, ranges: model/parameters.py.",
        f"made by: {command_words(study, chosen)}",
        f"version {machine['version']}, commit {commit}, {machine['date']}",
        f"begun with: the default values and {study.earlier} sets of an earlier calibration",
        f"trials: {chosen.finished}, each of {chosen.replicates} replicates (seed {study.seed})",
        f"chosen: {SECOND_LOOK} times as many trials as sets, those with the least loss, run again "
        f"on other draws (seed {study.seed + 1});",
        f"of these the better {KEPT} times as many kept, and of those the sets that lie farthest "
        "apart; the first is the best.",
        f"loss of a set on other replicates: median {middle:.2f}, 5 % to 95 % {low:.2f} to "
        f"{high:.2f}; of all together {loss(chosen.together):.2f}",
        "terms of all sets together, in units of what is accepted "
        f"({chosen.together_replicates} replicates, seed {study.seed + 2}):",
    ]
    lines += [f"  {t.name} (pattern {t.pattern}): {chosen.together[t.name]:.2f}" for t in TERMS]
    return lines


def write(path: Path, study: Study, chosen: Chosen) -> None:
    """Write the chosen sets to a file, whole or not at all."""
    parameter_sets.write(path, chosen.sets, about(study, chosen))


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    low, middle, high = np.percentile(values, (5.0, 50.0, 95.0))
    return float(low), float(middle), float(high)
