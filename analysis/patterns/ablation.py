"""Switch the mechanisms of the model off, one at a time: which patterns die?

A pattern that passes only with a mechanism is what that mechanism is for; one that passes without
it as well is no evidence for it; one that passes only without it speaks against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from rich import box
from rich.table import Table

from plazas.analysis.experiment import store
from plazas.analysis.patterns.catalogue import PATTERNS, Pattern, ensembles, measure
from plazas.analysis.patterns.drawing import ACCEPTED, FAILING, STYLE
from plazas.analysis.patterns.findings import PASSES, RANGE, Finding
from plazas.analysis.patterns.tables import as_json
from plazas.analysis.patterns.trials import Trials
from plazas.model.errors import UserError, unknown

PASS, DIES, REVIVES, STILL_FAILS = "passes", "dies", "revives", "fails"
WHOLE = "nothing off"
UNMOVED = (12, 16)  # patterns of one place alone, and of a range: no mechanism bears on them


class Mechanism(NamedTuple):
    """A mechanism, and the parameters that switch it off."""

    name: str
    meaning: str
    off: Mapping[str, float]


MECHANISMS = (
    Mechanism("absorption", "no gang is offered a place in a cartel", {"absorption": 0.0}),
    Mechanism("arms", "arms of a rival do not matter to who dies", {"lethality": 0.0}),
    Mechanism("defection", "no gang of a cartel hears other offers", {"disloyal": 0.0}),
    Mechanism("rout", "no gang leaves a side for being beaten", {"loyalty_beaten": 0.0}),
    Mechanism("advance", "rivals fight no harder where ground changes hands", {"advance": 0.0}),
    Mechanism("expansion", "no cartel founds cells of its own", {"expansion": 0.0}),
    Mechanism("splits", "a cartel without an heir holds together", {"splits": 0.0}),
    Mechanism("alliances", "no alliance at the start or later", {"alliances": 0.0}),
    Mechanism(
        "corruption",
        "no bribes, and none would help",
        {"corruption_discount": 0.0, "bribe_share": 0.0},
    ),
    Mechanism("guns-for-hire", "no gang is hired for an attack", {"hire_rate": 0.0}),
    Mechanism("emergence", "no local gang grows into a cartel", {"emergence": 0.0}),
    Mechanism("strife", "no strife inside a cartel whose leader fell", {"strife_hostility": 0.0}),
)


@dataclass(frozen=True)
class Ablation:
    """Findings of the whole model and of the model without each mechanism."""

    patterns: tuple[Pattern, ...]
    whole: tuple[Finding, ...]
    without: Mapping[str, tuple[Finding, ...]]

    def outcome(self, mechanism: str, column: int) -> str:
        """Return what becomes of the pattern of a column without a mechanism."""
        before = self.whole[column].verdict in (PASSES, RANGE)
        after = self.without[mechanism][column].verdict in (PASSES, RANGE)
        if before:
            return PASS if after else DIES
        return REVIVES if after else STILL_FAILS

    def table(self) -> pd.DataFrame:
        """Return mechanisms (rows) by patterns (columns, by number), the whole model first."""
        numbers = [pattern.number for pattern in self.patterns]
        first = [PASS if f.verdict in (PASSES, RANGE) else STILL_FAILS for f in self.whole]
        rows = {WHOLE: first}
        for name in self.without:
            rows[name] = [self.outcome(name, i) for i in range(len(numbers))]
        found = pd.DataFrame.from_dict(rows, orient="index", columns=numbers)
        found.index.name = "mechanism"
        return found

    def said(self) -> list[str]:
        """Return, for each mechanism, which patterns die and revive without it."""
        out = []
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
            out.append(f"without {name}: {'; '.join(parts) or 'no verdict changes'}")
        return out


def find(names: Sequence[str]) -> list[Mechanism]:
    """Return mechanisms by name, in their order; all for none.

    Raises
    ------
    UserError
        If a name is none of them; the message gives the nearest.
    """
    known = [each.name for each in MECHANISMS]
    for name in names:
        if name not in known:
            raise UserError(unknown("mechanism", name, known))
    return [each for each in MECHANISMS if not names or each.name in names]


def moved(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Return the patterns that a mechanism can bear on.

    Raises
    ------
    UserError
        If there is none among them.
    """
    found = [pattern for pattern in patterns if pattern.number not in UNMOVED]
    if not found:
        told = " and ".join(str(number) for number in UNMOVED)
        raise UserError(f"no mechanism bears on patterns {told}; name another one")
    return found


