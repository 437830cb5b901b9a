"""6. Loyalty and arms of one gang drift towards what its cartel gives it.

Loyalty follows wages paid and the cartel's cohesion; it is lower away from the cartel's home, less
so where gangs keep their autonomy, and falls with the gang's own losses. Gangs lose heart where an
enemy at war outnumbers their cartel, so that the beaten leave a place and the winner has it to
itself (bandwagoning in civil wars: Christia 2012; Staniland 2012). Arms climb to what the
southbound flow allows as long as the cartel can pay, and wear away otherwise.
"""

from __future__ import annotations

from plazas.model.jit import rule


@rule
def bond(cartel, par):
    """Return the loyalty that a cartel keeps at home: by wages paid last week, and cohesion."""
    return cartel.paid * (par.loyalty_paid + (1.0 - par.loyalty_paid) * cartel.cohesion)


@rule
def kept(cartel, here, par, p, losses):
    """Return the loyalty kept in a gang of place ``p`` that lost such a share of itself."""
    loyalty = cartel.bond - par.loyalty_losses * losses - par.loyalty_beaten * here.beaten
    if p != cartel.home:
        loyalty -= par.loyalty_distance * (1.0 - cartel.franchise)
    return loyalty


@rule
def terms(here, place, cartel, par, p):
    """Set what the loyalty and arms of a cartel's gangs in place ``p`` drift towards this week."""
    here.kept = kept(cartel, here, par, p, 0.0)
    here.guns = place.guns
    here.rearming = par.rearming * cartel.armed


@rule
def loyalty_after(loyalty, target, par, weeks):
    """Return the loyalty of an affiliated gang after some weeks of drift towards ``target``."""
    return min(1.0, max(0.0, loyalty + weeks * par.loyalty_speed * (target - loyalty)))


@rule
def arms_after(arms, supply, rearming, par, weeks):
    """Return the arms of a gang after some weeks of supply and of wear."""
    gained = min(1.0, weeks * rearming) * max(0.0, supply - arms)
    return min(1.0, arms + gained - weeks * par.gun_decay * arms)
