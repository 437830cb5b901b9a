"""The list of patterns: title, what is accepted, source, and the function that measures it.

The patterns were fixed before any result was known. They are several weak patterns at several
levels. They are reported, never tuned one by one (pattern-oriented modelling, Grimm et al. 2005,
Science 310:987).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from plazas.analysis.patterns import fronts, groups, leaders, national, policies, splits, territory
from plazas.analysis.patterns.findings import Finding
from plazas.analysis.patterns.trials import Trials
from plazas.model.errors import UserError


class Pattern(NamedTuple):
    """One pattern.

    Parameters
    ----------
    number
        Its number; patterns are numbered as they were fixed, with gaps.
    title, accepted, source
        What it is, what the model must give, and who observed it.
    measure
        The function that measures it on some trials.
    ensembles
        How many more runs each replicate needs, besides the run of the history.
    """

    number: int
    title: str
    accepted: str
    source: str
    measure: Callable[[Trials], Finding]
    ensembles: int = 0


PATTERNS = (
    Pattern(
        1,
        "Homicides a year",
        "error of the median at most 15 % of the mean; lowest in 2013-15, highest in 2018",
        "INEGI",
        national.homicides,
    ),
    Pattern(
        2,
        "States where CJNG is the main fighting actor",
        "median within 4 states each year; rises as an S",
        "UCDP",
        territory.main_states,
    ),
    Pattern(
        3,
        "States where CJNG is present",
        "median in the band of the sources, 3 states wider",
        "UCDP, DEA, PGR",
        territory.present_states,
    ),
    Pattern(
        4,
        "Members of cartels",
        "median within 15 %",
        "Prieto-Curiel et al. 2023",
        national.members,
    ),
    Pattern(
        5,
        "Weekly flows of members",
        "median within 25 %",
        "Prieto-Curiel et al. 2023",
        national.flows,
    ),
    Pattern(
        6,
        "Guanajuato: peaceful to deadliest",
        "2.5 times as many, with a local challenger, in half of the replicates",
        "INEGI, SESNSP",
        territory.guanajuato,
    ),
    Pattern(
        7,
        "Homicide rates by state",
        "rank correlation 0.5 or more in both periods",
        "INEGI",
        territory.rates,
    ),
    Pattern(
        8,
        "A leader falls without an heir",
        "median effect on six months inside the published range, at home and elsewhere",
        "Calderon et al. 2015; Lindo & Padilla-Romo 2018",
        leaders.without_heir,
        1,
    ),
    Pattern(
        9,
        "A leader falls with a clear heir",
        "no lasting rise: after a year the 90 % band includes zero",
        "Jones 2013",
        leaders.with_heir,
        1,
    ),
    Pattern(
        10,
        "A dominant group splits, hostile",
        "median ratio inside the published range",
        "INEGI: Sinaloa, Chihuahua, Tamaulipas, Nuevo Leon",
        splits.hostile_split,
        1,
    ),
    Pattern(
        11,
        "One group wins a war",
        "median change inside the published range",
        "INEGI: Chihuahua, Baja California, Nuevo Leon",
        splits.consolidation,
    ),
    Pattern(
        12,
        "Violence against the number of equal groups",
        "rises more and more slowly, as 1 - HHI (R2 of 0.9 or more)",
        "Atuesta & Ponce 2017; Prieto-Curiel et al. 2023",
        groups.equal_groups,
    ),
    Pattern(
        13,
        "Number of groups",
        "grows when leaders are hunted, not when they are not",
        "MCO, CentroGeo",
        groups.number_of_groups,
        1,
    ),
    Pattern(
        14,
        "No absorption: CJNG stays small",
        "below 8 states in 80 % of replicates, and not so with absorption",
        "the thesis of the model",
        policies.no_absorption,
        1,
    ),
    Pattern(
        15,
        "No guns from the north",
        "fewer homicides, most so near the border",
        "Dube et al. 2013",
        policies.guns,
        1,
    ),
    Pattern(
        16,
        "Social programme",
        "a range over its elasticity, never one number",
        "Sumano & Reyes 2025",
        policies.social_programme,
        len(policies.ELASTICITIES),
    ),
    Pattern(
        17,
        "War carries the killing",
        "60 % of killings between cartels, each year; without it 15 % fewer homicides",
        "evidence of 2005-2018 on fronts by state",
        fronts.war_kills,
        1,
    ),
    Pattern(
        18,
        "Fronts last by their size and flare up",
        "medians inside the published intervals, after a reporting filter",
        "UCDP",
        fronts.fronts_last,
    ),
    Pattern(
        20,
        "Groups end and are born",
        "two to six of nine groups of 2010 are gone by 2018 in the median replicate",
        "UCDP, MCO",
        fronts.groups_end,
    ),
    Pattern(
        21,
        "Gangs change sides",
        "3 to 25 % of joins from another cartel, mostly where a front is being lost",
        "Christia 2012; Staniland 2012",
        fronts.gangs_change,
    ),
)
NUMBERS = tuple(pattern.number for pattern in PATTERNS)
TOGETHER = ({8, 9},)  # patterns that are measured on the same runs


def find(numbers: Sequence[int]) -> list[Pattern]:
    """Return patterns by their numbers.

    Parameters
    ----------
    numbers
        Numbers of patterns; an empty sequence means all of them.

    Returns
    -------
    list of Pattern
        Without repetition, in the order of ``PATTERNS``.

    Raises
    ------
    UserError
        If there is no pattern with a number.

    Examples
    --------
    >>> [pattern.title for pattern in find([4])]
    ['Members of cartels']
    """
    for number in numbers:
        if number not in NUMBERS:
            numbered = ", ".join(str(known) for known in NUMBERS)
            raise UserError(f"there is no pattern {number}; allowed: {numbered}")
    return [pattern for pattern in PATTERNS if not numbers or pattern.number in numbers]


def ensembles(patterns: Sequence[Pattern]) -> int:
    """Return how many ensembles of runs some patterns need, including that of the history."""
    wanted = {pattern.number for pattern in patterns}
    shared = sum(len(together & wanted) - 1 for together in TOGETHER if together <= wanted)
    return 1 + sum(pattern.ensembles for pattern in patterns) - shared


def measure(trials: Trials, patterns: Sequence[Pattern]) -> list[Finding]:
    """Measure some patterns on the same runs.

    Parameters
    ----------
    trials
        How to run replicates.
    patterns
        What to measure.

    Returns
    -------
    list of Finding
        One per pattern, in the same order.
    """
    return [pattern.measure(trials) for pattern in patterns]
