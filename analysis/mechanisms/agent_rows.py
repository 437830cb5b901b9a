"""Experiments on agents: brutality, officials, leaders, hired gangs, drug markets."""

from __future__ import annotations

from datetime import date

from plazas.analysis.mechanisms.agent_measures import (
    bribes_where_corrupt,
    largest_share,
    markets_differ,
    threats_come_first,
)
from plazas.analysis.mechanisms.group_measures import (
    attacks_without_members,
    entries,
    front_deaths,
    home_flow,
)
from plazas.analysis.mechanisms.measures import (
    ANSWERS,
    HOSTILE,
    answers,
    flow,
    held_by_half,
    level,
    share_of,
    share_of_runs,
    until,
)
from plazas.analysis.mechanisms.row import (
    EVENT_DAY,
    PERCENT,
    PLAIN,
    Change,
    Incident,
    Row,
    arm,
)
from plazas.analysis.mechanisms.seen import LARGEST, Seen, years
from plazas.model.events import EventKind

ALL_YEARS = until(2018)
HALF_YEAR = (EVENT_DAY, date(2012, 9, 1))
AFTER_ILLNESS = (date(2012, 9, 1), date(2013, 9, 1))  #: the year that begins with the succession
LAST_YEAR = years(2018, 2018)
POLICY_YEARS = years(2013, 2018)
LATE_TEENS_SHARE = (25.0, 45.0)  #: what counts as about a third of a market, %

EXTRADITION = Incident("extradited", LARGEST)
RELEASE = Incident("released", LARGEST)
ILLNESS = Incident("ill", LARGEST, heir=True)
ILL_NO_HEIR = Incident("ill", LARGEST, heir=False)


def _about_a_third(seen: Seen) -> bool:
    """Return whether the largest cartel sells about a third of the drugs in the United States."""
    low, high = LATE_TEENS_SHARE
    return low <= largest_share("us_revenue", LAST_YEAR)(seen) <= high


BRUTALITY = (
    Row(
        "fear",
        "Fear silences witnesses",
        "Where brutal cartels rule, fear lowers arrests",
        "Magaloni et al. 2020; Trejo & Ley 2020",
        "arrests a year",
        "%",
        flow("arrests", ALL_YEARS),
        PLAIN,
        arm({"silence": 0.0}),
        sign=-1,
        how=PERCENT,
    ),
    Row(
        "fear-rackets",
        "Fear raises rackets",
        "Brutal cartels earn more from rackets, so the treasury of cartels grows",
        "Magaloni et al. 2020; Brown et al. 2021",
        "treasury of all cartels, mean",
        "%",
        level("treasury", ALL_YEARS),
        PLAIN,
        arm({"fear_rackets": 0.0}),
        how=PERCENT,
    ),
    Row(
        "brutality-pays",
        "Brutality can pay",
        "Silence and rackets help the more brutal half of the cartels",
        "Magaloni et al. 2020",
        "share of members held by the more brutal half of the cartels, end of 2018",
        "points",
        held_by_half("brutality"),
        PLAIN,
        arm({"silence": 0.0, "fear_rackets": 0.0}),
    ),
    Row(
        "brutality-costs",
        "Brutality can cost",
        "The attention of the state costs the more brutal half of the cartels members",
        "Lessing 2017, Making Peace in Drug Wars",
        "share of members held by the more brutal half of the cartels, end of 2018",
        "points",
        held_by_half("brutality"),
        PLAIN,
        arm({"notoriety": 0.0}),
        sign=-1,
    ),
)

