"""The places of the model and the criminal world on 1 January 2010.

Two geographies are shipped: the 32 states and the 2,469 municipalities. Figures that exist for
states only are spread over their municipalities so that the sums agree. Tables, units, sources
and recipes are in data/README.md.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from plazas.model.calendar import WEEKS_PER_YEAR
from plazas.model.errors import UserError, allowed, nearest

RELATIONS = {"allied": 1, "war": -1}
STATE_NUMBERS = (
    *("lon", "lat", "population_2010", "young_men", "poverty", "trafficking", "overseas", "racket"),
    *("background", "force", "gun_access"),
)
MUNICIPAL_NUMBERS = ("lon", "lat", "population", "poverty", "pipeline", "gateways", "gun_access")
CARTEL_NUMBERS = ("share", "brutality", "franchise", "cohesion", "leader_age")


class DataError(UserError):
    """A table of the model is missing or damaged; the message names the file and the column."""


class UnknownPlaceError(UserError):
    """A word that names no place, or more than one; the message gives the nearest right one."""


@dataclass(frozen=True, eq=False)
class Geography:
    """P places and which of them are near each other.

    Arrays are read-only, of shape (P,), and float64 unless the text says otherwise.

    Parameters
    ----------
    name : str
        ``states`` or ``municipalities``, or that of another geography.
    codes, names, abbreviations : tuple of str
        Of the places.
    lon, lat : numpy.ndarray
        Degrees.
    population, young_men : numpy.ndarray
        Persons, 2010, CONAPO; young men are males of 15 to 29 years.
    poverty : numpy.ndarray
        Fraction, CONEVAL.
    trafficking, overseas, racket : numpy.ndarray
        Value of a place for drugs sold in the United States and overseas, and for rackets; each
        sums to 1.
    background : numpy.ndarray
        Non-cartel homicides a week, INEGI 2005-07.
    force : numpy.ndarray
        Security forces per inhabitant, 1 = national mean.
    gun_access : numpy.ndarray
        0 to 1, 1 at a US port of entry.
    state : numpy.ndarray of int64
        Index of the state to which a place belongs.
    neighbours, routes : tuple of pairs of int
        Pairs (i, j), i < j, that share a border, or that a route joins.
    other_names : tuple of tuples of str
        More names of each place that :meth:`index` understands; may be empty.
    """

    name: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    abbreviations: tuple[str, ...]
    lon: np.ndarray
    lat: np.ndarray
    population: np.ndarray
    young_men: np.ndarray
    poverty: np.ndarray
    trafficking: np.ndarray
    overseas: np.ndarray
    racket: np.ndarray
    background: np.ndarray
    force: np.ndarray
    gun_access: np.ndarray
    state: np.ndarray
    neighbours: tuple[tuple[int, int], ...]
    routes: tuple[tuple[int, int], ...]
    other_names: tuple[tuple[str, ...], ...] = ()  # (P,) or empty; understood by `index`

    def __post_init__(self) -> None:
        """Make arrays read-only: geographies are cached, so a write would reach every later run."""
        for part in fields(self):
            value = getattr(self, part.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __len__(self) -> int:
        return len(self.codes)

    def reach(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the places within reach of each place, over borders and routes.

        Returns
        -------
        start : numpy.ndarray of int64
            (P+1,) Those of place i are ``target[start[i]:start[i + 1]]``.
        target : numpy.ndarray of int64
            Places, in ascending order and once each; the relation is symmetric.
        """
        pairs = {*self.neighbours, *self.routes}
        both = np.array(sorted(pairs | {(j, i) for i, j in pairs}), dtype=np.int64).reshape(-1, 2)
        start = np.searchsorted(both[:, 0], np.arange(len(self) + 1)).astype(np.int64)
        return start, both[:, 1].copy()

    @functools.cached_property
    def _words(self) -> dict[str, set[int]]:
        """The places that each plain word names."""
        words: dict[str, set[int]] = {}
        others = self.other_names or ((),) * len(self)
        rows = zip(self.codes, self.names, self.abbreviations, others, strict=True)
        for i, (code, name, abbreviation, more) in enumerate(rows):
            for word in (code, name, abbreviation, *more):
                words.setdefault(_plain(word), set()).add(i)
        return words

    def __repr__(self) -> str:
        return f"<Geography {self.name!r}: {len(self)} places>"

    def index(self, place: str) -> int:
        """Return the index of a place by code, name or abbreviation, ignoring accents and capitals.

        Parameters
        ----------
        place : str
            A code, a name or an abbreviation.

        Returns
        -------
        int

        Raises
        ------
        UnknownPlaceError
            If the word names no place, or more than one; the message gives the nearest word or the
            codes.
        """
        result = self._words.get(_plain(place), set())
        if len(result) == 1:
            return next(iter(result))
        if result:
            codes = ", ".join(self.codes[i] for i in sorted(result)[:6])
            more = ", ..." if len(result) > 6 else ""
            raise UnknownPlaceError(
                f"{place!r} names {len(result)} places; use a code: {codes}{more}"
            )
        near = nearest(_plain(place), self._words)
        right = self.names[min(self._words[near])] if near else None
        hint = f"did you mean {right!r}?" if right else f"for example {self.names[0]!r}"
        raise UnknownPlaceError(f"{place!r} is none of the {len(self)} {self.name}; {hint}")

    def outlines(self) -> dict[str, Any]:
        """Return the outlines of the states (Natural Earth, public domain).

        Returns
        -------
        dict
            A GeoJSON FeatureCollection in the order of ``codes``, with properties code, name and
            abbr.

        Raises
        ------
        ValueError
            If the geography is not ``states``.
        """
        if self.name != "states":
            raise ValueError(f"outlines exist for the states only, not for {self.name}")
        result = {f["properties"].get("cve_ent"): f["geometry"] for f in _outlines()["features"]}
        features = []
        for code, name, abbr in zip(self.codes, self.names, self.abbreviations, strict=True):
            if code not in result:
                raise DataError(f"outlines.geojson: no feature with cve_ent {code!r} ({name})")
            known = {"code": code, "name": name, "abbr": abbr}
            features.append({"type": "Feature", "properties": known, "geometry": result[code]})
        return {"type": "FeatureCollection", "features": features}


