"""Switch the mechanisms of the model off, one at a time: which patterns die?

A pattern that passes only with a mechanism is evidence for that mechanism. A pattern that also
passes without it is no evidence. A pattern that passes only without it is evidence against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from rich import box
from rich.table import Table
from rich.text import Text

from plazas.analysis.experiment import store
from plazas.analysis.patterns.catalogue import PATTERNS, Pattern, ensembles, measure
from plazas.analysis.patterns.drawing import ACCEPTED, ENDINGS, FAILING, STYLE
from plazas.analysis.patterns.findings import PASSES, RANGE, Finding
from plazas.analysis.patterns.tables import as_json
from plazas.analysis.patterns.trials import Trials
from plazas.model.errors import UserError, unknown

PASS, DIES, REVIVES, STILL_FAILS = "passes", "dies", "revives", "fails"
WHOLE = "full model"
UNMOVED = (12, 16)  # no mechanism affects them: one place alone, and a range without a verdict


class Mechanism(NamedTuple):
    """A mechanism, and the parameters that switch it off."""

    name: str
    meaning: str
    off: Mapping[str, float]


MECHANISMS = (
    Mechanism("absorption", "no gang gets an offer from a cartel", {"absorption": 0.0}),
    Mechanism("arms", "arms do not affect who dies in a fight", {"lethality": 0.0}),
    Mechanism("defection", "no gang of a cartel considers other offers", {"disloyal": 0.0}),
    Mechanism("rout", "no gang leaves a cartel because it is losing", {"loyalty_beaten": 0.0}),
    Mechanism("advance", "rivals do not fight harder where control changes", {"advance": 0.0}),
    Mechanism("expansion", "no cartel sets up its own cells", {"expansion": 0.0}),
    Mechanism("splits", "a cartel without an heir does not split", {"splits": 0.0}),
    Mechanism("alliances", "no alliance at the start or later", {"alliances": 0.0}),
    Mechanism(
        "corruption",
        "no bribes are paid, and none would help",
        {"corruption_discount": 0.0, "bribe_share": 0.0},
    ),
    Mechanism("guns-for-hire", "no gang is hired for an attack", {"hire_rate": 0.0}),
    Mechanism("emergence", "no local gang grows into a cartel", {"emergence": 0.0}),
    Mechanism("strife", "no infighting after the fall of a leader", {"strife_hostility": 0.0}),
)


@dataclass(frozen=True)
class Ablation:
    """Findings of the full model and of the model without each mechanism.

    Parameters
    ----------
    patterns
        The patterns that were measured, in order.
    whole
        Findings of the full model, one per pattern.
    without
        Findings by name of the mechanism that is off, one per pattern.
    """

    patterns: tuple[Pattern, ...]
    whole: tuple[Finding, ...]
    without: Mapping[str, tuple[Finding, ...]]

    def outcome(self, mechanism: str, column: int) -> str:
        """Return what happens to one pattern without one mechanism.

        Parameters
        ----------
        mechanism
            Name of the mechanism that is off.
        column
            Position of the pattern in ``patterns``.

        Returns
        -------
        str
            ``passes``, ``dies`` (passes only with the mechanism), ``revives`` (passes only without
            it) or ``fails``.
        """
        before = self.whole[column].verdict in (PASSES, RANGE)
        after = self.without[mechanism][column].verdict in (PASSES, RANGE)
        if before:
            return PASS if after else DIES
        return REVIVES if after else STILL_FAILS

    def table(self) -> pd.DataFrame:
        """Return outcomes by mechanism (rows, the full model first) and pattern (columns)."""
        numbers = [pattern.number for pattern in self.patterns]
        first = [PASS if f.verdict in (PASSES, RANGE) else STILL_FAILS for f in self.whole]
        rows = {WHOLE: first}
        for name in self.without:
            rows[name] = [self.outcome(name, i) for i in range(len(numbers))]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=numbers)
        table.index.name = "mechanism"
        return table

    def summary(self) -> list[str]:
        """Return one line per mechanism: which patterns die and which revive without it."""
        lines = []
        for name in self.without:
            parts = []
            for fate in (DIES, REVIVES):
                numbers = [
                    str(pattern.number)
                    for i, pattern in enumerate(self.patterns)
                    if self.outcome(name, i) == fate
                ]
                if numbers:
                    parts.append(f"{fate} {', '.join(numbers)}")
            lines.append(f"without {name}: {'; '.join(parts) or 'no verdict changes'}")
        return lines


def find(names: Sequence[str]) -> list[Mechanism]:
    """Return mechanisms by name.

    Parameters
    ----------
    names
        Names of mechanisms; an empty sequence means all of them.

    Returns
    -------
    list of Mechanism
        In the order of ``MECHANISMS``.

    Raises
    ------
    UserError
        If a name is unknown; the message suggests the nearest one.
    """
    known = [mechanism.name for mechanism in MECHANISMS]
    for name in names:
        if name not in known:
            raise UserError(unknown("mechanism", name, known))
    return [mechanism for mechanism in MECHANISMS if not names or mechanism.name in names]


def testable(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Return the patterns that a mechanism can affect.

    Raises
    ------
    UserError
        If no mechanism affects any of them.
    """
    chosen = [pattern for pattern in patterns if pattern.number not in UNMOVED]
    if not chosen:
        listed = " and ".join(str(number) for number in UNMOVED)
        raise UserError(f"no mechanism affects patterns {listed}; name another pattern")
    return chosen


