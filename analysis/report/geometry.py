"""The outlines of places as SVG paths, projected so that Mexico looks as on its own maps."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from plazas.model.geography import Geography

WIDTH = 720.0  # of the drawing
MARGIN = 6.0
SMALLEST = 0.6  # rings of less area (square units of the drawing) are not drawn
TILES = (0.006, 0.045)  # least and greatest width of a tile, as a share of the drawing
# Lambert conformal conic as INEGI uses it: standard parallels and centre, degrees
PARALLELS = (17.5, 29.5)
CENTRE = (-102.0, 24.0)
MEXICO = ((-119.0, 14.0), (-86.0, 33.0))  # the box of places that are drawn in it

Points = NDArray[np.float64]


class Drawing(NamedTuple):
    """Places as SVG paths in the order of the geography's codes, on a drawing of a given size.

    ``labels`` (P, 2) are points inside the places; ``rings`` are the same outlines as arrays of
    points (n, 2), for other ways of drawing. ``tiles`` says that each place is a square.
    """

    width: float
    height: float
    paths: tuple[str, ...]
    labels: Points
    rings: tuple[tuple[Points, ...], ...]
    tiles: bool


def flat(lonlat: Points) -> Points:
    """Return degrees (n, 2) as they are, y growing southwards: for places near the equator."""
    return np.radians(lonlat) * (1.0, -1.0)


def conic(lonlat: Points) -> Points:
    """Return degrees (n, 2) projected to a sphere of radius 1; y grows southwards."""
    lon, lat = np.radians(lonlat).T
    lon0, lat0 = np.radians(CENTRE)
    p, q = np.radians(PARALLELS)
    ratio = np.tan(np.pi / 4 + q / 2) / np.tan(np.pi / 4 + p / 2)
    n = np.log(np.cos(p) / np.cos(q)) / np.log(ratio)
    scale = np.cos(p) * np.tan(np.pi / 4 + p / 2) ** n / n
    rho = scale / np.tan(np.pi / 4 + lat / 2) ** n
    rho0 = scale / np.tan(np.pi / 4 + lat0 / 2) ** n
    angle = n * (lon - lon0)
    return np.column_stack([rho * np.sin(angle), rho * np.cos(angle) - rho0])


def draw(geography: Geography) -> Drawing:
    """Return the drawing of a geography: outlines of the states, else a square a place."""
    places = np.column_stack([geography.lon, geography.lat])
    low, high = np.array(MEXICO)
    project = conic if np.all((low < places) & (places < high)) else flat
    points = project(places)
    try:
        features = geography.outlines()["features"]
    except ValueError:
        return _fitted(_tiles(points), points, tiles=True)
    return _fitted(
        [_rings(feature["geometry"], project) for feature in features], points, tiles=False
    )


def _rings(geometry: dict[str, Any], project: Callable[[Points], Points]) -> list[Points]:
    """Return the rings of a GeoJSON polygon or multipolygon, projected."""
    parts = geometry["coordinates"]
    polygons = parts if geometry["type"] == "MultiPolygon" else [parts]
    return [project(np.array(ring, float)[:, :2]) for polygon in polygons for ring in polygon]


def _tiles(points: Points) -> list[list[Points]]:
    """Return a square around each point, as wide as its neighbours are apart, within bounds."""
    least, most = np.array(TILES) * float(np.ptp(points, axis=0).max() or 1.0)
    near = min(4, len(points))
    gaps = np.asarray(cKDTree(points).query(points, k=near)[0]).reshape(len(points), near)
    widths = np.clip(gaps[:, -1], least, most)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) / 2
    return [[point + width * corners] for point, width in zip(points, widths, strict=True)]


def _fitted(shapes: list[list[Points]], labels: Points, tiles: bool) -> Drawing:
    """Return shapes moved and scaled onto the drawing."""
    corners = np.concatenate([ring for rings in shapes for ring in rings])
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = (WIDTH - 2 * MARGIN) / (high[0] - low[0])

    def fit(points: Points) -> Points:
        return (points - low) * scale + MARGIN

    height = float((high[1] - low[1]) * scale + 2 * MARGIN)
    rings = tuple(
        tuple(ring for ring in map(fit, shape) if tiles or area(ring) >= SMALLEST)
        for shape in shapes
    )
    paths = tuple("".join(_path(ring) for ring in shape) for shape in rings)
    return Drawing(WIDTH, round(height, 1), paths, fit(labels).round(1), rings, tiles)


@functools.cache
def for_page(geography: Geography) -> dict[str, Any]:
    """Return the drawing of a geography as ``map.js`` needs it, ready for JSON.

    Parameters
    ----------
    geography
        States or municipalities.

    Returns
    -------
    dict
        ``width``, ``height``, ``tiles`` and, for every place in the geography's order, ``paths``
        (SVG), ``labels`` (x and y inside it), ``room`` (its widest ring), ``names``, ``short`` and
        ``codes``. The dictionary is shared: do not change it.
    """
    drawing = draw(geography)
    widths = (
        max((float(np.ptp(ring[:, 0])) for ring in rings), default=0.0) for rings in drawing.rings
    )
    return {
        "width": drawing.width,
        "height": drawing.height,
        "tiles": drawing.tiles,
        "paths": list(drawing.paths),
        "labels": drawing.labels.tolist(),
        "room": [round(width, 1) for width in widths],
        "names": list(geography.names),
        "short": list(geography.abbreviations),
        "codes": list(geography.codes),
    }


def area(ring: Points) -> float:
    """Return the area of a closed ring of points."""
    x, y = ring.T
    return float(abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2)


def _path(ring: Points) -> str:
    """Return a ring as an SVG path in whole tenths of a unit, each point relative to the last."""
    tenths = np.rint(10 * ring).astype(int)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    first = f"M{tenths[0, 0] / 10:g},{tenths[0, 1] / 10:g}"
    return first + "l" + " ".join(f"{x / 10:g},{y / 10:g}" for x, y in steps[:-1]) + "z"
