"""3. Recruitment and leaving of one gang.

A cartel's gang recruits in proportion to its members (rho), as long as there is room among the
at-risk youths of the place, faster where revenue a member is high, slower where prevention reaches
them. Members leave as their cartel grows (omega C, the saturation of Prieto-Curiel et al. 2023),
when wages are not paid, and through rehabilitation. A local gang turns over around its usual size.
"""

from __future__ import annotations

import math

from plazas.model.jit import rule
from plazas.model.levers import PREVENTION, REHABILITATION
from plazas.model.structure import RECRUITMENT_POOREST, RECRUITMENT_RICHEST


@rule
def prevented(par, spent):
    """Return the share of recruitment left when so much is spent on each at-risk youth."""
    return math.exp(-par.prevention_elasticity * spent) if spent > 0.0 else 1.0


@rule
def programmes(place, par, levels, segment, p):
    """Set what prevention and rehabilitation do in place ``p`` this week."""
    place.pull = place.room * prevented(par, levels.place[segment, PREVENTION, p])
    place.rehabilitated = levels.place[segment, REHABILITATION, p]


@rule
def prospects(cartel, par):
    """Set how fast a cartel's gangs recruit and are left, from its size and last week's purse."""
    wealth = min(RECRUITMENT_RICHEST, max(RECRUITMENT_POOREST, cartel.prosperity))
    cartel.appeal = par.recruitment * wealth**par.prosperity_effect
    cartel.leaving = par.saturation * cartel.members + par.desertion * (1.0 - cartel.paid)


@rule
def terms(here, place, cartel):
    """Set how fast a cartel's gangs in a place recruit and are left this week."""
    here.appeal = cartel.appeal
    here.pull = place.pull
    here.leaving = place.rehabilitated + cartel.leaving


@rule
def cell_recruits(gang, here):
    """Return the recruits expected by a cartel's gang this week."""
    return here.appeal * gang.members * here.pull


@rule
def local_recruits(gang, place, par):
    """Return the recruits expected by an unaffiliated gang this week."""
    return par.local_turnover * gang.members * place.pull


@rule
def local_leaving(gang, place, par):
    """Return the weekly chance that a member leaves an unaffiliated gang."""
    return place.rehabilitated + par.local_turnover * gang.members / par.local_size
