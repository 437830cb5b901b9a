"""The parts of the report that are text and tables, as HTML."""

from __future__ import annotations

import html
import json
import math
from typing import Any

from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.text import number, span, times
from plazas.analysis.report import verdicts
from plazas.scenarios import difference, resolved

HEADLINES = {
    "fewer": "Fewer homicides",
    "more": "More homicides",
    "unclear": "No clear effect on homicides",
    "none": "No effect on homicides",
}


def cards(comparison: Comparison) -> str:
    """Return a card for each policy: what it did to homicides, in words and as an interval."""
    scale = _scale(comparison)
    return "".join(_card(comparison, label, scale) for label in comparison.policies)


def _scale(comparison: Comparison) -> float:
    """Return the largest difference in homicides, or bound of one, as a share of the baseline."""
    level = max(1.0, comparison.interval(comparison.labels[0], "homicides_total", "level").mean)
    found = [
        comparison.interval(label, "homicides_total", "difference") for label in comparison.policies
    ]
    ends = [abs(end) for d in found for end in (d.mean, d.low, d.high) if not math.isnan(end)]
    return max([*ends, 0.001 * level]) / level * 1.1


def _card(comparison: Comparison, label: str, scale: float) -> str:
    kind = verdicts.effect(comparison, label)
    i = comparison.labels.index(label)
    first, *more = verdicts.sentences(comparison, label)
    items = "".join(f"<li>{html.escape(text)}</li>" for text in more)
    return (
        f'<article class="card {kind}"><p class="kicker">{HEADLINES[kind]}</p>'
        f"<h3>{html.escape(comparison.title(label))}</h3>"
        f"{_whisker(comparison, label, scale)}"
        f"<p>{html.escape(first)}</p><ul>{items}</ul>"
        f'<button type="button" class="see" data-scenario="{i}">See it on the map</button>'
        "</article>"
    )


def _whisker(comparison: Comparison, label: str, scale: float) -> str:
    """Return the difference in homicides drawn on a line, zero in the middle."""
    level = max(1.0, comparison.interval(comparison.labels[0], "homicides_total", "level").mean)
    d = comparison.interval(label, "homicides_total", "difference")

    def at(value: float) -> float:
        return 50.0 + 50.0 * value / level / scale

    bar = ""
    if not math.isnan(d.low):
        left, width = at(d.low), max(0.4, at(d.high) - at(d.low))
        bar = f'<i class="bar" style="left:{left:.2f}%;width:{width:.2f}%"></i>'
    share = number(100.0 * d.mean / level, 1, sign=True)
    ends = span(100.0 * d.low / level, 100.0 * d.high / level, 1, sign=True)
    return (
        f'<div class="whisker" aria-hidden="true"><i class="zero"></i>{bar}'
        f'<i class="dot" style="left:{at(d.mean):.2f}%"></i></div>'
        f'<p class="share"><b>{share} %</b> homicides, <span>95 % interval {ends} %</span></p>'
    )


def tables(comparison: Comparison) -> str:
    """Return the outcomes of each policy as a table of its own."""
    return "".join(_table(comparison, label) for label in comparison.policies)


def _table(comparison: Comparison, label: str) -> str:
    baseline, year = comparison.labels[0], comparison.window.start_year
    i = comparison.labels.index(label)
    rows = []
    for key, about in comparison.outcomes.items():
        n = about.decimals
        row = comparison.row(label, key)
        level = comparison.interval(label, key, "level")
        base = comparison.interval(baseline, key, "level")
        d = comparison.interval(label, key, "difference")
        change = comparison.interval(label, key, "change")
        cells = (
            _cell(base, n),
            _cell(level, n),
            _cell(d, n, sign=True, certain=not d.has_zero),
            _cell(change, n, sign=True, certain=not change.has_zero),
            f"<td>{_worth(float(row['correlation']), float(row['variance_ratio']))}</td>",
        )
        name = f'{html.escape(about.label)} <span class="unit">{html.escape(about.unit)}</span>'
        rows.append(f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>')
    life = comparison.interval(label, "cost_per_life", "level")
    if not math.isnan(life.mean):
        name = 'Cost of a life saved <span class="unit">million USD</span>'
        blank = "<td>–</td>"
        row_of_life = f"{blank}{_cell(life, verdicts.life_decimals(life))}{blank * 3}"
        rows.append(f'<tr><th scope="row">{name}</th>{row_of_life}</tr>')
    heads = (
        "Outcome",
        html.escape(comparison.title(baseline)),
        html.escape(comparison.title(label)),
        "Difference from the baseline",
        f"Change from {year}",
        "Pairs",
    )
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        f'<div class="outcomes" data-scenario="{i}"><h3 id="table{i}">'
        f"{html.escape(comparison.title(label))}</h3>"
        f'<div class="scroller" tabindex="0" role="region" aria-labelledby="table{i}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></div>"
    )


def _cell(found: Any, decimals: int, sign: bool = False, certain: bool = False) -> str:
    """Return a mean over its interval, with the median where the values are skewed."""
    text = number(found.mean, decimals, sign)
    if math.isnan(found.low):
        return f"<td>{text}</td>"
    under = span(found.low, found.high, decimals, sign)
    if found.skewed:
        under += f"<br>median {number(found.median, decimals, sign)}"
    mark = ' class="certain"' if certain else ""
    return f"<td{mark}>{text}<small>{under}</small></td>"


def _worth(correlation: float, ratio: float) -> str:
    """Return correlation of pairs, and how many times the replicates pairing was worth."""
    if math.isnan(correlation):
        return "–"
    return f"{number(correlation, 2)}<small>{times(ratio)}</small>"


def differences(comparison: Comparison) -> str:
    """Return in what each scenario differs from the baseline, resolved."""
    parts = []
    for label, scenario in zip(comparison.labels, comparison.scenarios, strict=True):
        title = f"<h3>{html.escape(comparison.title(label))}</h3>"
        story = f"<p>{html.escape(scenario.story)}</p>" if scenario.story else ""
        if label == comparison.labels[0]:
            parts.append(f'{title}{story}<p class="quiet">The baseline.</p>')
            continue
        lines = difference(comparison.scenarios[0], scenario)
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
        parts.append(f"{title}{story}<ul>{items or '<li>Nothing.</li>'}</ul>")
    return "".join(parts)


def origin(comparison: Comparison, about: dict[str, Any]) -> str:
    """Return where the results come from: versions, seeds, scenarios."""
    git = about["git"]
    commit = "not from a checkout"
    if git is not None:
        commit = git["commit"][:12] + (", with changes since" if git["dirty"] else "")
    first = comparison.ensembles[0]
    numbers = f"{first.replicates[0]} to {first.replicates[-1]}"
    rows = {
        "Program": f"Plazas {about['version']}",
        "Commit": commit,
        "Date": about["date"],
        "Seed": str(first.seed),
        "Replicates": f"{numbers}, of every scenario on the same draws",
        "Python": f"{about['python']} on {about['system']}",
        "Libraries": ", ".join(f"{name} {word}" for name, word in about["libraries"].items()),
    }
    items = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in rows.items()
    )
    scenarios = json.dumps(
        [resolved(scenario) for scenario in comparison.scenarios], indent=1, ensure_ascii=False
    )
    return (
        f"<dl>{items}</dl><details><summary>The scenarios in full</summary>"
        f"<pre>{html.escape(scenarios)}</pre></details>"
    )
