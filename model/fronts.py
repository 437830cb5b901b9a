"""The fronts of a run as Mesa agents and users see them: who fights whom where, since when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plazas.model.world import ACTIVE, FREE_FRONT

if TYPE_CHECKING:
    from plazas.model.agents import Cartel, State
    from plazas.model.model import CartelModel


class Front(NamedTuple):
    """Two cartels that fight, or have fought, in a place, as they are now.

    A front is not an agent: its two cartels act. ``pandas.DataFrame(model.fronts)`` makes a table.

    Parameters
    ----------
    place : State
        Where.
    one, other : Cartel
        The two cartels.
    active : bool
        Whether they fight now; False while the front is silent.
    opened : datetime.date
        First day of the week in which the front opened; before the run for one of the start.
    since : datetime.date
        First day of the week in which it last became active or silent.
    deaths : float
        Members of both expected to be killed on it since it opened, within the run.
    last_week : float
        The same in the last week.
    held : bool
        Whether a scenario keeps it from falling silent.
    """

    place: State
    one: Cartel
    other: Cartel
    active: bool
    opened: date
    since: date
    deaths: float
    last_week: float
    held: bool

    def __repr__(self) -> str:
        what = "active" if self.active else "silent"
        return (
            f"<Front of {self.one.key} and {self.other.key} in {self.place.name}: {what} since "
            f"{self.since}, {self.deaths:.0f} killed>"
        )


def fronts_of(model: CartelModel, place: int = -1, cartel: int = -1) -> list[Front]:
    """Return the fronts of a model, those with most deaths first.

    Parameters
    ----------
    model : CartelModel
        The model.
    place, cartel : int
        Rows; only the fronts of that place or cartel. -1 stands for all.

    Returns
    -------
    list of Front
        Fronts of a cartel that has ended are not among them.
    """
    world = model.simulation.world
    table = world.fronts[: world.nation[0].front_rows].view(np.ndarray)
    wanted = table["state"] != FREE_FRONT
    if place >= 0:
        wanted &= table["place"] == place
    if cartel >= 0:
        wanted &= (table["one"] == cartel) | (table["other"] == cartel)
    states, cartels = model.state_views, model.cartel_views
    fronts = [
        Front(
            place=states[row["place"]],
            one=cartels[row["one"]],
            other=cartels[row["other"]],
            active=bool(row["state"] == ACTIVE),
            opened=model.first_day(int(row["opened"])),
            since=model.first_day(int(row["changed"])),
            deaths=float(row["deaths"]),
            last_week=float(row["now"]),
            held=bool(row["held"]),
        )
        for row in table[wanted]
        if row["one"] in cartels and row["other"] in cartels
    ]
    return sorted(fronts, key=lambda front: -front.deaths)
