"""3. Recruitment and leaving of one gang.

    recruits ~ Poisson(rho  members  room  prosperity^prosperity_effect  exp(-e spending))
    weekly chance of leaving = omega C + desertion (1 - paid) + rehabilitation

rho is ``recruitment``, omega ``saturation``, C the members of the cartel (Prieto-Curiel et al.
2023), e ``prevention_elasticity``, and room the share of at-risk youths not yet in a gang. A local
gang stays near its usual size.
"""

from __future__ import annotations

import math

from plazas.model.jit import rule
from plazas.model.levers import PREVENTION, REHABILITATION
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
    """Set the effect of prevention and rehabilitation in place ``p`` this week."""
    place.pull = place.room * prevented(par, levels.place[segment, PREVENTION, p])
    place.rehabilitated = levels.place[segment, REHABILITATION, p]


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
    here.appeal = cartel.appeal
    here.pull = place.pull
    here.leaving = place.rehabilitated + cartel.leaving


@rule
def cell_recruits(gang, here):
    """Return the expected recruits of a cartel's gang per week."""
    return here.appeal * gang.members * here.pull


@rule
def local_recruits(gang, place, par):
    """Return the expected recruits of an unaffiliated gang per week."""
    return par.local_turnover * gang.members * place.pull


@rule
def local_leaving(gang, place, par):
    """Return the weekly chance that a member leaves an unaffiliated gang."""
    return place.rehabilitated + par.local_turnover * gang.members / par.local_size