@functools.cache
def states() -> Geography:
    """Return the 32 states, in the order of their INEGI codes 01 to 32."""
    t = table("states.csv", ("code", "name", "abbr"), STATE_NUMBERS)
    codes = tuple(t["code"])
    if len(set(codes)) != len(codes):
        raise DataError("states.csv: column 'code' has a code twice")
    f = {column: t[column].to_numpy(copy=True) for column in STATE_NUMBERS}
    return Geography(
        name="states",
        codes=codes,
        names=tuple(t["name"]),
        abbreviations=tuple(t["abbr"]),
        population=f.pop("population_2010"),
        background=f.pop("background") / WEEKS_PER_YEAR,
        state=np.arange(len(codes), dtype=np.int64),
        neighbours=_pairs("neighbours.csv", codes),
        routes=_pairs("routes.csv", codes),
        other_names=tuple(tuple(filter(None, also.split(";"))) for also in t["also"].fillna("")),
        **f,
    )


@functools.cache
def municipalities() -> Geography:
    """Return the 2,469 municipalities (2020 division), in the order of their INEGI codes.

    Poverty and gun access are measured for each; force is that of the state. The other figures are
    parts of the state's:

    - young men and background in proportion to population;
    - trafficking and overseas by population x (1 + 3 x border crossings and sea ports);
    - racket 0.7 by population, and 0.3 by the population of municipalities with a pipeline, where
      the state has one.

    A route joins the municipalities with the highest trafficking value in its two states.
    """
    up = states()
    t = table("municipalities.csv.gz", ("code", "state", "name"), MUNICIPAL_NUMBERS)
    codes = tuple(t["code"])
    state = _indices("municipalities.csv.gz", t, "state", up.codes)
    lon, lat, people, poverty, pipeline, gateways, gun_access = (
        t[column].to_numpy(copy=True) for column in MUNICIPAL_NUMBERS
    )

    def share(weight: np.ndarray) -> np.ndarray:
        """Share of the state, by weight; by population where the state has no weight at all."""
        total = np.bincount(state, weight, len(up))[state]
        by_people = people / np.bincount(state, people, len(up))[state]
        return np.where(total > 0, weight / np.where(total > 0, total, 1), by_people)

    of_people = share(people)
    gates = share(people * (1 + 3 * gateways))
    trafficking = up.trafficking[state] * gates
    richest = [int(_largest(trafficking, np.flatnonzero(state == s), 1)[0]) for s in range(len(up))]
    ends = (sorted((richest[i], richest[j])) for i, j in up.routes)
    return Geography(
        name="municipalities",
        codes=codes,
        names=tuple(t["name"]),
        abbreviations=tuple(
            f"{up.abbreviations[s]}-{code[2:]}" for s, code in zip(state, codes, strict=True)
        ),
        lon=lon,
        lat=lat,
        population=up.population[state] * of_people,
        young_men=up.young_men[state] * of_people,
        poverty=poverty,
        trafficking=trafficking,
        overseas=up.overseas[state] * gates,
        racket=up.racket[state] * (0.7 * of_people + 0.3 * share(people * pipeline)),
        background=up.background[state] * of_people,
        force=up.force[state],
        gun_access=gun_access,
        state=state,
        neighbours=_pairs("municipal_neighbours.csv.gz", codes),
        routes=tuple((i, j) for i, j in ends),
    )


