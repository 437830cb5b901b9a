"""The places and the start of 2010: totals that are published, and errors a user can act on."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plazas.model import geography
from plazas.model.geography import (
    DataError,
    Geography,
    UnknownPlaceError,
    municipalities,
    start_2010,
    states,
    table,
)

SOURCES = Path(__file__).parents[3] / "shared" / "data"
needs_sources = pytest.mark.skipif(not SOURCES.is_dir(), reason="source figures are not here")
DATA = Path(str(resources.files("plazas.model.data")))
TABLES = sorted(p.name for p in DATA.glob("*") if p.suffix in (".csv", ".gz", ".geojson"))
BOTH = pytest.mark.parametrize("place", [states, municipalities])
ARRAYS = (
    *("lon", "lat", "population", "young_men", "poverty", "trafficking", "overseas", "racket"),
    *("background", "force", "gun_access"),
)


def reached(g: Geography, pairs: bool = True) -> int:
    """How many places can be reached from the first, over `reach` or over neighbours only."""
    start, target = g.reach()
    seen, todo = {0}, [0]
    allowed = set(g.neighbours) | {(j, i) for i, j in g.neighbours}
    while todo:
        i = todo.pop()
        near = {int(j) for j in target[start[i] : start[i + 1]]}
        fresh = {j for j in near if pairs or (i, j) in allowed} - seen
        seen |= fresh
        todo.extend(fresh)
    return len(seen)


def test_published_totals() -> None:
    t = table("states.csv", ("code",), ("population_2020_census",))
    assert list(t["code"]) == [f"{i:02d}" for i in range(1, 33)]
    assert t["population_2020_census"].sum() == 126_014_024
    assert len(states().neighbours) == 67
    assert states().population.sum() == pytest.approx(114.3e6, rel=0.01)
    assert len(municipalities()) == 2469


@BOTH
def test_indices(place) -> None:
    g = place()
    for name in ARRAYS:
        values = getattr(g, name)
        assert values.shape == (len(g),), name
        assert values.dtype == np.float64, name
        assert np.isfinite(values).all(), name
        assert not values.flags.writeable, name
    for name in ("population", "young_men", "trafficking", "racket", "background", "force"):
        assert (getattr(g, name) > 0).all(), name
    for name in ("poverty", "gun_access"):
        assert ((getattr(g, name) > 0) & (getattr(g, name) <= 1)).all(), name
    assert g.trafficking.sum() == pytest.approx(1)
    assert g.racket.sum() == pytest.approx(1, abs=1e-6)
    assert g.background.sum() * 365.25 / 7 == pytest.approx(8001.253, abs=0.01)
    assert np.average(g.force, weights=g.population) == pytest.approx(1, abs=1e-6)
    assert ((g.lon > -119) & (g.lon < -86) & (g.lat > 14) & (g.lat < 33)).all()


@BOTH
def test_reach_is_symmetric_sorted_and_connected(place) -> None:
    g = place()
    start, target = g.reach()
    assert start[0] == 0
    assert start[-1] == len(target) == 2 * len({*g.neighbours, *g.routes})
    source = np.repeat(np.arange(len(g)), np.diff(start))
    assert (source != target).all()
    forward = list(zip(source.tolist(), target.tolist(), strict=True))
    assert forward == sorted(set(forward))
    assert set(forward) == {(j, i) for i, j in forward}
    assert reached(g, pairs=False) == len(g), "not connected over land"
    assert not set(g.routes) & set(g.neighbours)


def test_reach_of_a_known_state() -> None:
    g = states()
    start, target = g.reach()
    i = g.index("Colima")
    near = {g.names[j] for j in target[start[i] : start[i + 1]]}
    assert near == {"Jalisco", "Michoacán", "Baja California", "Sinaloa", "Tamaulipas"}


def test_reached_sees_a_cut() -> None:
    """The control of the connection test: two places without a border are not connected."""
    one = np.ones(2)
    g = Geography(
        **{name: one.copy() for name in ARRAYS},
        name="pair",
        codes=("a", "b"),
        names=("A", "B"),
        abbreviations=("a", "b"),
        state=np.zeros(2, dtype=np.int64),
        neighbours=(),
        routes=((0, 1),),
    )
    assert reached(g) == 2
    assert reached(g, pairs=False) == 1


def test_municipalities_agree_with_states() -> None:
    up, g = states(), municipalities()
    assert [up.codes[s] for s in g.state] == [code[:2] for code in g.codes]
    for name in ("population", "young_men", "trafficking", "overseas", "racket", "background"):
        total = np.bincount(g.state, getattr(g, name), len(up))
        np.testing.assert_allclose(total, getattr(up, name), rtol=1e-9, err_msg=name)
    people = np.bincount(g.state, g.population, len(up))
    for name in ("poverty", "force", "gun_access"):
        mean = np.bincount(g.state, g.population * getattr(g, name), len(up)) / people
        np.testing.assert_allclose(mean, getattr(up, name), atol=1e-4, err_msg=name)
    assert np.ptp(g.poverty[g.state == up.index("Jalisco")]) > 0.2  # its own, not the state's


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("11", "Guanajuato"),
        ("guanajuato", "Guanajuato"),
        (" NUEVO LEON ", "Nuevo León"),
        ("Michoacán", "Michoacán"),
        ("qroo", "Quintana Roo"),
        ("Mexico", "México"),
        ("Mexico City", "Ciudad de México"),
    ],
)
def test_a_state_by_any_of_its_names(word: str, name: str) -> None:
    assert states().names[states().index(word)] == name


def test_every_code_and_name_of_a_state_is_its_own() -> None:
    g = states()
    for i in range(len(g)):
        assert g.index(g.codes[i]) == g.index(g.names[i]) == g.index(g.abbreviations[i]) == i


@pytest.mark.parametrize(
    ("place", "word", "says"),
    [
        (states, "Guanjuato", "'Guanjuato' is none of the 32 states; did you mean 'Guanajuato'?"),
        (states, "Jalsico", "did you mean 'Jalisco'?"),
        (states, "", "'' is none of the 32 states"),
        (states, "33", "'33' is none of the 32 states"),
        (municipalities, "Juárez", "'Juárez' names 5 places; use a code: 05015"),
    ],
)
def test_unknown_place_says_which_word_and_the_nearest(place, word: str, says: str) -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        place().index(word)
    assert says in str(caught.value)


def test_outlines_match_the_states() -> None:
    g = states()
    features = g.outlines()["features"]
    found = [tuple(f["properties"][k] for k in ("code", "name", "abbr")) for f in features]
    assert found == list(zip(g.codes, g.names, g.abbreviations, strict=True))
    for i, feature in enumerate(features):
        rings = feature["geometry"]["coordinates"]
        flat = np.array(list(_points(rings)))
        west, south, east, north = *flat.min(axis=0), *flat.max(axis=0)
        assert west < g.lon[i] < east, g.names[i]
        assert south < g.lat[i] < north, g.names[i]
    with pytest.raises(ValueError, match="states only"):
        municipalities().outlines()


def _points(nested):
    """The (lon, lat) pairs of nested GeoJSON rings."""
    if isinstance(nested[0], (int, float)):
        yield nested[:2]
    else:
        for part in nested:
            yield from _points(part)


@BOTH
def test_start_2010(place) -> None:
    g = place()
    start = start_2010(g)
    k = len(start.cartels)
    assert sum(c.share for c in start.cartels) == pytest.approx(1)
    assert start.presence.shape == (len(g), k)
    assert (start.presence >= 0).all()
    np.testing.assert_allclose(start.presence.sum(axis=0), 1)
    assert start.relation.dtype == np.int8
    assert (start.relation == start.relation.T).all()
    assert not start.relation.diagonal().any()
    assert {1, 0, -1} == set(start.relation.ravel().tolist())
    for i, cartel in enumerate(start.cartels):
        assert start.presence[cartel.home, i] > 0, cartel.key
        for score in (cartel.share, cartel.brutality, cartel.franchise, cartel.cohesion):
            assert 0 < score < 1, cartel.key
        assert 20 < cartel.leader_age < 70
        assert len(cartel.colour) == 7
    assert len({c.colour for c in start.cartels}) == k


def test_start_2010_is_as_history_has_it() -> None:
    g = states()
    start = start_2010(g)
    at = {c.key: i for i, c in enumerate(start.cartels)}
    assert (start.presence > 0).any(axis=1).all(), "a state without any cartel"
    cjng = start.presence[:, at["cjng"]]
    assert {g.names[i] for i in np.flatnonzero(cjng)} == {"Jalisco", "Colima", "Nayarit"}
    assert cjng[[g.index("Jalisco"), g.index("Colima")]].sum() > 0.85
    # By hand: municipalities / sqrt(all) * sqrt(size).
    weight = {}
    for name, n, all_ in (("Jalisco", 10, 125), ("Colima", 2, 10)):
        i = g.index(name)
        size = (g.population[i] * 32 / g.population.sum() + g.trafficking[i] * 32) / 2
        weight[name] = n * (size / all_) ** 0.5
    ratio = cjng[g.index("Jalisco")] / cjng[g.index("Colima")]
    assert ratio == pytest.approx(weight["Jalisco"] / weight["Colima"])
    for a, b, sign in (
        ("cjng", "sinaloa", 1),
        ("sinaloa", "gulf", 1),
        ("gulf", "zetas", -1),
        ("sinaloa", "juarez", -1),
        ("sinaloa", "beltran_leyva", -1),
        ("la_familia", "zetas", -1),
        ("tijuana", "cjng", 0),
    ):
        assert start.relation[at[a], at[b]] == sign, (a, b)


def test_start_2010_of_municipalities_sums_to_the_states() -> None:
    g = municipalities()
    fine, coarse = start_2010(g).presence, start_2010(states()).presence
    total = np.zeros_like(coarse)
    np.add.at(total, g.state, fine)
    np.testing.assert_allclose(total, coarse, atol=1e-12)
    # As many municipalities as the table counts: Tlaxcala has one, with one cartel.
    assert (fine[g.state == states().index("Tlaxcala")] > 0).sum() == 1


def test_no_outcome_after_2018() -> None:
    for name in ("homicides.csv", "national.csv"):
        years = table(name, (), ("year",))["year"]
        assert set(years) == set(range(2007, 2019)), name


def test_states_sum_to_the_nation() -> None:
    by_state = table("homicides.csv", ("code",), ("year", "homicides"))
    assert set(by_state["code"]) == set(states().codes)
    assert not by_state.duplicated(["code", "year"]).any()
    nation = table("national.csv", (), ("year", "homicides")).set_index("year")["homicides"]
    gap = nation - by_state.groupby("year")["homicides"].sum()
    assert gap.between(-20, 20).all()  # deaths without a known state, and rounding
    assert nation[2018] == 36_687


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_its_sources(name: str) -> None:
    assert f"`{name}`" in (DATA / "README.md").read_text("utf-8")
    if name.endswith(".geojson"):
        return
    raw = (DATA / name).read_bytes()
    if name.endswith(".gz"):
        raw = geography.gzip.decompress(raw)
    head = " ".join(line for line in raw.decode("utf-8").splitlines() if line.startswith("#"))
    plain = ("year", "source", "status", "code", "a", "b", "route")
    for column in table(name).columns:
        assert column in plain or column in head, f"{name}: nothing says what {column} is"


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Reads tables from a copy that a test may damage."""
    for name in TABLES:
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    monkeypatch.setattr(geography.resources, "files", lambda _: tmp_path)
    cached = (states, municipalities, geography._outlines)
    for function in cached:
        function.cache_clear()
    yield tmp_path
    for function in cached:
        function.cache_clear()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("states.csv", "trafficking,overseas", "traficking,overseas", "no column 'trafficking'"),
        ("states.csv", "01,Aguascalientes,AGS", "01,,AGS", "column 'name', row 1"),
        ("states.csv", "1210556", "many", "column 'population_2010', row 1"),
        ("states.csv", "1210556", "inf", "column 'population_2010', row 1"),
        ("states.csv", "02,Baja California,", "01,Baja California,", "a code twice"),
        ("neighbours.csv", "01,14", "01,41", "column 'b' has '41', which is unknown"),
        ("neighbours.csv", "01,14", "01,01", "a pair with itself"),
        ("relations_2010.csv", "sinaloa,gulf,", "sinaloa,golf,", "did you mean 'gulf'?"),
        ("relations_2010.csv", "gulf,zetas,war", "gulf,zetas,wra", "has 'wra', not allied or war"),
        ("presence_2010.csv", "sinaloa,01,", "sinaloa,O1,", "column 'code' has 'O1'"),
    ],
)
def test_a_damaged_table_names_file_and_column(damaged, file, old, new, says) -> None:
    text = (damaged / file).read_text("utf-8")
    assert old in text
    start_2010(states())  # the control: the copy is sound until it is damaged
    (damaged / file).write_text(text.replace(old, new, 1), "utf-8")
    states.cache_clear()
    with pytest.raises(DataError) as caught:
        start_2010(states())
    assert file in str(caught.value)
    assert says in str(caught.value)


