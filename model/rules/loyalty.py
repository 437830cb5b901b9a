"""6. Loyalty and arms of a gang drift towards what its cartel gives it.

    loyalty += loyalty_speed (target - loyalty)
    target = paid (loyalty_paid + (1 - loyalty_paid) cohesion) - loyalty_losses losses
             - loyalty_beaten beaten - loyalty_weak max(0, 1 - share / front_ground)
             - loyalty_distance (1 - franchise) [away from home]

``losses`` is the weekly share of the gang killed or arrested. ``beaten`` is by how much the share
of an enemy at war exceeds the cartel's share: the beaten leave and the winner keeps the place
(Christia 2012; Staniland 2012). Control brings collaboration (Kalyvas 2006): where a cartel is weak
its gangs lose heart. Arms rise to what the southbound flow allows while the cartel can
pay, and wear out otherwise.
"""

from __future__ import annotations

from plazas.model.jit import rule


@rule
def bond(cartel, par):
    """Return the loyalty that a cartel keeps at home, from wages paid and cohesion, 0 to 1."""
    return cartel.paid * (par.loyalty_paid + (1.0 - par.loyalty_paid) * cartel.cohesion)


@rule
def kept(cartel, here, par, p, losses):
    """Return the target towards which the loyalty of a gang drifts; it may be below 0.

    Parameters
    ----------
    cartel, here, par, p
        As in all rules; ``p`` is the gang's place.
    losses : float
        Share of the gang killed or arrested per week.
    """
    loyalty = cartel.bond - par.loyalty_losses * losses - par.loyalty_beaten * here.beaten
    loyalty -= par.loyalty_weak * max(0.0, 1.0 - here.share / par.front_ground)
    if p != cartel.home:
        loyalty -= par.loyalty_distance * (1.0 - cartel.franchise)
    return loyalty


@rule
def terms(here, place, cartel, par, p):
    """Set the targets of loyalty and arms for a cartel's gangs in place ``p`` this week."""
    here.kept = kept(cartel, here, par, p, 0.0)
    here.guns = place.guns
    here.rearming = par.rearming * cartel.armed


@rule
def loyalty_after(loyalty, target, par, weeks):
    """Return the loyalty of a cartel's gang after ``weeks`` weeks of drift towards ``target``."""
    return min(1.0, max(0.0, loyalty + weeks * par.loyalty_speed * (target - loyalty)))


@rule
def arms_after(arms, supply, rearming, par, weeks):
    """Return the arms of a gang after some weeks of supply and wear.

    Parameters
    ----------
    arms, supply : float
        Arms of the gang, and the level that it can reach there; 0 to 1.
    rearming : float
        Share of the missing arms that it gets per week.
    par
        As in all rules.
    weeks : int
        Weeks of its turn.

    Returns
    -------
    float
        0 to 1.
    """
    gained = min(1.0, weeks * rearming) * max(0.0, supply - arms)
    return min(1.0, arms + gained - weeks * par.gun_decay * arms)
