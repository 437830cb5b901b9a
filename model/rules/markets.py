"""1. Markets: what a place yields, who takes it, and what a cartel does with the money.

A place yields revenue from drugs sold in the United States and overseas, and from rackets. A
cartel's part of trafficking is
s_k^m / (sum over j of s_j^m), with s the armed strength and m ``decisiveness`` (Tullock's contest
function; Skaperdas 1996). Rackets are shared by members, those of brutal cartels taking more. War
lowers both by ``war_cost`` times friction (Castillo, Mejia & Restrepo 2020). A cartel pays wages
first, keeps the share ``retained`` of the profit, and pays for guns from what it keeps.

The structural alternative is Hirshleifer's logistic form (1989), which uses differences of
strength. It agrees with the ratio form, to first order, where two cartels are equal.
"""

from __future__ import annotations

import math

from plazas.model.jit import inlined, rule
from plazas.model.levers import DRUG_REVENUE, SOUTHBOUND_GUNS, US_ROUNDUP
from plazas.model.rules.levels import level
from plazas.model.structure import NO_ARMS, YEAR


@rule
def prize(strength, total, par):
    """Return the weight of a cartel in the contest for a place's trafficking revenue.

    Parameters
    ----------
    strength, total : float
        Members times arms of the cartel, and of all cartels in the place.
    par
        As in all rules.

    Returns
    -------
    float
        Without unit; only its ratio to the other weights matters.
    """
    if par.logistic_contest > 0.0:
        return math.exp(2.0 * par.decisiveness * strength / (total + NO_ARMS))
    if par.decisiveness == 1.0:  # the same value, without the cost of a power
        return strength + NO_ARMS
    return (strength + NO_ARMS) ** par.decisiveness


@rule
def yields(world, par, levels, segment, p):
    """Set the arms to be had in place ``p`` this week, and each cartel's revenue there.

    Revenue is in thousand USD, arms are 0 to 1.
    """
    place, cartels, presence = world.places[p], world.cartels, world.presence
    flow = levels.place[segment, SOUTHBOUND_GUNS, p]
    place.guns = min(1.0, par.other_guns + place.gun_supply * flow)
    place.local_guns = min(1.0, par.local_arms * (par.other_guns + (1.0 - par.other_guns) * flow))
    kept = 1.0 - par.war_cost * place.friction
    exports = par.export_revenue / YEAR * kept * levels.place[segment, DRUG_REVENUE, p]
    american = exports * (1.0 - par.overseas_share) * place.trafficking
    overseas = exports * par.overseas_share * place.overseas
    rackets = par.racket_revenue / YEAR * place.racket * kept
    prizes = 0.0
    armed = 0.0
    for h in range(place.here):
        here = presence[p, presence[p, h].listed]
        armed += here.strength
    for h in range(place.here):
        here = presence[p, presence[p, h].listed]
        here.revenue = prize(here.strength, armed, par)  # a weight, until all weights are known
        prizes += here.revenue
    heads = float(place.local_members)
    for h in range(place.here):
        k = presence[p, h].listed
        heads += presence[p, k].members * feared(cartels[k], par)
    for h in range(place.here):
        k = presence[p, h].listed
        here = presence[p, k]
        cut = level(levels, segment, US_ROUNDUP, p, cartels[k].founder)
        part = here.revenue / prizes
        here.us_revenue = american * (1.0 - cut) * part
        here.overseas_revenue = overseas * part
        here.revenue = here.us_revenue + here.overseas_revenue
        here.revenue += rackets * here.members * feared(cartels[k], par) / heads


@inlined
def feared(cartel, par):
    """Return how much more than a local gang's member a cartel's member takes from rackets."""
    return 1.0 + par.fear_rackets * cartel.brutality


@rule
def purse(world, par, k):
    """Pay cartel ``k``'s wages, bribes and guns from its revenue; keep a share of the rest.

    All amounts are thousand USD. Set revenue, prosperity, paid, supplied, treasury and spending.
    """
    cartel = world.cartels[k]
    revenue, american, overseas = 0.0, 0.0, 0.0
    guns = 0.0
    for p in range(len(world.places)):
        here = world.presence[p, k]
        if here.members > 0:
            revenue += here.revenue
            american += here.us_revenue
            overseas += here.overseas_revenue
            wanted = world.places[p].guns * here.members - here.strength
            guns += par.gun_decay * here.strength + par.rearming * max(0.0, wanted)
    bill = par.wage * cartel.members
    cartel.revenue = revenue
    cartel.us_revenue = american
    cartel.overseas_revenue = overseas
    cartel.prosperity = revenue / (par.revenue_reference * max(1, cartel.members))
    cartel.paid = min(1.0, (revenue + cartel.treasury) / bill) if bill > 0.0 else 1.0
    profit = revenue * (1.0 - par.bribe_share) - bill
    if profit > 0.0:
        cartel.treasury += par.retained * profit
    else:
        cartel.treasury = max(0.0, cartel.treasury + profit)
    price = par.gun_price * guns
    cost = min(price, cartel.treasury)
    cartel.supplied = cost / price if price > 0.0 else 1.0
    cartel.treasury -= cost
    cartel.spending = cost