@dataclass(frozen=True)
class CartelRow:
    """A cartel on 1 January 2010.

    Scores are 0 to 1 and carry judgement: see data/README.md.

    Parameters
    ----------
    key, name : str
        A short word for files, and the name.
    home : int
        Index of a place.
    share : float
        Share of the members of all cartels.
    brutality, franchise, cohesion : float
        Scores. ``franchise`` is the autonomy that it leaves an absorbed gang; ``cohesion`` is unity
        and a clear heir.
    leader_age : float
        Years.
    colour : str
        #RRGGBB.
    """

    key: str
    name: str
    home: int
    share: float
    brutality: float
    franchise: float
    cohesion: float
    leader_age: float
    colour: str


@dataclass(frozen=True, eq=False)
class Start:
    """The K cartels alive on 1 January 2010, in the order of cartels_2010.csv.

    Parameters
    ----------
    cartels : tuple of CartelRow
        K cartels.
    presence : numpy.ndarray
        (P, K) Weight of each place in each cartel; columns sum to 1.
    relation : numpy.ndarray of int8
        (K, K) 1 allied, 0 neutral, -1 at war; symmetric, 0 on the diagonal.
    since : numpy.ndarray of int64
        (K, K) Week in which the relation began, counted from the start. Empty means that all begin
        with the run.
    """

    cartels: tuple[CartelRow, ...]
    presence: np.ndarray
    relation: np.ndarray
    since: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))

    def __post_init__(self) -> None:
        if self.since.shape != self.relation.shape:
            object.__setattr__(self, "since", np.zeros(self.relation.shape, np.int64))


def start_2010(geography: Geography) -> Start:
    """Return the criminal world of early 2010 on a geography.

    A cartel that is present in n of the M municipalities of a state (Coscia & Rios 2012) has weight
    n / sqrt(M) * sqrt(size) there. Size is the mean of the state's relative population and relative
    trafficking value. It is damped because news count municipalities, and neither people nor
    members. Within a state the weight goes, by population, to the n most populous places.

    Parameters
    ----------
    geography : Geography
        Its ``state`` must index the 32 states.

    Returns
    -------
    Start

    Raises
    ------
    ValueError
        If a cartel would have no place at all.
    """
    up = states()
    t = table("cartels_2010.csv", ("key", "name", "home", "colour"), CARTEL_NUMBERS)
    keys = tuple(t["key"])
    homes = _indices("cartels_2010.csv", t, "home", up.codes)
    p = table("presence_2010.csv", ("cartel", "code"), ("municipalities",))
    cartel = _indices("presence_2010.csv", p, "cartel", keys)
    where = _indices("presence_2010.csv", p, "code", up.codes)
    held = table("municipalities.csv.gz", ("state",))["state"].value_counts()[list(up.codes)]
    size = (up.population / up.population.mean() + up.trafficking / up.trafficking.mean()) / 2
    weight = p["municipalities"].to_numpy() * np.sqrt(size / held.to_numpy())[where]

    places = [np.flatnonzero(geography.state == s) for s in range(len(up))]
    presence = np.zeros((len(geography), len(keys)))
    for k, s, w, n in zip(cartel, where, weight, p["municipalities"], strict=True):
        top = _largest(geography.population, places[s], int(n))
        people = geography.population[top]
        presence[top, k] += w * people / people.sum()
    for k, key in enumerate(keys):
        if not presence[:, k].any() or not len(places[homes[k]]):
            raise ValueError(f"cartel {key!r} has no place in the geography {geography.name!r}")

    r = table("relations_2010.csv", ("a", "b", "relation", "since"))
    relation = np.zeros((len(keys), len(keys)), dtype=np.int8)
    since = np.zeros((len(keys), len(keys)), dtype=np.int64)
    rows_of = zip(_pairs("relations_2010.csv", keys), r["relation"], r["since"], strict=True)
    for (i, j), word, begun in rows_of:
        if word not in RELATIONS:
            raise DataError(
                f"relations_2010.csv: column 'relation' has {word!r}, not allied or war"
            )
        relation[i, j] = relation[j, i] = RELATIONS[word]
        since[i, j] = since[j, i] = _weeks_before_2010(begun)
    rows = []
    for row, s in zip(t.to_dict("records"), homes, strict=True):
        numbers = {column: float(row[column]) for column in CARTEL_NUMBERS}
        home = int(_largest(geography.population, places[s], 1)[0])
        rows.append(CartelRow(row["key"], row["name"], home, **numbers, colour=f"#{row['colour']}"))
    return Start(tuple(rows), presence / presence.sum(axis=0), relation, since)


