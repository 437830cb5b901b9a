"""Experiments on policies: crackdown, offensive, protection, pacts, guns, round-ups."""

from __future__ import annotations

from datetime import date

from plazas.analysis.mechanisms.group_measures import killing_in_monopolies, monopolies
from plazas.analysis.mechanisms.measures import (
    HOSTILE,
    answers,
    answers_contrast,
    cartels_end,
    flow,
    members_end,
    members_of,
    place_contrast,
    place_flow,
)
from plazas.analysis.mechanisms.row import CONTRAST, PERCENT, PLAIN, Change, Row, arm
from plazas.analysis.mechanisms.seen import BORDER, LARGEST, SECOND, STRONGHOLDS, years

POLICY_YEARS = years(2013, 2018)
FIRST_YEARS = years(2013, 2014)
NEW_GOVERNMENT = date(2012, 12, 1)

CRACKDOWN = arm({}, Change("arrests", 2.0, STRONGHOLDS))
OFFENSIVE = arm({}, Change("confrontation", 2.0, STRONGHOLDS))
TOLERANCE = arm({}, Change("tolerance", 1.0, against=(LARGEST,), start=date(2011, 1, 1)))
GUNS_STOPPED = arm({}, Change("southbound_guns", 0.0))
PROTECTED = arm({}, Change("protection", 1.0))
FEWER_BULLETS = (Change("confrontation", 0.15), Change("kingpin", 0.3))
HUGS = arm({}, *FEWER_BULLETS, Change("prevention", 5.0))

STATE = (
    Row(
        "crackdown",
        "A crackdown provokes attacks there",
        "Threats and attacks on officials rise where arrests are doubled",
        "Trejo & Ley 2020; attacks went elsewhere before",
        "threats and attacks in the strongholds of cartels a year, 2013-2018",
        "%",
        answers(HOSTILE, POLICY_YEARS, group=STRONGHOLDS),
        CRACKDOWN,
        PLAIN,
        how=PERCENT,
    ),
    Row(
        "crackdown-elsewhere",
        "A crackdown provokes attacks there, not elsewhere",
        "Threats and attacks rise more where arrests are doubled than in other states",
        "Trejo & Ley 2020; +10 % elsewhere before",
        "threats and attacks 2013-2018, in the strongholds of cartels against elsewhere",
        "%",
        answers_contrast(HOSTILE, POLICY_YEARS, STRONGHOLDS),
        CRACKDOWN,
        PLAIN,
        how=CONTRAST,
    ),
    Row(
        "offensive",
        "An offensive raises rivals' violence",
        "Rivals kill more where confrontation is doubled, in the first two years",
        "Dell 2015; Calderon et al. 2015; Osorio 2015",
        "killed by rivals in the strongholds of cartels a year, 2013-2014",
        "%",
        place_flow("killed_by_rivals", FIRST_YEARS, STRONGHOLDS),
        OFFENSIVE,
        PLAIN,
        how=PERCENT,
    ),
    Row(
        "crackdown-rivals",
        "A crackdown raises rivals' violence",
        "Rivals kill more where arrests are doubled, in the first two years",
        "Dell 2015; Calderon et al. 2015; Osorio 2015",
        "killed by rivals in the strongholds of cartels a year, 2013-2014",
        "%",
        place_flow("killed_by_rivals", FIRST_YEARS, STRONGHOLDS),
        CRACKDOWN,
        PLAIN,
        how=PERCENT,
    ),
    Row(
        "kingpin",
        "Hunting leaders makes more groups",
        "There are more cartels at the end if leaders are hunted five times as much",
        "Calderon et al. 2015; Atuesta & Ponce 2017; pattern 13",
        "cartels at the end of 2018",
        "groups",
        cartels_end,
        arm({}, Change("kingpin", 5.0)),
        PLAIN,
    ),
    Row(
        "protection",
        "Protection deters",
        "Cartels attack fewer officials if every attack fails",
        "attacks that fail are given up; assumed",
        "attacks on officials a year, 2013-2018",
        "%",
        flow("officials_attacked", POLICY_YEARS),
        PROTECTED,
        PLAIN,
        sign=-1,
        how=PERCENT,
    ),
    Row(
        "focus",
        "Focus on the most violent",
        "Rivals kill less if arrests aim at the most violent group",
        "Kleiman 2011",
        "members of cartels killed by rivals a year, 2013-2018",
        "%",
        flow("killed_by_rivals", POLICY_YEARS),
        arm({}, Change("focus", 1.0)),
        PLAIN,
        sign=-1,
        how=PERCENT,
    ),
    Row(
        "government",
        "A new government changes the dead",
        "The smaller number of confrontations from December 2012 lowers those killed by the forces",
        "SEDENA: killed by the army, 1,032 (2012), 260 (2014)",
        "killed by the armed forces a year, 2013-2018",
        "%",
        flow("killed_by_forces", POLICY_YEARS),
        PLAIN,
        arm({}, *(Change(n, 1.0, start=NEW_GOVERNMENT) for n in ("confrontation", "kingpin"))),
        sign=-1,
        how=PERCENT,
    ),
)

