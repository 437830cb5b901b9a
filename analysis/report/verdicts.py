"""A comparison in plain words: numbers as people read them, and a verdict for each policy."""

from __future__ import annotations

import math

from plazas.analysis.experiment.compare import Comparison
from plazas.analysis.experiment.intervals import Interval
from plazas.analysis.experiment.text import day, number, span
from plazas.model.parameters import declarations

LIMITS = (
    "These are runs of a model that explains and compares; they are no forecast, and the intervals "
    "show chance within the model alone, not what it leaves out or assumes. Read differences "
    "between policies rather than levels, and trust none that does not survive other plausible "
    "parameters (each is declared with its range, source and status)."
)
#: levers whose effect rests on one parameter that data do not fix
WORKS_THROUGH = {"prevention": "prevention_elasticity"}


def life_decimals(cost: Interval) -> int:
    """Return how many decimals a cost of a life saved needs, in million USD."""
    return 0 if cost.mean >= 10.0 else 2 if cost.mean >= 1.0 else 3


def chance_words(comparison: Comparison) -> str:
    """Return what the intervals of a comparison show."""
    sets = comparison.sets
    if not sets:
        return "Intervals show chance alone, with parameters as they are."
    return (
        f"Intervals show chance and {sets} {'sets' if sets > 1 else 'set'} of parameters together."
    )


def window_words(comparison: Comparison) -> str:
    """Return what is compared with what, over which time."""
    window = comparison.window
    if not window.differs:
        return f"The scenarios never differ; compared over the whole run from {day(window.begins)}."
    start = (
        f"no year lies before the first difference, so change is measured from the run's first "
        f"year, {window.start_year}"
        if window.late_start
        else f"change is measured from {window.start_year}"
    )
    return (
        f"Compared from {day(window.begins)}, when the scenarios first differ, to "
        f"{day(window.ends)} ({window.years:.1f} years); {start}. {chance_words(comparison)}"
    )


def verdict(comparison: Comparison, label: str) -> str:
    """Return what the comparison says of one policy."""
    return " ".join(sentences(comparison, label))


def sentences(comparison: Comparison, label: str) -> list[str]:
    """Return the parts of a verdict: homicides first, then members, change since, money, doubt."""
    parts = (_homicides, _members, _since, _money, _rests_on)
    return [text for text in (part(comparison, label) for part in parts) if text]


def verdicts(comparison: Comparison) -> dict[str, str]:
    """Return the verdict of every policy by label."""
    return {label: verdict(comparison, label) for label in comparison.policies}


def effect(comparison: Comparison, label: str) -> str:
    """Return the kind of the effect on homicides: fewer, more, unclear or none."""
    difference = comparison.interval(label, "homicides_total", "difference")
    if difference.low == difference.high == 0.0:
        return "none"
    if difference.has_zero:
        return "unclear"
    return "fewer" if difference.mean < 0 else "more"


def _homicides(comparison: Comparison, label: str) -> str:
    difference = comparison.interval(label, "homicides_total", "difference")
    share = 100.0 * comparison.row(label, "homicides_total")["difference_share"]
    kind = effect(comparison, label)
    n = comparison.replicates
    if kind == "none":
        return "Exactly as many homicides as under the baseline in every replicate."
    amount = f"{number(abs(difference.mean))} {'fewer' if difference.mean < 0 else 'more'}"
    amount += f" homicides than under the baseline ({number(share, 1, sign=True)} %)"
    if math.isnan(difference.low):
        return f"{amount} in a single replicate: no interval, so nothing can be concluded."
    interval = f"95 % interval {span(difference.low, difference.high, sign=True)}"
    median = f", median {number(difference.median, sign=True)}" if difference.skewed else ""
    if kind == "unclear":
        return (
            f"No clear effect on homicides: {amount}, but the {interval}{median} includes zero, so "
            f"{n} replicates cannot tell it from chance."
        )
    return f"{amount[0].upper()}{amount[1:]}, {interval}{median}; the interval excludes zero."


def _rests_on(comparison: Comparison, label: str) -> str:
    """Return the parameters that data do not fix and that a policy's own levers work through."""
    if label not in comparison.policies:
        return ""
    scenario = comparison.scenarios[comparison.labels.index(label)]
    own = set(scenario.policies) - set(comparison.scenarios[0].policies)
    rests_on = []
    for name in {WORKS_THROUGH[policy.lever] for policy in own if policy.lever in WORKS_THROUGH}:
        details, value = declarations()[name], scenario.parameters._asdict()[name]
        rests_on.append(
            f"{name} = {value:g} ({details.status}, {details.low:g} to {details.high:g})"
        )
    if not rests_on:
        return ""
    return f"It works through {' and '.join(rests_on)}: vary that before you believe it."


def _members(comparison: Comparison, label: str) -> str:
    difference = comparison.interval(label, "members", "difference")
    if effect(comparison, label) == "none" or math.isnan(difference.low):
        return ""
    interval = span(difference.low, difference.high, sign=True)
    if difference.has_zero:
        return f"Cartel members at the end: no clear difference ({interval})."
    word = "fewer" if difference.mean < 0 else "more"
    return f"Cartel members at the end: {number(abs(difference.mean))} {word} ({interval})."


def _since(comparison: Comparison, label: str) -> str:
    change = comparison.interval(label, "homicides_last", "change")
    start = float(comparison.row(label, "homicides_last")["start_level"])
    year = comparison.window.start_year
    if math.isnan(change.low) or start <= 0.0:
        return ""
    share = number(100.0 * change.mean / start, 0, sign=True)
    interval = f"{number(change.mean, sign=True)} a year, "
    interval += span(change.low, change.high, sign=True)
    if change.has_zero:
        return f"Against {year}, homicides in the last year are not clearly changed ({interval})."
    word = "lower" if change.mean < 0 else "higher"
    return f"Against {year}, homicides in the last year are {share[1:]} % {word} ({interval})."


def _money(comparison: Comparison, label: str) -> str:
    cost = comparison.interval(label, "cost", "difference").mean
    if not cost > 0.0:
        return ""
    text = f"It costs {number(cost)} million USD more"
    life = comparison.interval(label, "cost_per_life", "level")
    if math.isnan(life.mean):
        return f"{text}; as no lives saved can be shown, no cost of a life saved is given."
    decimals = life_decimals(life)
    interval = span(life.low, life.high, decimals)
    return f"{text}: {number(life.mean, decimals)} million USD a life saved ({interval})."