def test_a_missing_or_cut_table_names_the_file(damaged) -> None:
    (damaged / "routes.csv").unlink()
    with pytest.raises(DataError, match=r"routes\.csv: cannot be read"):
        states()
    (damaged / "municipalities.csv.gz").write_bytes(b"\x1f\x8b cut")
    with pytest.raises(DataError, match=r"municipalities\.csv\.gz: cannot be read"):
        table("municipalities.csv.gz")
    (damaged / "outlines.geojson").write_text(json.dumps({"features": []}))
    (damaged / "routes.csv").write_bytes((DATA / "routes.csv").read_bytes())
    with pytest.raises(DataError, match="no feature with cve_ent '01'"):
        states().outlines()


@needs_sources
def test_figures_are_those_of_the_sources() -> None:
    def source(name: str) -> pd.DataFrame:
        return pd.read_csv(
            SOURCES / name, comment="#", dtype={"cve_ent": str, "cve_a": str, "cve_b": str}
        )

    people = source("population_state_year_1990_2030.csv").query("year == 2010")
    t = table("states.csv", ("code",), ("population_2010", "gdp")).set_index("code")
    assert (
        people.set_index("cve_ent")["population_mid_year"].to_dict()
        == t["population_2010"].to_dict()
    )
    pairs = source("adjacency.csv")[["cve_a", "cve_b"]].to_numpy().tolist()
    g = states()
    assert sorted(map(tuple, pairs)) == sorted((g.codes[i], g.codes[j]) for i, j in g.neighbours)
    registered = source("homicides_state_year_long.csv").query(
        "series == 'INEGI_registered' and 2007 <= year <= 2015"
    )
    ours = table("homicides.csv", ("code",)).set_index(["code", "year"])["homicides"]
    theirs = registered.set_index(["cve_ent", "year"])["homicides"]
    theirs = theirs[theirs.index.get_level_values(0).isin(g.codes)]
    assert len(theirs) == 32 * 9
    assert (ours.reindex(theirs.index) == theirs).all()
