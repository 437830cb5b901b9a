"""Findings as a table on a terminal, and as rows and JSON for files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.table import Table

from plazas.analysis.experiment.text import number
from plazas.analysis.patterns import words
from plazas.analysis.patterns.catalogue import PATTERNS
from plazas.analysis.patterns.docking import CLOSE, Docking
from plazas.analysis.patterns.findings import FAILS, PASSES, Finding

STYLE = {PASSES: "bold green", FAILS: "bold red"}
HEADS = ("", "pattern", "observed", "simulated", "90 % of replicates", "accepted", "")


def title(finding: Finding) -> str:
    """Return the title of the pattern of a finding."""
    known = next(p.title for p in PATTERNS if p.number == finding.pattern)
    return f"{known} (held out)" if finding.held_out else known


def shown(verdict: str) -> str:
    """Return a verdict with the colour of the terminal."""
    style = STYLE.get(verdict, "bold")
    return f"[{style}]{verdict}[/{style}]"


def table(findings: Sequence[Finding], heading: str) -> Table:
    """Return the table of findings: a block a pattern, a line a figure."""
    found = Table(box=box.SIMPLE_HEAD, title=heading, title_justify="left")
    for head in HEADS:
        found.add_column(head, justify="left" if head in ("", "pattern") else "right")
    for finding in findings:
        found.add_row(
            f"[bold]{finding.pattern}[/bold]",
            f"[bold]{title(finding)}[/bold]",
            *[""] * 4,
            shown(finding.verdict),
        )
        for each in finding.rows:
            unit = words.unit(each)
            found.add_row(
                "",
                f"  {each.quantity}" + (f" [dim]({unit})[/dim]" if unit else ""),
                words.observed(each),
                words.simulated(each),
                words.replicates(each),
                words.accepted(each),
                "[red]outside[/red]" if each.counts_against else "",
            )
        if finding.note:
            found.add_row("", f"  [dim]{finding.note}[/dim]")
        found.add_section()
    return found


def summary(findings: Sequence[Finding]) -> str:
    """Return how many patterns pass, and which fail."""
    past = [f for f in findings if not f.held_out]
    later = [f for f in findings if f.held_out]
    parts = []
    for group, kind in ((past, ""), (later, " held out")):
        failing = [str(f.pattern) for f in group if f.verdict == FAILS]
        passing = sum(f.verdict == PASSES for f in group)
        judged = passing + len(failing)
        if judged:
            text = f"{passing} of {judged} patterns{kind} pass"
            parts.append(f"{text}; failing: {', '.join(failing)}" if failing else text)
    return ". ".join([*parts, ""]).strip() if parts else "No pattern has a verdict."


def docking_tables(found: Docking) -> list[Table]:
    """Return the published numbers beside the mean-field model, and the years of both models."""
    numbers = Table(
        box=box.SIMPLE_HEAD,
        title="The mean-field model and the Science paper",
        title_justify="left",
    )
    for head in ("year", "rates from 2022", "series", "published", "mean field", ""):
        numbers.add_column(head, justify="right" if head in ("published", "mean field") else "left")
    for line in found.lines:
        wanted = line.published
        numbers.add_row(
            str(wanted.year),
            wanted.rates,
            wanted.series,
            number(wanted.value),
            number(line.found, 1),
            "" if line.passes else "[red]outside[/red]",
        )
    years = Table(
        box=box.SIMPLE_HEAD,
        title=f"The weekly model in one place, mean of {found.replicates} replicates, less the "
        f"mean-field model (at most {100 * CLOSE:g} % accepted)",
        title_justify="left",
    )
    series = list(dict.fromkeys(each.series for each in found.years))
    years.add_column("year")
    for name in series:
        years.add_column(name, justify="right")
    for year in sorted({each.year for each in found.years}):
        at = {each.series: each for each in found.years if each.year == year}
        cells = []
        for name in series:
            each = at.get(name)
            text = f"{number(100 * each.distance, 2, sign=True)} %" if each else ""
            cells.append(text if each is None or each.passes else f"[red]{text}[/red]")
        years.add_row(str(year), *cells)
    return [numbers, years]


def docking_words(found: Docking) -> str:
    """Return the verdict of docking, and what doubled arrests do against both yardsticks."""
    worst = found.worst
    since, counterfactual = found.against
    return (
        f"Docking {shown(found.verdict)}: {found.groups} groups; the weekly model is at most "
        f"{100 * abs(worst.distance):.2f} % off, in {worst.series} of {worst.year}. Arrests "
        f"doubled from 2022 on: members killed a week in 2027 are "
        f"{number(100 * since, 0, sign=True)} % against 2022 and "
        f"{number(100 * counterfactual, 0, sign=True)} % against 2027 without it."
    )


def frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return findings as a table of one line a figure; an open end of a range is missing."""
    lines = []
    for finding in findings:
        for each in finding.rows:
            line: dict[str, Any] = {"pattern": finding.pattern, "title": title(finding)}
            line |= {"held_out": finding.held_out, "verdict": finding.verdict}
            lines.append(line | _fields(each._asdict(), each.inside))
    return pd.DataFrame(lines)


def as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings fit for JSON; null where a figure is missing or a range is open."""
    out = []
    for finding in findings:
        about = next(p for p in PATTERNS if p.number == finding.pattern)
        entry: dict[str, Any] = {"pattern": finding.pattern, "title": title(finding)}
        entry |= {"held_out": finding.held_out, "verdict": finding.verdict}
        entry |= {"accepted": about.accepted, "source": about.source, "note": finding.note}
        entry["rows"] = [
            {name: _plain(cell) for name, cell in _fields(each._asdict(), each.inside).items()}
            for each in finding.rows
        ]
        out.append(entry)
    return out


def docking_json(found: Docking) -> dict[str, Any]:
    """Return docking fit for JSON."""
    return {
        "verdict": found.verdict,
        "groups": found.groups,
        "replicates": found.replicates,
        "published": [
            {**line.published._asdict(), "found": line.found, "passes": line.passes}
            for line in found.lines
        ],
        "years": [{**y._asdict(), "distance": y.distance, "passes": y.passes} for y in found.years],
    }


def _fields(row: dict[str, Any], inside: bool) -> dict[str, Any]:
    observed, accepted = row.pop("observed"), row.pop("accepted")
    row |= {"observed_low": observed[0], "observed_high": observed[1]}
    row |= {"accepted_low": accepted[0], "accepted_high": accepted[1]}
    return row | {"inside": inside if row["judged"] else None}


def _plain(cell: Any) -> Any:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
