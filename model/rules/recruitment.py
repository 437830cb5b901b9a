"""3. Recruitment and leaving of one gang.

    recruits ~ Poisson(rho  members  room  pool  prosperity^prosperity_effect  exp(-e spending))
    weekly chance of leaving = omega C + desertion (1 - paid) + rehabilitation
    pool = need^need_effect (1 + addiction_effect addiction)

rho is ``recruitment``, omega ``saturation``, C the members of the cartel (Prieto-Curiel et al.
2023), e ``prevention_elasticity``, room the share of at-risk youths not yet in a gang, and need how
many of the young men are at risk, relative to the reference. A local gang stays near its usual
size.
"""

from __future__ import annotations

import math

from plazas.model.jit import rule
from plazas.model.levers import PREVENTION, PROTECTION, REHABILITATION
from plazas.model.structure import RECRUITMENT_POOREST, RECRUITMENT_RICHEST


@rule
def prevented(par, spent):
    """Return the share of recruitment that remains under prevention, 0 to 1.

    Parameters
    ----------
    par
        As in all rules.
    spent : float
        Spending on prevention, USD per at-risk youth per week.
    """
    return math.exp(-par.prevention_elasticity * spent) if spent > 0.0 else 1.0


@rule
def programmes(place, par, levels, segment, p):
    """Set the effect of prevention and rehabilitation in place ``p``; advance its addiction.

    Members who leave through a programme are its patients for ``treatment`` weeks. Then the share
    ``relapse`` of them is recruited again. Patients and addicts in private centres are targets
    where groups contest the place. Addiction follows the presence of gangs, which sell drugs.
    """
    spared = prevented(par, levels.place[segment, PREVENTION, p])
    place.pull = place.room * spared * pool(place, par)
    place.rehabilitated = levels.place[segment, REHABILITATION, p]
    heads = place.members + place.local_members
    leaving = place.patients / par.treatment
    place.returning = par.relapse * leaving / heads * spared if heads > 0 else 0.0
    place.patients += place.rehabilitated * heads - leaving
    centres = place.patients + par.centres * place.addiction * place.at_risk
    guarded = 1.0 - levels.place[segment, PROTECTION, p]
    place.exposed = min(1.0, par.centre_attacks * place.friction * guarded * centres / 1000.0)
    presence = heads / place.at_risk
    level = presence / (presence + par.addiction_half)
    place.addiction += par.addiction_speed * (level - place.addiction)


@rule
def pool(place, par):
    """Return the factor on recruitment from the need of a place's youth and from addiction.

    It is 1 where at-risk youths are the reference share of young men and nobody is addicted.
    """
    addicted = 1.0 + par.addiction_effect * place.addiction
    return place.need**par.need_effect * addicted if par.need_effect > 0.0 else addicted


@rule
def prospects(cartel, par):
    """Set how fast a cartel's gangs recruit and lose members, from its size and last week's purse.

    ``appeal`` is in recruits per member and week, ``leaving`` is a chance per member and week.
    """
    wealth = min(RECRUITMENT_RICHEST, max(RECRUITMENT_POOREST, cartel.prosperity))
    cartel.appeal = par.recruitment * wealth**par.prosperity_effect
    cartel.leaving = par.saturation * cartel.members + par.desertion * (1.0 - cartel.paid)


@rule
def terms(here, place, cartel):
    """Set how fast a cartel's gangs in one place recruit and lose members this week."""
    here.appeal = cartel.appeal * place.pull + place.returning
    here.leaving = place.rehabilitated + cartel.leaving


@rule
def cell_recruits(gang, here):
    """Return the expected recruits of a cartel's gang per week."""
    return here.appeal * gang.members


@rule
def local_recruits(gang, place, par):
    """Return the expected recruits of an unaffiliated gang per week."""
    return (par.local_turnover * place.pull + place.returning) * gang.members


@rule
def local_leaving(gang, place, par):
    """Return the weekly chance that a member leaves an unaffiliated gang."""
    return place.rehabilitated + par.local_turnover * gang.members / par.local_size