OFFICIALS = (
    Row(
        "corruption",
        "Corruption lowers arrests",
        "Bribes lower arrests",
        "Morris 2012; Rios 2015",
        "arrests a year",
        "%",
        flow("arrests", ALL_YEARS),
        PLAIN,
        arm({"bribe_share": 0.0, "corruption_discount": 0.0}),
        sign=-1,
        how=PERCENT,
    ),
    Row(
        "bribes-first",
        "Bribes where officials are corrupt",
        "Cartels answer pressure by bribes more often where corruption is high",
        "Trejo & Ley 2020; the cheapest means first",
        "share of bribes among answers, corrupt half of the states minus the other",
        "points",
        bribes_where_corrupt(ALL_YEARS),
    ),
    Row(
        "threats-first",
        "Threats come before attacks",
        "Most cartels that attack officials have threatened them before",
        "Trejo & Ley 2020; the cheapest means first",
        "cartels whose first hostile act is a threat, minus half",
        "points",
        threats_come_first(ALL_YEARS),
        reference=50.0,
    ),
    Row(
        "escalation",
        "Pressure turns threats into attacks",
        "Twice the arrests raise the share of attacks among threats and attacks",
        "Trejo & Ley 2020; Lessing 2017",
        "share of attacks among threats and attacks, 2013-2018",
        "points",
        share_of(EventKind.ATTACK, HOSTILE, POLICY_YEARS),
        arm({}, Change("arrests", 2.0)),
        PLAIN,
    ),
    Row(
        "extradition",
        "Extradition angers",
        "A cartel whose leader is extradited threatens and attacks officials more for half a year",
        "Colombia 1984-1991 (Lessing 2017)",
        "threats and attacks by the largest cartel of 2010 in the half year after, a year",
        "%",
        answers(HOSTILE, HALF_YEAR, cartel=LARGEST),
        arm({}, EXTRADITION),
        PLAIN,
        how=PERCENT,
    ),
    Row(
        "extradition-policy",
        "A policy of extradition angers",
        "Fifty times the extraditions of captured leaders raise threats and attacks",
        "Lessing 2017; x 50 changed nothing before",
        "threats and attacks a year, 2011-2018",
        "%",
        answers(HOSTILE, years(2011, 2018)),
        arm({}, Change("extradition", 50.0, start=date(2011, 1, 1))),
        PLAIN,
        how=PERCENT,
    ),
    Row(
        "release",
        "A failed capture emboldens",
        "A cartel whose leader is caught and let go answers pressure more for half a year",
        "17 October 2019: Culiacan",
        "bribes, threats and attacks by the largest cartel of 2010 in the half year after, a year",
        "%",
        answers(ANSWERS, HALF_YEAR, cartel=LARGEST),
        arm({}, RELEASE),
        PLAIN,
        how=PERCENT,
    ),
    Row(
        "release-seen",
        "Others read a release as weakness",
        "Cartels that share its ground answer pressure more after a release that they see",
        "17 October 2019: Culiacan; size assumed",
        "bribes, threats and attacks by the other cartels in the half year after, a year",
        "%",
        answers(ANSWERS, HALF_YEAR, but=LARGEST),
        arm({}, RELEASE),
        arm({"release_seen": 0.0}, RELEASE),
        how=PERCENT,
    ),
)

LEADERS = (
    Row(
        "illness",
        "Contenders show force",
        "More die on the fronts of a cartel while its leader is ill",
        "contenders fight before a succession; size assumed",
        "deaths on the fronts of the largest cartel of 2010 in the half year of illness",
        "%",
        front_deaths(LARGEST, HALF_YEAR),
        arm({}, ILLNESS),
        arm({"show_of_force": 0.0}, ILLNESS),
        how=PERCENT,
    ),
    Row(
        "succession",
        "Succession without an heir is bloody",
        "More members are killed at a cartel's home in the year after a succession without an heir "
        "than after one with an heir",
        "Jones 2013; Calderon et al. 2015",
        "killed by rivals at home of the largest cartel of 2010 in the year after, a year",
        "%",
        home_flow("killed_by_rivals", AFTER_ILLNESS, LARGEST),
        arm({}, ILL_NO_HEIR),
        arm({}, ILLNESS),
        how=PERCENT,
    ),
)

HIRE = (
    Row(
        "hired-attacks",
        "Hired gangs attack officials",
        "Cartels attack officials where they have no members",
        "26 June 2020: hired gunmen attack Mexico City's security chief",
        "attacks on officials in places where the attacker has no members, a year",
        "a year",
        attacks_without_members(ALL_YEARS),
        PLAIN,
        arm({"hire_rate": 0.0, "attacks_hired": 0.0}),
    ),
    Row(
        "hired-entry",
        "Hired gangs open the way",
        "Cartels enter more places if they can hire gangs there",
        "territory, section 5: 303 hirings a run had no effect",
        "entries of cartels of 2010 into places where they have no members, a year",
        "%",
        entries,
        PLAIN,
        arm({"hire_rate": 0.0, "attacks_hired": 0.0}),
        how=PERCENT,
    ),
)

MARKETS = (
    Row(
        "us-market",
        "The largest sells a third in the United States",
        "In most runs the largest share of the market is about a third (25 to 45 %) in 2018",
        "issue 14; NDTA of the DEA to 2018",
        "runs in which the largest cartel earns about a third of US drug revenue in 2018",
        "% of runs",
        share_of_runs(_about_a_third),
    ),
    Row(
        "overseas-market",
        "Ports are a market of their own",
        "At least a tenth of the overseas market is held by others than in the United States",
        "UNODC World Drug Report 2010; sea ports",
        "part of the overseas market that would have to change hands for equal shares, 2018",
        "points",
        markets_differ(LAST_YEAR),
        size=10.0,
    ),
)

ROWS = (*BRUTALITY, *OFFICIALS, *LEADERS, *HIRE, *MARKETS)
