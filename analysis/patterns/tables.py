"""Findings as a table for a terminal, and as rows and JSON for files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from plazas.analysis.experiment.text import number
from plazas.analysis.patterns import text
from plazas.analysis.patterns.catalogue import PATTERNS
from plazas.analysis.patterns.docking import CLOSE, Docking
from plazas.analysis.patterns.findings import FAILS, PASSES, Finding

STYLE = {PASSES: "bold green", FAILS: "bold red"}
OUTSIDE = Text("outside", "red")
HEADS = ("", "pattern", "observed", "simulated", "90 % of replicates", "accepted", "")


def title(finding: Finding) -> str:
    """Return the title of the pattern of a finding, with a mark for held-out years."""
    known = next(p.title for p in PATTERNS if p.number == finding.pattern)
    return f"{known} (held out)" if finding.held_out else known


def coloured(verdict: str) -> Text:
    """Return a verdict with its colour."""
    return Text(verdict, STYLE.get(verdict, "bold"))


def table(findings: Sequence[Finding], heading: str) -> Table:
    """Return findings as a table for a terminal: one block per pattern, one line per figure."""
    table_ = Table(box=box.SIMPLE_HEAD, title=heading, title_justify="left")
    for head in HEADS:
        table_.add_column(head, justify="left" if head in ("", "pattern") else "right")
    for finding in findings:
        table_.add_row(
            Text(str(finding.pattern), "bold"),
            Text(title(finding), "bold"),
            *[""] * 4,
            coloured(finding.verdict),
        )
        for row in finding.rows:
            unit = text.unit(row)
            table_.add_row(
                "",
                Text.assemble(f"  {row.quantity}", (f" ({unit})" if unit else "", "dim")),
                text.observed(row),
                text.simulated(row),
                text.replicates(row),
                text.accepted(row),
                OUTSIDE if row.counts_against else "",
            )
        if finding.note:
            table_.add_row("", Text(f"  {finding.note}", "dim"))
        table_.add_section()
    return table_


def summary(findings: Sequence[Finding]) -> str:
    """Return one sentence: how many patterns pass, and which fail.

    Patterns on held-out years are counted apart.
    """
    past = [f for f in findings if not f.held_out]
    later = [f for f in findings if f.held_out]
    parts = []
    for group, kind in ((past, ""), (later, " held out")):
        failing = [str(f.pattern) for f in group if f.verdict == FAILS]
        passing = sum(f.verdict == PASSES for f in group)
        judged = passing + len(failing)
        if judged:
            sentence = f"{passing} of {judged} patterns{kind} pass"
            sentence += f"; failing: {', '.join(failing)}" if failing else ""
            parts.append(sentence)
    return ". ".join([*parts, ""]).strip() if parts else "No pattern has a verdict."


def docking_tables(docking: Docking) -> list[Table]:
    """Return two tables: the published numbers, and the two models by series and year."""
    numbers = Table(
        box=box.SIMPLE_HEAD,
        title="The mean-field model and the Science paper",
        title_justify="left",
    )
    for head in ("year", "rates from 2022", "series", "published", "mean field", ""):
        numbers.add_column(head, justify="right" if head in ("published", "mean field") else "left")
    for line in docking.lines:
        wanted = line.published
        numbers.add_row(
            str(wanted.year),
            wanted.rates,
            wanted.series,
            number(wanted.value),
            number(line.simulated, 1),
            "" if line.passes else OUTSIDE,
        )
    years = Table(
        box=box.SIMPLE_HEAD,
        title=f"The weekly model in one place, mean of {docking.replicates} replicates, relative "
        f"to the mean-field model (at most {100 * CLOSE:g} % is accepted)",
        title_justify="left",
    )
    series = list(dict.fromkeys(cell.series for cell in docking.years))
    years.add_column("year")
    for name in series:
        years.add_column(name, justify="right")
    for year in sorted({cell.year for cell in docking.years}):
        at = {cell.series: cell for cell in docking.years if cell.year == year}
        cells = []
        for name in series:
            year_of = at.get(name)
            shown = f"{number(100 * year_of.distance, 2, sign=True)} %" if year_of else ""
            cells.append(Text(shown, "" if year_of is None or year_of.passes else "red"))
        years.add_row(str(year), *cells)
    return [numbers, years]


def docking_words(docking: Docking) -> Text:
    """Return the verdict of docking, and the two changes that doubled arrests make, as text."""
    worst = docking.worst
    since, counterfactual = docking.against
    return Text.assemble(
        "Docking ",
        coloured(docking.verdict),
        (
            f": {docking.groups} groups; the largest difference of the weekly model "
            f"is {100 * abs(worst.distance):.2f} % ({worst.series}, {worst.year}). "
            "With arrests doubled from 2022, members killed per week in 2027 change by "
            f"{number(100 * since, 0, sign=True)} % against 2022, and by "
            f"{number(100 * counterfactual, 0, sign=True)} % against 2027 without doubled arrests."
        ),
    )


def frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return findings as a frame with one row per figure.

    An open end of a range is infinite, and a missing figure is NaN.
    """
    lines = []
    for finding in findings:
        for row in finding.rows:
            line: dict[str, Any] = {"pattern": finding.pattern, "title": title(finding)}
            line |= {"held_out": finding.held_out, "verdict": finding.verdict}
            lines.append(line | _fields(row._asdict(), row.inside))
    return pd.DataFrame(lines)


def as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as lists and dicts for JSON; None for a missing figure or an open end."""
    entries = []
    for finding in findings:
        pattern = next(p for p in PATTERNS if p.number == finding.pattern)
        entry: dict[str, Any] = {"pattern": finding.pattern, "title": title(finding)}
        entry |= {"held_out": finding.held_out, "verdict": finding.verdict}
        entry |= {"accepted": pattern.accepted, "source": pattern.source, "note": finding.note}
        entry["rows"] = [
            {name: _plain(cell) for name, cell in _fields(row._asdict(), row.inside).items()}
            for row in finding.rows
        ]
        entries.append(entry)
    return entries


def docking_json(docking: Docking) -> dict[str, Any]:
    """Return docking as dicts and lists for JSON."""
    return {
        "verdict": docking.verdict,
        "groups": docking.groups,
        "replicates": docking.replicates,
        "published": [
            {**line.published._asdict(), "found": line.simulated, "passes": line.passes}
            for line in docking.lines
        ],
        "years": [
            {**y._asdict(), "distance": y.distance, "passes": y.passes} for y in docking.years
        ],
    }


def _fields(row: dict[str, Any], inside: bool) -> dict[str, Any]:
    observed, accepted = row.pop("observed"), row.pop("accepted")
    row |= {"observed_low": observed[0], "observed_high": observed[1]}
    row |= {"accepted_low": accepted[0], "accepted_high": accepted[1]}
    return row | {"inside": inside if row["judged"] else None}


def _plain(cell: Any) -> Any:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
