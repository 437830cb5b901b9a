"""8. War: rivals in a place kill each other, and bystanders die with them.

Lanchester's linear law (area fire), as in Prieto-Curiel et al. 2023. The weekly deaths of cartel i
in a place are

    theta (N / N_place)  sum over rivals j of  arms_j^gamma  S_ij  C_i  C_j

Between neutral cartels S is small; on an active front (``plazas.model.rules.fronts``) it is the
hostility of that front, and its hazard is at most ``front_worst``. So a monopoly is peace and
parity on a front is war. Unaffiliated gangs also lose members where cartels contest a place, and
hired gangs kill in one attack.

Deaths between neutral cartels rise where ground changes hands (``advance``; Calderon et al. 2015;
Dell 2015). A cartel whose leader has fallen without an heir fights itself for some months, and
rivals press it while it is weak (Calderon et al. 2015; Phillips 2015; Lindo and Padilla-Romo 2018).

The structural alternative is Lanchester's square law (aimed fire): each armed member hits one
rival, however few there are. Both agree where two cartels are equal.
"""

from __future__ import annotations

from plazas.model.jit import inlined, rule
from plazas.model.rules import fronts
from plazas.model.structure import LEAST_TARGET


@rule
def firepower(here, par):
    """Return the lethality of a cartel in a place, from its arms; 1 at the reference."""
    return (here.strength / here.members / par.arms_reference) ** par.lethality


@inlined
def gained(here):
    """Return how much a cartel's share of a place exceeds what the others expect, 0 to 1."""
    return max(0.0, here.share - here.settled)


@rule
def hazards(world, par, p):
    """Set the weekly chance that rivals kill a member, for each cartel in place ``p``.

    Set also ``local_hazard``, that chance for unaffiliated gangs, and ``friction``, how much the
    place is contested: 0 in a monopoly, 1 where two equal cartels are at war.
    """
    place, presence = world.places[p], world.presence
    scale = par.war_deaths * world.nation[0].members
    fire = _take_aim(world, par, scale, p)
    contested = 0.0
    for h in range(place.here):
        i = presence[p, h].listed
        one, cartel = presence[p, i], world.cartels[i]
        share, shots, gain, strife = one.share, one.shots, gained(one), cartel.strife
        hazard = one.hazard
        for r in range(h):
            j = presence[p, r].listed
            other, rival, relation = presence[p, j], world.cartels[j], world.relations[i, j]
            heat = 1.0 + par.opportunism * (strife + rival.strife)
            heat *= scale * (1.0 + par.advance * (gain + gained(other)))
            on_one = relation.hostility * other.shots * heat
            # hostility may differ by direction, as it does in the Science model
            on_other = world.relations[j, i].hostility * shots * heat
            contested += share * other.share * relation.hostility
            hazard += on_one
            other.hazard += on_other
        one.hazard = hazard
    contested += fronts.fight(world, par, scale, p)
    for h in range(place.here):
        here = presence[p, presence[p, h].listed]
        here.hazard = min(1.0, here.hazard)
    place.friction = min(1.0, 4.0 * contested / par.hostility_war)
    place.local_hazard = min(1.0, scale * par.hostility_local * fire * place.friction)


@inlined
def _take_aim(world, par, scale, p):
    """Set each cartel's fire in place ``p``, and its hazard from hired gangs and inner strife.

    Returns
    -------
    float
        Fire of all cartels: the sum of their shares times lethality.
    """
    place, presence = world.places[p], world.presence
    fire = 0.0
    for h in range(place.here):
        k = presence[p, h].listed
        here, cartel = presence[p, k], world.cartels[k]
        lethality = firepower(here, par)
        here.shots = here.share * lethality
        here.hazard = par.hire_deaths * here.hired / here.members
        if cartel.strife > 0.0:
            strife = cartel.strife * par.strife_hostility
            strife *= 1.0 if cartel.home == p else par.strife_elsewhere
            here.hazard += scale * strife * here.share * lethality
        fire += here.shots
        if par.square_law > 0.0:  # aimed fire hits only those who are not the shooter's own
            here.shots *= 0.5 / max(LEAST_TARGET, 1.0 - here.share)
    return fire