def _weeks_before_2010(begun: str) -> int:
    """Return when a relation began, in weeks from 1 January 2010: at most 0.

    ``begun`` is a year, a month (`2006-03`) or a decade (`1990s`), which counts from its middle.
    """
    result = re.fullmatch(r"(\d{4})(s|-\d{2})?", begun)
    if not result:
        raise DataError(f"relations_2010.csv: column 'since' has {begun!r}, not a year or a month")
    year, more = int(result[1]), result[2] or "-01"
    day = date(year + 5, 1, 1) if more == "s" else date(year, int(more[1:]), 1)
    return min(0, (day - date(2010, 1, 1)).days // 7)


def table(name: str, text: Iterable[str] = (), numbers: Iterable[str] = ()) -> pd.DataFrame:
    """Return one table of model/data, checked.

    Parameters
    ----------
    name : str
        File name.
    text, numbers : iterable of str
        Columns that must be filled, as str or as finite float64.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        If the table is missing or damaged; the message names file and column.
    """
    try:
        raw = resources.files("plazas.model.data").joinpath(name).read_bytes()
        content = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8")
        # As text first: "01" must not become 1, nor "NA" a gap.
        t = pd.read_csv(
            io.StringIO(content),
            comment="#",
            dtype=dict.fromkeys((*text, "code"), str),
            keep_default_na=False,
            na_values=[""],
        )
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"{name}: cannot be read ({error})") from error
    for column in (*text, *numbers):
        if column not in t:
            raise DataError(f"{name}: no column {column!r}; it has {', '.join(t.columns)}")
        if column in numbers:
            t[column] = pd.to_numeric(t[column], errors="coerce").astype(np.float64)
        bad = np.flatnonzero(t[column].isin([np.inf, -np.inf]) | t[column].isna())
        if len(bad):
            raise DataError(f"{name}: column {column!r}, row {bad[0] + 1}: empty or no number")
    return t


def _indices(file: str, t: pd.DataFrame, column: str, known: tuple[str, ...]) -> np.ndarray:
    """Return the index in ``known`` of each code or key of a column, int64."""
    at = {word: i for i, word in enumerate(known)}
    for word in t[column]:
        if word not in at:
            near = nearest(word, known)
            hint = f"did you mean {near!r}?" if near else allowed(known)
            raise DataError(f"{file}: column {column!r} has {word!r}, which is unknown; {hint}")
    return np.array([at[word] for word in t[column]], dtype=np.int64)


def _pairs(file: str, known: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return the pairs (i, j), i < j, of a table with columns a and b, in its order."""
    t = table(file, ("a", "b"))
    ends = np.sort(np.column_stack([_indices(file, t, c, known) for c in ("a", "b")]), axis=1)
    pairs = tuple((int(i), int(j)) for i, j in ends)
    if len(set(pairs)) != len(pairs) or (ends[:, 0] == ends[:, 1]).any():
        raise DataError(f"{file}: columns 'a' and 'b' have a pair twice, or a pair with itself")
    return pairs


def _largest(values: np.ndarray, among: np.ndarray, n: int) -> np.ndarray:
    """Return the n places with the highest values among some; ties keep the order of the codes."""
    return among[np.argsort(-values[among], kind="stable")[:n]]


def _plain(word: str) -> str:
    """Return a word without accents, capitals or outer space."""
    letters = unicodedata.normalize("NFKD", str(word).strip().casefold())
    return "".join(c for c in letters if not unicodedata.combining(c))


@functools.cache
def _outlines() -> dict[str, Any]:
    """Return the content of outlines.geojson."""
    try:
        raw = resources.files("plazas.model.data").joinpath("outlines.geojson").read_text("utf-8")
        return json.loads(raw)
    except (OSError, ValueError) as error:
        raise DataError(f"outlines.geojson: cannot be read ({error})") from error
