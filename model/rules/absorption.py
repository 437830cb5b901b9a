"""5. Absorption: gangs weigh offers from the cartels there or next door; one may be taken.

Random utility (McFadden 1974). A cartel's offer is worth pay, arms, local strength, fear (its
brutality times its share) and the autonomy it leaves (franchise), less the risk of crackdown that
comes with it; having served it before counts too. Staying independent is always an option. A
cartel courts as far as its purse and its will to franchise go. A gang takes stock once a quarter:
an unaffiliated one always, an affiliated one when it is disloyal. A gang that joins is paid and
armed. This is the cheap way to grow; cells (7) are the dear one.
"""

from __future__ import annotations

import math

import numpy as np

from plazas.model.jit import rule
from plazas.model.structure import PAY_POOREST, PAY_RICHEST
from plazas.model.world import INDEPENDENT


@rule
def set_weights(nation, par):
    """Set what independence weighs with every gang, and by what an old tie lifts an offer."""
    nation.alone = math.exp(par.independence)
    nation.old_friend = math.exp(par.utility_tie)


@rule
def pay_worth(cartel, par):
    """Return what a cartel's pay is worth in its offers, from last week's purse."""
    wealth = min(PAY_RICHEST, max(PAY_POOREST, cartel.prosperity))
    return par.utility_pay * cartel.paid * math.log(wealth)


@rule
def offers(world, par, p):
    """Set the weight of every cartel's offer to the gangs of place ``p``."""
    place = world.places[p]
    place.offers = 0.0
    for a in range(world.nation[0].living):
        k = world.cartels[a].listed
        here, cartel = world.presence[p, k], world.cartels[k]
        here.offer = 0.0
        if here.standing < par.least_standing or cartel.treasury <= 0.0:
            continue
        will = par.absorption * min(1.0, cartel.treasury / par.courting_purse)
        seen = here.standing**par.visibility
        here.offer = will * seen * math.exp(utility(place, here, cartel, par))
        place.offers += here.offer


@rule
def utility(place, here, cartel, par):
    """Return what a cartel's offer is worth to a gang of a place."""
    risk = here.arrest + here.force if here.members > 0 else place.crackdown
    return (
        cartel.pay
        + par.utility_arms * place.guns
        + par.utility_strength * here.standing
        + par.utility_fear * cartel.brutality * here.standing
        + par.utility_franchise * cartel.franchise
        - par.utility_risk * risk
    )


@rule
def takes_stock(gang, par, week, weeks):
    """Return whether a gang weighs its allegiance in the ``weeks`` weeks from this one on.

    Each does so once a quarter, staggered by id; one of a cartel only if it is disloyal.
    """
    if gang.allegiance >= 0 and gang.loyalty >= par.disloyal:
        return False
    period = np.uint64(par.stock_taking)
    return (gang.id + np.uint64(week)) % period < np.uint64(weeks)


@rule
def choose(world, par, g, u):
    """Return the allegiance that gang ``g`` turns to: a cartel, its own, or INDEPENDENT.

    ``u`` is its draw in (0, 1).
    """
    gang = world.gangs[g]
    own, tie, p = gang.allegiance, gang.tie, gang.place
    alone, old_friend = world.nation[0].alone, world.nation[0].old_friend
    total = world.places[p].offers + alone
    if tie >= 0 and tie != own:
        total += world.presence[p, tie].offer * (old_friend - 1.0)
    stay = 0.0
    if own >= 0:
        offered = world.presence[p, own].offer
        stay = max(offered, 1.0) * math.exp(par.utility_loyalty * gang.loyalty)
        total += stay - offered
    left = u * total - alone
    if left < 0.0:
        return INDEPENDENT
    left -= stay
    if left < 0.0:
        return own
    for a in range(world.nation[0].living):
        k = world.cartels[a].listed
        weight = world.presence[p, k].offer
        if k == own or weight == 0.0:
            continue
        left -= weight * old_friend if k == tie else weight
        if left < 0.0:
            return k
    return own