def work(patterns: Sequence[Pattern], mechanisms: Sequence[Mechanism], replicates: int) -> int:
    """Return how many replicates of all kinds an ablation runs."""
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
    """Measure patterns with everything on, and with each mechanism off in turn.

    All on the same draws and parameter sets; see :class:`Trials`.
    """

    def findings(changes: Mapping[str, float]) -> tuple[Finding, ...]:
        trials = Trials(replicates, seed, sets, changes, threads, tick=tick)
        return tuple(measure(trials, patterns))

    whole = findings({})
    without = {each.name: findings(each.off) for each in mechanisms}
    return Ablation(tuple(patterns), whole, without)


def terminal(ablation: Ablation, heading: str) -> Table:
    """Return the table of mechanisms and patterns for a terminal."""
    colours = {PASS: "green", DIES: "bold red", REVIVES: "bold cyan", STILL_FAILS: "dim"}
    found = Table(box=box.SIMPLE_HEAD, title=heading, title_justify="left")
    found.add_column("without")
    for pattern in ablation.patterns:
        found.add_column(str(pattern.number), justify="center")
    for name, row in ablation.table().iterrows():
        found.add_row(str(name), *(f"[{colours[str(cell)]}]{cell}[/]" for cell in row))
    titles = {p.number: p.title for p in PATTERNS}
    found.caption = "; ".join(f"{p.number} {titles[p.number]}" for p in ablation.patterns)
    found.caption_justify = "left"
    return found


def figure(ablation: Ablation) -> Figure:
    """Return the same table as a figure."""
    fills = {PASS: ACCEPTED, DIES: FAILING, REVIVES: "#56B4E9", STILL_FAILS: "#dddddd"}
    marks = {PASS: "", DIES: "dies", REVIVES: "revives", STILL_FAILS: ""}
    table = ablation.table()
    rows, columns = table.shape
    size = (max(6.0, 1.9 + 0.62 * columns), 2.6 + 0.36 * rows)
    drawn = Figure(figsize=size, layout="constrained")
    axes = drawn.add_subplot()
    for (i, j), cell in zip(
        ((i, j) for i in range(rows) for j in range(columns)), table.to_numpy().flat, strict=True
    ):
        faint = 0.35 if cell == PASS else 1.0
        square: dict[str, Any] = {
            "facecolor": fills[cell],
            "alpha": faint,
            "edgecolor": "white",
            "lw": 1.5,
        }
        axes.barh(i, 0.94, 0.9, j - 0.47, **square)
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
    handles = [_patch(fills[fate], fate, 0.35 if fate == PASS else 1.0) for fate in fills]
    drawn.legend(handles=handles, loc="outside lower left", ncols=4, fontsize=8)
    return drawn


def _patch(colour: str, label: str, alpha: float) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, label=label, alpha=alpha)


def write(ablation: Ablation, about: Mapping[str, Any], folder: Path, force: bool = False) -> None:
    """Write ablation.csv, ablation.json and ablation.png/.svg, whole or not at all.

    Raises
    ------
    ResultError
        If the folder may not be written to.
    """
    import matplotlib as mpl

    with store.whole(folder, force) as part:
        ablation.table().to_csv(part / "ablation.csv")
        content: dict[str, Any] = {**about, WHOLE: as_json(ablation.whole)}
        content |= {name: as_json(found) for name, found in ablation.without.items()}
        store.write_json(content, part / "ablation.json")
        with mpl.rc_context(STYLE):  # type: ignore[arg-type]
            drawn = figure(ablation)
            drawn.savefig(part / "ablation.png", dpi=170, bbox_inches="tight")
            stamp = {"Date": None}
            drawn.savefig(part / "ablation.svg", bbox_inches="tight", metadata=stamp)
        store.write_json({**store.machine(), **about}, part / store.PROVENANCE)
