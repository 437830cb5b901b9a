"""Experiments on people: who is recruited, who leaves, and centres of rehabilitation."""

from __future__ import annotations

from plazas.analysis.mechanisms.agent_measures import contested_share
from plazas.analysis.mechanisms.measures import flow, gangs_contrast, members_end, until
from plazas.analysis.mechanisms.row import CONTRAST, PERCENT, PLAIN, Change, Row, arm
from plazas.analysis.mechanisms.seen import POOR, years

ALL_YEARS = until(2018)
POLICY_YEARS = years(2013, 2018)
WAY_OUT = Change("rehabilitation", 0.001)

PEOPLE = (
    Row(
        "youth",
        "At-risk youth are recruited",
        "Half as many again young men at risk give more recruits",
        "INEGI ENOE; Sviatschi 2022",
        "recruits a year",
        "%",
        flow("recruits", ALL_YEARS),
        arm({"at_risk_share": 0.18}),
        arm({"at_risk_share": 0.12}),
        how=PERCENT,
    ),
    Row(
        "poverty",
        "Poverty widens the pool",
        "Poverty raises the members of groups in the poorer half of the states, against the richer",
        "Dell, Feigenberg & Teshima 2019",
        "members of cartels and gangs in 2018, poorer half against the others",
        "%",
        gangs_contrast(POOR),
        PLAIN,
        arm({"poverty_effect": 0.0}),
        how=CONTRAST,
    ),
    Row(
        "addiction",
        "Addiction widens the pool",
        "Addiction raises recruits",
        "reports of recruitment in centres and of users; size assumed",
        "recruits a year",
        "%",
        flow("recruits", ALL_YEARS),
        PLAIN,
        arm({"addiction_effect": 0.0}),
        how=PERCENT,
    ),
)

CENTRES = (
    Row(
        "rehabilitation",
        "A way out shrinks cartels",
        "Cartels have fewer members if one in a thousand leaves through a programme every week",
        "Kaplan & Nussio 2018",
        "members of all cartels, end of 2018",
        "%",
        members_end,
        arm({}, WAY_OUT),
        PLAIN,
        sign=-1,
        how=PERCENT,
    ),
    Row(
        "relapse",
        "Leavers come back",
        "Under the programme recruits are more if leavers can be recruited again",
        "McLellan et al. 2000",
        "recruits a year, 2013-2018",
        "%",
        flow("recruits", POLICY_YEARS),
        arm({}, WAY_OUT),
        arm({"relapse": 0.0}, WAY_OUT),
        how=PERCENT,
    ),
    Row(
        "centres-contested",
        "Centres are attacked where ground is contested",
        "Most attacks on centres are in the more contested half of the states",
        "September 2009, Ciudad Juarez",
        "attacks on centres in the more contested half of the states, minus half",
        "points",
        contested_share(ALL_YEARS),
        reference=50.0,
    ),
    Row(
        "centres-fed",
        "A programme makes targets",
        "More patients are killed under a programme without protection",
        "September 2009, Ciudad Juarez; size assumed",
        "patients killed a year, 2013-2018",
        "%",
        flow("patients_killed", POLICY_YEARS),
        arm({}, WAY_OUT),
        PLAIN,
        how=PERCENT,
    ),
    Row(
        "centres-protected",
        "Protection saves patients",
        "Fewer patients are killed if the programme is protected",
        "attacks that fail are given up; assumed",
        "patients killed a year under a programme, 2013-2018",
        "%",
        flow("patients_killed", POLICY_YEARS),
        arm({}, WAY_OUT, Change("protection", 1.0)),
        arm({}, WAY_OUT),
        sign=-1,
        how=PERCENT,
    ),
)

ROWS = (*PEOPLE, *CENTRES)
