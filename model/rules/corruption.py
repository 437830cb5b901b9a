"""2. Corruption of a place moves towards what the bribes paid there buy.

    corruption += corruption_speed (b / (b + price) - corruption)

b is a share of the revenue taken in the place, larger when enforcement presses; the price grows
with population and force. Corruption discounts every kind of enforcement by
``corruption_discount`` (Rios 2015; Morris 2012).
"""

from __future__ import annotations

from plazas.model.jit import rule
from plazas.model.levers import ANTI_CORRUPTION, FORCE


@rule
def relax(world, par, levels, segment, p):
    """Move the corruption of place ``p`` one week towards the level that bribes buy."""
    place, presence = world.places[p], world.presence
    revenue = 0.0
    for h in range(place.here):
        revenue += presence[p, presence[p, h].listed].revenue
    quiet = par.bribes_in_quiet
    alarm = quiet + (1.0 - quiet) * place.crackdown / par.pressure_reference
    bribes = par.bribe_share * revenue * min(par.bribes_alarmed, alarm)
    bribes *= 1.0 - levels.place[segment, ANTI_CORRUPTION, p]
    force = place.force * levels.place[segment, FORCE, p]
    capacity = par.bribe_price * place.population / 1000.0 * force
    bought = bribes / (bribes + capacity) if bribes > 0.0 else 0.0
    place.corruption += par.corruption_speed * (bought - place.corruption)


@rule
def honesty(place, par):
    """Return the share of enforcement that corruption leaves in a place, 0 to 1."""
    return 1.0 - par.corruption_discount * place.corruption
