"""Experiments on groups and territory: absorption, sides, wars, new and ended groups."""

from __future__ import annotations

from plazas.analysis.mechanisms.group_measures import (
    at_war,
    challenged,
    gangs_lost,
    groups_ended,
    groups_small,
    growth,
    leaves,
    poached_on_fronts,
    poached_share,
    spread,
)
from plazas.analysis.mechanisms.measures import (
    flow,
    held_by_half,
    share_of_runs,
    states_led,
    until,
)
from plazas.analysis.mechanisms.row import CHANGE, PERCENT, PLAIN, Row, arm
from plazas.analysis.mechanisms.seen import Seen, years

ALL_YEARS = until(2018)
SCIENCE = "Prieto-Curiel, Campedelli & Hope 2023"
RISER, ALLY, CONTESTED = "cjng", "sinaloa", "Guanajuato"
DEADLIER = 2.5  #: pattern 6: homicides of 2018 over those of 2015
#: 15 % fewer homicides without war (pattern 17), as a rise with it
WAR_SHARE = 100.0 * (1.0 / 0.85 - 1.0)

NO_ABSORPTION = arm({"absorption": 0.0})
NO_RISE = arm({"emergence": 0.0})
NO_BETRAYAL = arm({"betrayal": 0.0})
NO_WAR = arm(
    {
        "front_onset": 0.0,
        "front_flare": 0.0,
        "front_flare_late": 0.0,
        "split_hostile": 0.0,
        "rise_hostile": 0.0,
    }
)
AUTONOMY = arm({"franchise_least": 0.5, "franchise_span": 0.4, "traits_drawn": 1.0})
NO_AUTONOMY = arm({"franchise_least": 0.0, "franchise_span": 0.0, "traits_drawn": 1.0})


def _challenger_and_killing(seen: Seen) -> bool:
    """Return whether a local challenger rises in Guanajuato and homicides grow by `DEADLIER`."""
    grown = growth(CONTESTED, years(2015, 2015), years(2018, 2018))(seen)
    return bool(challenged(CONTESTED)(seen) and grown >= DEADLIER)


def _two_to_six_fall(seen: Seen) -> bool:
    """Return whether two to six groups of the start have ended or are small at the end."""
    return 2 <= groups_small(seen) <= 6