def replicates_needed(
    patterns: Sequence[Pattern], mechanisms: Sequence[Mechanism], replicates: int
) -> int:
    """Return how many replicates an ablation runs in total, over all scenarios."""
    return ensembles(patterns) * replicates * (1 + len(mechanisms))


def ablate(
    mechanisms: Sequence[Mechanism],
    patterns: Sequence[Pattern],
    replicates: int,
    seed: int = 1,
    sets: Sequence[Mapping[str, float]] = (),
    threads: int | None = None,
    tick: Callable[[int], None] | None = None,
) -> Ablation:
    """Measure patterns with the full model, and with each mechanism off in turn.

    All versions use the same random draws and parameter sets.

    Parameters
    ----------
    mechanisms, patterns
        What to switch off, and what to measure.
    replicates, seed, sets, threads, tick
        How each version is run; see :class:`plazas.analysis.patterns.trials.Trials`.

    Returns
    -------
    Ablation
        The findings of every version.
    """

    def findings(changes: Mapping[str, float]) -> tuple[Finding, ...]:
        trials = Trials(replicates, seed, sets, changes, threads, tick=tick)
        return tuple(measure(trials, patterns))

    whole = findings({})
    without = {mechanism.name: findings(mechanism.off) for mechanism in mechanisms}
    return Ablation(tuple(patterns), whole, without)


def terminal_table(ablation: Ablation, heading: str) -> Table:
    """Return the outcomes by mechanism and pattern as a table for a terminal."""
    colours = {PASS: "green", DIES: "bold red", REVIVES: "bold cyan", STILL_FAILS: "dim"}
    table = Table(box=box.SIMPLE_HEAD, title=heading, title_justify="left")
    table.add_column("without")
    for pattern in ablation.patterns:
        table.add_column(str(pattern.number), justify="center")
    for name, row in ablation.table().iterrows():
        table.add_row(str(name), *(Text(str(cell), colours[str(cell)]) for cell in row))
    titles = {p.number: p.title for p in PATTERNS}
    table.caption = "; ".join(f"{p.number} {titles[p.number]}" for p in ablation.patterns)
    table.caption_justify = "left"
    return table


def figure(ablation: Ablation) -> Figure:
    """Return the outcomes by mechanism and pattern as a figure."""
    fills = {PASS: ACCEPTED, DIES: FAILING, REVIVES: "#56B4E9", STILL_FAILS: "#dddddd"}
    marks = {PASS: "", DIES: "dies", REVIVES: "revives", STILL_FAILS: ""}
    table = ablation.table()
    rows, columns = table.shape
    size = (max(6.0, 1.9 + 0.62 * columns), 2.6 + 0.36 * rows)
    drawn = Figure(figsize=size, layout="constrained")
    axes = drawn.add_subplot()
    for (i, j), cell in np.ndenumerate(table.to_numpy()):
        alpha = 0.35 if cell == PASS else 1.0
        colour = fills[cell]
        axes.barh(i, 0.94, 0.9, j - 0.47, facecolor=colour, alpha=alpha, edgecolor="white", lw=1.5)
        axes.text(j, i, marks[cell], ha="center", va="center", fontsize=7, color="white")
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xlim(-0.5, columns - 0.5)
    names = [f"{p.number}. {p.title}" for p in ablation.patterns]
    axes.set_xticks(range(columns), names, rotation=40, ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    labels = [name if name == WHOLE else f"without {name}" for name in table.index]
    axes.set_yticks(range(rows), labels)
    axes.tick_params(length=0, labelsize=8)
    axes.spines[:].set_visible(False)
    handles = [
        Patch(facecolor=colour, label=outcome, alpha=0.35 if outcome == PASS else 1.0)
        for outcome, colour in fills.items()
    ]
    drawn.legend(handles=handles, loc="outside lower left", ncols=4, fontsize=8)
    return drawn


def write(
    ablation: Ablation, metadata: Mapping[str, Any], folder: Path, force: bool = False
) -> None:
    """Write ablation.csv, ablation.json and ablation.png/.svg: all of them, or none.

    Parameters
    ----------
    ablation
        What to write.
    metadata
        Entries for the JSON file and for the provenance: the command, replicates, seed.
    folder
        Where to write.
    force
        Replace earlier results in the folder.

    Raises
    ------
    ResultError
        If the folder cannot be written, or holds other files.
    """
    with store.whole(folder, force) as part:
        ablation.table().to_csv(part / "ablation.csv")
        content: dict[str, Any] = {**metadata, WHOLE: as_json(ablation.whole)}
        content |= {name: as_json(findings) for name, findings in ablation.without.items()}
        store.write_json(content, part / "ablation.json")
        with mpl.rc_context(STYLE):  # type: ignore[arg-type]
            store.save_figure(figure(ablation), part / "ablation", ENDINGS, dpi=170)
        store.write_json({**store.machine(), **metadata}, part / store.PROVENANCE)
