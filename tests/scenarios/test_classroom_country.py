"""The country that does not exist: sound as a geography, and quick to run."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from plazas.model.simulation import Simulation
from plazas.scenarios import load_scenario
from plazas.scenarios.classroom import classroom
from plazas.scenarios.vocabulary import COUNTRIES, COUNTRY_WORDS

PLACES = classroom().geography
START = classroom().start


def test_shares_sum_to_one() -> None:
    """Trafficking, rackets, members of cartels, and each cartel's presence."""
    assert PLACES.trafficking.sum() == pytest.approx(1.0)
    assert PLACES.racket.sum() == pytest.approx(1.0)
    assert sum(row.share for row in START.cartels) == pytest.approx(1.0)
    assert START.presence.shape == (8, 4)
    assert np.allclose(START.presence.sum(axis=0), 1.0)
    assert np.average(PLACES.force, weights=PLACES.population) == pytest.approx(1.0)


def test_relations_are_symmetric() -> None:
    """The small cartel is an ally of the large one, as CJNG was of Sinaloa."""
    assert np.array_equal(START.relation, START.relation.T)
    assert not START.relation.diagonal().any()
    keys = [row.key for row in START.cartels]
    assert START.relation[keys.index("ember"), keys.index("lantern")] == 1


def test_neighbours_share_a_side_of_their_outlines() -> None:
    """Two states are neighbours exactly where their outlines have two corners in common."""
    features = PLACES.outlines()["features"]
    assert [f["properties"]["name"] for f in features] == list(PLACES.names)
    rings = [f["geometry"]["coordinates"][0] for f in features]
    assert all(ring[0] == ring[-1] and len(ring) == 5 for ring in rings)
    corners = [{tuple(corner) for corner in ring} for ring in rings]
    touching = {
        (i, j) for i in range(8) for j in range(i + 1, 8) if len(corners[i] & corners[j]) == 2
    }
    assert set(PLACES.neighbours) == touching
    assert len(touching) == 10


def test_every_place_can_be_reached() -> None:
    """Over borders alone one gets from each state to all."""
    reached = {0}
    for _ in PLACES.names:
        reached |= {b for pair in PLACES.neighbours for a, b in (pair, pair[::-1]) if a in reached}
    assert reached == set(range(8))


def test_names_of_countries_lead_back_to_their_words() -> None:
    """The word for a country in files is found from the country's own name."""
    assert {COUNTRY_WORDS[country().name]: word for word, country in COUNTRIES.items()} == {
        word: word for word in COUNTRIES
    }


def test_a_year_runs_and_the_seed_matters() -> None:
    """The same seed gives the same year, another replicate another; all cartels act."""
    scenario = load_scenario("classroom")
    runs = [Simulation(scenario, seed=3, replicate=r).run(52) for r in (0, 0, 1)]
    first, again, other = (run.weekly["homicides"].to_numpy() for run in runs)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    counted = Counter(runs[0].cartel_months["cartel"])
    assert {row.key for row in START.cartels} <= set(counted)
