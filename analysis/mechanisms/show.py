"""Findings as a table for a terminal, as rows for files, and all files of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from plazas.analysis.experiment import store
from plazas.analysis.experiment.text import number, span
from plazas.analysis.mechanisms.figure import forest
from plazas.analysis.mechanisms.row import CHANGE, DIFFERENCE, Row
from plazas.analysis.mechanisms.verdict import NOT, OPPOSITE, SHOWS, TOO_FEW, Finding
from plazas.analysis.report.figures import STYLE

COLOURS = {SHOWS: "bold green", NOT: "bold red", OPPOSITE: "bold magenta", TOO_FEW: "bold yellow"}
HEADS = ("mechanism", "effect and 95 % interval", "verdict")


def decimals(value: float) -> int:
    """Return how many decimals a number is shown with: three digits or so."""
    size = abs(value)
    return 0 if math.isnan(size) or size >= 100.0 else 1 if size >= 10.0 else 2


def effect_words(finding: Finding) -> tuple[str, str]:
    """Return the effect with its sign and unit, and its interval."""
    effect = finding.effect
    sizes = [abs(x) for x in (effect.mean, effect.low, effect.high) if not math.isnan(x)]
    places = decimals(max(sizes, default=0.0))
    shown = number(effect.mean, places, sign=True)
    unit = finding.row.unit
    text = shown if math.isnan(effect.mean) else f"{shown} {unit}"
    return text, span(effect.low, effect.high, places, sign=True)


def terminal_table(findings: Sequence[Finding], heading: str) -> Table:
    """Return the findings as a table for a terminal: one block per row."""
    table = Table(box=box.SIMPLE_HEAD, title=heading, title_justify="left")
    for head in HEADS:
        table.add_column(head, no_wrap=head != "mechanism")
    for finding in findings:
        row = finding.row
        words = Text.assemble(
            (row.title, "bold"), (f" ({row.key})", "dim"),
            f"\nexpected: {row.expected}", (f" ({row.source})", "dim"),
            f"\nmeasured: {row.quantity}",
            (f"\nnote: {row.note}" if row.note else "", "dim"),
        )  # fmt: skip
        effect, interval = effect_words(finding)
        numbers = Text.assemble(f"{effect}\n{interval}\n", (values_words(finding), "dim"))
        table.add_row(words, numbers, Text(finding.verdict, COLOURS[finding.verdict]))
        table.add_section()
    return table


def values_words(finding: Finding) -> str:
    """Return the mean values of both versions, or the value and what it is compared with."""
    with_it = number(finding.with_it, decimals(finding.with_it))
    without = number(finding.without, decimals(finding.without))
    if finding.row.how == CHANGE:
        return f"end {with_it}, start {without}"
    if finding.row.off is None:
        return f"value {with_it}" + ("" if finding.without == 0.0 else f", less {without}")
    return f"on {with_it}, off {without}"


def summary(findings: Sequence[Finding]) -> str:
    """Return the last line: how many mechanisms show, and which do not."""
    showing = sum(finding.verdict == SHOWS for finding in findings)
    parts = [f"{showing} of {len(findings)} mechanisms show"]
    for verdict in (NOT, OPPOSITE, TOO_FEW):
        keys = [finding.row.key for finding in findings if finding.verdict == verdict]
        if keys:
            parts.append(f"{verdict}: {', '.join(keys)}")
    return "; ".join(parts)


def records(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings as rows for files; a missing number is None."""
    return [_record(finding) for finding in findings]


def _record(finding: Finding) -> dict[str, Any]:
    row, effect = finding.row, finding.effect
    return {
        "row": row.key,
        "title": row.title,
        "expected": row.expected,
        "source": row.source,
        "quantity": row.quantity,
        "unit": row.unit,
        "direction": "positive" if row.sign > 0 else "negative",
        "least": row.least,
        "comparison": _comparison(row),
        "with": _known(finding.with_it),
        "without": _known(finding.without),
        "effect": _known(effect.mean),
        "low": _known(effect.low),
        "high": _known(effect.high),
        "pairs": finding.pairs,
        "verdict": finding.verdict,
        "note": row.note,
    }


def _comparison(row: Row) -> str:
    if row.off is None and row.how == DIFFERENCE:
        return f"{DIFFERENCE} from {row.reference:g}"
    return row.how


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def content(findings: Sequence[Finding], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``--json`` prints and ``mechanisms.json`` holds."""
    showing = sum(finding.verdict == SHOWS for finding in findings)
    counts = {"show": showing, "of": len(findings), "summary": summary(findings)}
    return {**metadata, **counts, "rows": records(findings)}


def write(
    findings: Sequence[Finding], metadata: Mapping[str, Any], folder: Path, force: bool = False
) -> None:
    """Write mechanisms.csv, mechanisms.json and the figure mechanisms: all of them, or none.

    Parameters
    ----------
    findings
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
        pd.DataFrame(records(findings)).to_csv(part / "mechanisms.csv", index=False)
        store.write_json(content(findings, metadata), part / "mechanisms.json")
        with mpl.rc_context(STYLE):  # type: ignore[arg-type]
            store.save_figure(forest(findings), part / "mechanisms")
        store.write_json({**store.machine(), **metadata}, part / store.PROVENANCE)