PACTS = (
    Row(
        "one-winner",
        "Tolerance can make a monopoly",
        "A cartel that the state leaves alone has more states to itself",
        "Snyder & Duran-Martinez 2009",
        "states where the largest cartel of 2010 has 80 % of the members, end of 2018",
        "states",
        monopolies(LARGEST),
        TOLERANCE,
        PLAIN,
    ),
    Row(
        "monopoly-peace",
        "A monopoly is peaceful",
        "Rivals kill less where one cartel has 80 % of the members",
        "Snyder & Duran-Martinez 2009; Atuesta & Ponce 2017; patterns 11, 12",
        "killed by rivals per 1,000 members and year, monopolies minus other places",
        "a year",
        killing_in_monopolies,
        TOLERANCE,
        sign=-1,
    ),
    Row(
        "hugs-violence",
        "Hugs: fewer bullets, less violence",
        "Rivals kill less in the first two years if the forces seek hardly any confrontation",
        "Dell 2015; Calderon et al. 2015, turned round",
        "members of cartels killed by rivals a year, 2013-2014",
        "%",
        flow("killed_by_rivals", FIRST_YEARS),
        arm({}, *FEWER_BULLETS),
        PLAIN,
        sign=-1,
        how=PERCENT,
    ),
    Row(
        "hugs-members",
        "Hugs without a programme: cartels grow",
        "Cartels that are left alone have more members at the end",
        "issue 14; critics of 'abrazos, no balazos'",
        "members of all cartels, end of 2018",
        "%",
        members_end,
        arm({}, *FEWER_BULLETS),
        PLAIN,
        how=PERCENT,
    ),
    Row(
        "hugs-programme",
        "Hugs with a programme: fewer recruits",
        "The programme for the young lowers recruits, against the same posture without it",
        "the aim of Jovenes Construyendo el Futuro; data find none (Sumano & Reyes 2025)",
        "recruits a year, 2013-2018",
        "%",
        flow("recruits", POLICY_YEARS),
        HUGS,
        arm({}, *FEWER_BULLETS),
        sign=-1,
        how=PERCENT,
    ),
)

ABROAD = (
    Row(
        "guns",
        "Guns from the north kill",
        "Fewer people are killed if no guns come from the United States",
        "Dube, Dube & Garcia-Ponce 2013",
        "homicides a year, 2013-2018",
        "%",
        flow("homicides", POLICY_YEARS),
        GUNS_STOPPED,
        PLAIN,
        sign=-1,
        how=PERCENT,
    ),
    Row(
        "guns-border",
        "Guns matter most near the border",
        "Homicides fall more in the half of the states near the border",
        "Dube, Dube & Garcia-Ponce 2013; pattern 15",
        "homicides 2013-2018, near the border against elsewhere",
        "%",
        place_contrast("homicides", POLICY_YEARS, BORDER),
        GUNS_STOPPED,
        PLAIN,
        sign=-1,
        how=CONTRAST,
    ),
    Row(
        "us-roundup",
        "A round-up in the United States weakens",
        "The two largest cartels have fewer members if they lose half of their US revenue",
        "US Department of Justice, 11 March 2020: Project Python",
        "members of the two largest cartels of 2010 and their factions, end of 2018",
        "%",
        members_of(LARGEST, SECOND),
        arm({}, Change("us_roundup", 0.5, against=(LARGEST, SECOND))),
        PLAIN,
        sign=-1,
        how=PERCENT,
    ),
)

ROWS = (*STATE, *PACTS, *ABROAD)
