"""A small country that does not exist, for teaching: eight states, four cartels, a second a run.

Every name and number is made up. The country is drawn so that the questions about Mexico can be
asked of it: a rich border in the north, a port in the south, one large old cartel, a brutal rival
at war with it, and a small ally that leaves much autonomy to the gangs that join it.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from plazas.model.calendar import WEEKS_PER_YEAR
from plazas.model.geography import CartelRow, Geography, Start
from plazas.model.scenario import Country

COLUMNS, ROWS = 4, 2  # the states are a sheet of cells, from the north-west, row by row
# name, abbreviation, million inhabitants, poverty, trafficking, racket, force, gun access
STATES = (
    ("Northgate", "NG", 7.0, 0.30, 0.24, 0.14, 1.2, 1.00),
    ("Ironridge", "IR", 6.0, 0.35, 0.16, 0.13, 1.3, 0.95),
    ("Copperhill", "CH", 5.0, 0.45, 0.10, 0.10, 1.0, 0.85),
    ("Dustplain", "DP", 4.0, 0.50, 0.10, 0.07, 1.1, 0.80),
    ("Port Ember", "PE", 9.0, 0.40, 0.16, 0.17, 0.9, 0.55),
    ("Midvale", "MV", 12.0, 0.40, 0.06, 0.20, 0.8, 0.50),
    ("Greenhollow", "GH", 10.0, 0.55, 0.06, 0.12, 0.9, 0.40),
    ("Southmarsh", "SM", 8.0, 0.65, 0.12, 0.07, 0.9, 0.30),
)
# corners of the cells, (longitude, latitude): ROWS + 1 lines of COLUMNS + 1, north first
CORNERS = (
    ((0.0, 6.2), (2.4, 6.6), (4.6, 6.3), (7.1, 6.7), (9.4, 6.1)),
    ((0.5, 3.4), (2.1, 3.1), (4.9, 3.5), (6.8, 3.0), (9.8, 3.3)),
    ((0.2, 0.6), (2.7, 0.1), (4.4, 0.7), (7.3, 0.2), (9.1, 0.5)),
)
YOUNG_MEN = 0.13  # of the inhabitants
BACKGROUND = 8.0  # homicides a year per 100,000 inhabitants without cartels
ROUTES = ((0, 4), (3, 7), (0, 7))  # coast road, eastern road, sea lane

CARTELS = (
    CartelRow("lantern", "The Lantern", 0, 0.42, 0.4, 0.5, 0.7, 55.0, "#0072B2"),
    CartelRow("anvil", "The Anvil", 3, 0.33, 0.9, 0.3, 0.5, 38.0, "#222222"),
    CartelRow("tide", "The Tide", 7, 0.18, 0.5, 0.3, 0.4, 45.0, "#009E73"),
    CartelRow("ember", "The Ember", 4, 0.07, 0.7, 0.8, 0.7, 42.0, "#D55E00"),
)
# weight of each state in each cartel: a row a state, a column a cartel
PRESENCE = (
    (8, 1, 0, 0),
    (4, 3, 0, 0),
    (2, 5, 1, 0),
    (1, 7, 2, 0),
    (3, 0, 1, 4),
    (2, 2, 2, 1),
    (1, 2, 3, 0),
    (0, 2, 6, 0),
)
RELATION = (  # 1 allied, -1 at war
    (0, -1, 0, 1),
    (-1, 0, -1, 0),
    (0, -1, 0, 0),
    (1, 0, 0, 0),
)


class Sheet(Geography):
    """A geography whose outlines are the cells of the sheet."""

    def outlines(self) -> dict[str, Any]:
        """GeoJSON FeatureCollection in the order of `codes`; properties code, name, abbr."""
        features = []
        for i, code in enumerate(self.codes):
            known = {"code": code, "name": self.names[i], "abbr": self.abbreviations[i]}
            ring = [list(corner) for corner in (*_corners(i), _corners(i)[0])]
            shape = {"type": "Polygon", "coordinates": [ring]}
            features.append({"type": "Feature", "properties": known, "geometry": shape})
        return {"type": "FeatureCollection", "features": features}


def _corners(i: int) -> tuple[tuple[float, float], ...]:
    """Return the four corners of a state, counter-clockwise from the north-west."""
    row, column = divmod(i, COLUMNS)
    north, south = CORNERS[row], CORNERS[row + 1]
    return north[column], south[column], south[column + 1], north[column + 1]


def _neighbours() -> tuple[tuple[int, int], ...]:
    """Return the pairs of cells that share a side."""
    cells = range(COLUMNS * ROWS)
    east = {(i, i + 1) for i in cells if (i + 1) % COLUMNS}
    south = {(i, i + COLUMNS) for i in cells if i + COLUMNS in cells}
    return tuple(sorted(east | south))


@functools.cache
def classroom() -> Country:
    """Return the classroom country and its criminal world on the first day."""
    names, abbreviations, *numbers = zip(*STATES, strict=True)
    millions, poverty, trafficking, racket, force, gun_access = (
        np.array(column, dtype=np.float64) for column in numbers
    )
    population = 1e6 * millions
    middles = np.array([np.mean(_corners(i), axis=0) for i in range(len(STATES))])
    geography = Sheet(
        name="classroom states",
        codes=tuple(f"{i + 1:02d}" for i in range(len(STATES))),
        names=names,
        abbreviations=abbreviations,
        lon=middles[:, 0].copy(),
        lat=middles[:, 1].copy(),
        population=population,
        young_men=YOUNG_MEN * population,
        poverty=poverty,
        trafficking=trafficking / trafficking.sum(),
        overseas=trafficking / trafficking.sum(),
        racket=racket / racket.sum(),
        background=BACKGROUND * population / 1e5 / WEEKS_PER_YEAR,
        force=force / np.average(force, weights=population),
        gun_access=gun_access,
        state=np.arange(len(STATES), dtype=np.int64),
        neighbours=_neighbours(),
        routes=ROUTES,
    )
    presence = np.array(PRESENCE, dtype=np.float64)
    relation = np.array(RELATION, dtype=np.int8)
    return Country(
        "Classroom", geography, Start(CARTELS, presence / presence.sum(axis=0), relation)
    )