ROWS = (
    Row(
        "absorption",
        "Absorption makes the rise",
        "With absorption CJNG leads more states",
        f"the thesis of the model; {SCIENCE}",
        "states led by CJNG at the end of 2018",
        "states",
        states_led(RISER),
        PLAIN,
        NO_ABSORPTION,
        cartels=(RISER,),
    ),
    Row(
        "absorption-any",
        "Absorption makes large cartels",
        "With absorption the cartel that leads most states leads more of them",
        f"the thesis of the model, without a name; {SCIENCE}",
        "states led by the cartel that leads most, at the end of 2018",
        "states",
        states_led(),
        PLAIN,
        NO_ABSORPTION,
    ),
    Row(
        "spread",
        "One cartel spreads over the states",
        "The cartel that is largest at the end leads more states than in 2010",
        "UCDP: states where CJNG is the main fighting actor, 1 (2011) to 15 (2018)",
        "states led by the largest cartel of the end: end of 2018 minus start of 2010",
        "states",
        spread,
        how=CHANGE,
        note="the press's claim for 2020, primary in 24 of 32 states, is a claim and not tested",
    ),
    Row(
        "franchise",
        "Autonomy attracts gangs",
        "Cartels that leave more autonomy hold more members where gangs value it",
        f"{SCIENCE}; Trejo & Ley 2020",
        "share of members held by the half of the cartels with more franchise, end of 2018",
        "points",
        held_by_half("franchise"),
        PLAIN,
        arm({"utility_franchise": 0.0}),
    ),
    Row(
        "defection",
        "Autonomy keeps gangs",
        "Gangs leave cartels less often if all cartels leave much autonomy",
        "Trejo & Ley 2020, Votes, Drugs, and Violence",
        "members whose gang leaves its cartel, per 1,000 members and year",
        "%",
        gangs_lost(ALL_YEARS),
        AUTONOMY,
        NO_AUTONOMY,
        sign=-1,
        how=PERCENT,
    ),
    Row(
        "arming",
        "Absorbed gangs are armed",
        "More people die if gangs that join are armed at once",
        "Dube, Dube & Garcia-Ponce 2013",
        "homicides a year, 2010-2018",
        "%",
        flow("homicides", ALL_YEARS),
        PLAIN,
        arm({"arms_on_joining": 0.0}),
        how=PERCENT,
    ),
    Row(
        "poaching",
        "The winner poaches",
        "More of the gangs that join come from another cartel if gangs prefer a front's winner",
        "Christia 2012; Staniland 2012; 0.5 % of joins before",
        "gangs that come from another cartel, share of all that join",
        "points",
        poached_share(ALL_YEARS),
        PLAIN,
        arm({"utility_winner": 0.0}),
    ),
    Row(
        "poaching-on-fronts",
        "Poaching follows fronts",
        "Most poached gangs change sides where their old and new cartel fight",
        "Christia 2012; pattern 21",
        "poached gangs in places where both cartels fight, minus half",
        "points",
        poached_on_fronts(ALL_YEARS),
        reference=50.0,
    ),
    Row(
        "groups-end",
        "Groups end",
        "More of the groups of 2010 have ended by 2018 if groups without ground can give up",
        "territory, section 1: eight of nine never ended",
        "groups of 2010 that have ended by 2018",
        "groups",
        groups_ended,
        PLAIN,
        arm({"giving_up": 0.0}),
    ),
    Row(
        "groups-fall",
        "Some groups fall",
        "In most runs two to six of the groups of 2010 have ended or are small by 2018",
        "pattern 20",
        "runs in which two to six groups of 2010 have less than 1 % of all members in 2018",
        "% of runs",
        share_of_runs(_two_to_six_fall),
    ),
    Row(
        "war",
        "War carries the killing",
        "Fronts raise homicides: without new fronts at least 15 % fewer die",
        "pattern 17; Calderon et al. 2015",
        "homicides a year, 2015-2018",
        "%",
        flow("homicides", years(2015, 2018)),
        PLAIN,
        NO_WAR,
        how=PERCENT,
        size=WAR_SHARE,
    ),
    Row(
        "ally-leaves",
        "An ally breaks away",
        "In most runs CJNG leaves Sinaloa by the end of 2013",
        "CJNG broke with Sinaloa by 2013 (CRS R41576)",
        "runs in which CJNG leaves its alliance with Sinaloa by 2013",
        "% of runs",
        share_of_runs(leaves(RISER, ALLY, until(2013))),
        PLAIN,
        NO_BETRAYAL,
        cartels=(RISER, ALLY),
    ),
    Row(
        "former-allies-fight",
        "Former allies fight",
        "In most runs CJNG and Sinaloa fight in 2018",
        "UCDP: CJNG against Sinaloa; at war in about 17 % of runs before",
        "runs with an active front of CJNG and Sinaloa in 2018",
        "% of runs",
        share_of_runs(at_war(RISER, ALLY, years(2018, 2018))),
        PLAIN,
        NO_BETRAYAL,
        cartels=(RISER, ALLY),
    ),
    Row(
        "guanajuato",
        "A challenger makes Guanajuato deadly",
        "In half of the runs a local challenger rises there and homicides of 2018 are 2.5 times "
        "those of 2015 or more",
        "INEGI: 969 (2015), 3,290 (2018); pattern 6",
        "runs with a local challenger and such a rise",
        "% of runs",
        share_of_runs(_challenger_and_killing),
        PLAIN,
        NO_RISE,
        states=(CONTESTED,),
    ),
    Row(
        "guanajuato-challenger",
        "A local challenger rises in Guanajuato",
        "In half of the runs local gangs there rise as a group of their own and last to 2018",
        "October 2017: Santa Rosa de Lima (InSight Crime)",
        "runs with a local challenger in Guanajuato",
        "% of runs",
        share_of_runs(challenged(CONTESTED)),
        PLAIN,
        NO_RISE,
        states=(CONTESTED,),
    ),
    Row(
        "guanajuato-homicides",
        "Challengers raise homicides in Guanajuato",
        "Homicides there grow more from 2015 to 2018 if local groups can rise",
        "INEGI: 969 (2015), 3,290 (2018)",
        "homicides in Guanajuato, 2018 over 2015",
        "%",
        growth(CONTESTED, years(2015, 2015), years(2018, 2018)),
        PLAIN,
        NO_RISE,
        how=PERCENT,
        states=(CONTESTED,),
    ),
)
