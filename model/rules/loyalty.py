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
def bond(cartel):  # type: ignore[no-untyped-def]
    """Return the loyalty that a cartel keeps at home: by wages paid last week, and cohesion."""
    return cartel.paid * (0.6 + 0.4 * cartel.cohesion)


@rule
def loyalty_after(gang, cartel, here, par, losses):  # type: ignore[no-untyped-def]
    """Return the loyalty of an affiliated gang after a week in which it lost a share of itself."""
    kept = cartel.bond - par.loyalty_losses * losses - par.loyalty_beaten * here.beaten
    if gang.place != cartel.home:
        kept -= par.loyalty_distance * (1.0 - cartel.franchise)
    loyalty = gang.loyalty + par.loyalty_speed * (kept - gang.loyalty)
    return min(1.0, max(0.0, loyalty))


@rule
def arms_after(arms, supply, paid, par):  # type: ignore[no-untyped-def]
    """Return the arms of a gang after a week of supply, as far as it was paid, and of wear."""
    gained = par.rearming * paid * max(0.0, supply - arms)
    return min(1.0, arms - par.gun_decay * arms + gained)
