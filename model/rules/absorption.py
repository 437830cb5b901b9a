"""5. Absorption: a gang weighs the offers of the cartels there and may join one.

A random utility model (McFadden 1974). The utility of cartel k's offer in place p is

    V = pay + utility_arms guns + utility_strength standing
        + utility_fear brutality standing + utility_franchise franchise - utility_risk risk

and a gang chooses k with probability w_k exp(V_k) / (exp(independence) + sum over j of
w_j exp(V_j)). The weight w is the cartel's will to pay, min(1, treasury / courting_purse), times
standing^visibility. A former tie adds ``utility_tie``, and loyalty weighs for staying. An
unaffiliated gang decides once per ``stock_taking`` weeks; a cartel's gang only if it is disloyal. A
gang whose cartel is being beaten on a front values the offer of the winner more, by
``utility_winner`` times what the winner's share exceeds its cartel's (Christia 2012): so the winner
poaches. A gang that joins is paid and armed. This is cheap growth; own cells (7) are expensive
growth.
"""

from __future__ import annotations

import math

import numpy as np

from plazas.model.jit import rule
from plazas.model.structure import PAY_POOREST, PAY_RICHEST
from plazas.model.world import INDEPENDENT


@rule
def set_weights(nation, par):
    """Set the weight of independence and the factor that a former tie puts on an offer."""
    nation.alone = math.exp(par.independence)
    nation.old_friend = math.exp(par.utility_tie)


@rule
def pay_worth(cartel, par):
    """Return the utility of a cartel's pay: ``utility_pay  paid  ln(prosperity)``.

    Both ``paid`` and ``prosperity`` are last week's. Prosperity is limited to the range from
    ``PAY_POOREST`` to ``PAY_RICHEST``.
    """
    wealth = min(PAY_RICHEST, max(PAY_POOREST, cartel.prosperity))
    return par.utility_pay * cartel.paid * math.log(wealth)


@rule
def offers(world, par, p):
    """Set the weight of every cartel's offer to the gangs of place ``p``.

    The weight is 0 for a cartel without money or with a standing below ``least_standing``.
    """
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
    """Return the utility of a cartel's offer to a gang of a place, without unit.

    The risk is the weekly chance of arrest or of death by the forces for the cartel's members in
    the place. Where it has none, it is that of all members of cartels there.
    """
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
    """Return whether a gang weighs its allegiance during its turn.

    A gang does so once per ``stock_taking`` weeks; its id sets the week. A cartel's gang does so
    only if its loyalty is below ``disloyal``.

    Parameters
    ----------
    gang, par, week
        As in all rules.
    weeks : int
        Length of the turn, which begins in ``week``.

    Returns
    -------
    bool
    """
    if gang.allegiance >= 0 and gang.loyalty >= par.disloyal:
        return False
    period = np.uint64(par.stock_taking)
    return (gang.id + np.uint64(week)) % period < np.uint64(weeks)


@rule
def choose(world, par, g, u):
    """Return the allegiance that gang ``g`` chooses.

    Parameters
    ----------
    world, par, g
        As in all rules.
    u : float
        The gang's draw in (0, 1).

    Returns
    -------
    int
        Row of a cartel, the gang's own among them, or ``INDEPENDENT``.
    """
    gang = world.gangs[g]
    own, tie, p = gang.allegiance, gang.tie, gang.place
    alone, old_friend = world.nation[0].alone, world.nation[0].old_friend
    total = world.places[p].offers + alone
    victor, winning = INDEPENDENT, 1.0
    if own >= 0 and world.presence[p, own].beaten > 0.0:
        victor = world.presence[p, own].victor
        winning = math.exp(par.utility_winner * world.presence[p, own].beaten)
        total += world.presence[p, victor].offer * (winning - 1.0)
    if tie >= 0 and tie != own and tie != victor:
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
        if k == victor:
            weight *= winning
        elif k == tie:
            weight *= old_friend
        left -= weight
        if left < 0.0:
            return k
    return own
