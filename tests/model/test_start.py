"""The world before its first week: traits of cartels, places, and the fronts of the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from plazas.model.scenario import Scenario, mexico
from plazas.model.simulation import Simulation
from plazas.model.start import at_risk, stakes
from plazas.model.structure import AT_RISK_REFERENCE
from plazas.model.world import ACTIVE, AT_WAR, SILENT, World

Small = Callable[..., Scenario]
TRAITS = {
    "traits_drawn": 1.0, "franchise_least": 0.2, "franchise_span": 0.4, "brutality_least": 0.3,
    "brutality_span": 0.5,
}  # fmt: skip


def at_start(scenario: Scenario, seed: int = 1, replicate: int = 0) -> World:
    """Return the world of a scenario before its first week."""
    return Simulation(scenario, seed, replicate).world


# --- traits --------------------------------------------------------------------------------
def traits(scenario: Scenario, seed: int = 1, replicate: int = 0) -> np.ndarray:
    """Return franchise and brutality of the cartels of the start, (K, 2)."""
    world = at_start(scenario, seed, replicate)
    cartels = world.cartels[: int(world.nation[0].cartel_rows)]
    return np.column_stack([cartels.franchise, cartels.brutality])


def test_traits_are_drawn_from_one_range_for_every_cartel(small: Small) -> None:
    """So nothing about a cartel is set because of what came later."""
    scenario = small(1, TRAITS)
    drawn = np.array([traits(scenario, replicate=r) for r in range(60)])
    franchise, brutality = drawn[:, :, 0], drawn[:, :, 1]
    assert franchise.min() >= 0.2 and franchise.max() <= 0.6
    assert brutality.min() >= 0.3 and brutality.max() <= 0.8
    # each cartel has the same distribution: sixty uniform draws have a standard error of 0.037
    assert np.abs(franchise.mean(axis=0) - 0.4).max() < 4 * 0.4 * 0.2887 / np.sqrt(60)
    assert np.abs(brutality.mean(axis=0) - 0.55).max() < 4 * 0.5 * 0.2887 / np.sqrt(60)
    assert franchise.std(axis=0).min() > 0.08
    both = np.corrcoef(franchise.ravel(), brutality.ravel())[0, 1]
    assert abs(both) < 4 / np.sqrt(franchise.size)


def test_traits_belong_to_seed_and_replicate(small: Small) -> None:
    scenario = small(1, TRAITS)
    first = traits(scenario)
    np.testing.assert_array_equal(first, traits(scenario))
    assert not np.isclose(first, traits(scenario, replicate=1)).any()
    assert not np.isclose(first, traits(scenario, seed=2)).any()
    # a span of 0 leaves no chance
    certain = traits(small(1, {**TRAITS, "franchise_span": 0.0, "brutality_span": 0.0}))
    np.testing.assert_allclose(certain, np.tile([0.2, 0.3], (len(certain), 1)))


def test_without_drawing_the_traits_are_those_of_the_table(small: Small) -> None:
    scenario = small(1, {**TRAITS, "traits_drawn": 0.0})
    table = [(row.franchise, row.brutality) for row in scenario.country.start.cartels]
    np.testing.assert_array_equal(traits(scenario), np.array(table))


def test_traits_change_no_other_row_of_the_start(small: Small) -> None:
    drawn, given = (at_start(small(1, {**TRAITS, "traits_drawn": x})) for x in (1.0, 0.0))
    for name in ("id", "place", "members", "arms", "allegiance"):
        np.testing.assert_array_equal(drawn.gangs[name], given.gangs[name])
    for name in ("home", "cohesion", "leader_age", "treasury"):
        np.testing.assert_array_equal(drawn.cartels[name], given.cartels[name])


# --- places --------------------------------------------------------------------------------
@pytest.mark.parametrize(("share", "effect"), [(0.12, 0.0), (0.12, 1.0), (0.3, 0.5)])
def test_need_is_the_share_of_young_men_at_risk(small: Small, share: float, effect: float) -> None:
    scenario = small(1, {"at_risk_share": share, "poverty_effect": effect})
    places, geography = at_start(scenario).places, scenario.country.geography
    relative = geography.poverty / np.average(geography.poverty, weights=geography.young_men)
    expected = share * relative**effect / AT_RISK_REFERENCE
    np.testing.assert_allclose(places.need, expected)
    if effect == 0.0:
        np.testing.assert_allclose(places.need, share / AT_RISK_REFERENCE)
    else:
        assert places.need.argmax() == geography.poverty.argmax()


def test_both_markets_are_shared_out_among_places() -> None:
    geography = mexico().geography
    places = at_start(Scenario()).places
    np.testing.assert_array_equal(places.trafficking, geography.trafficking)
    np.testing.assert_array_equal(places.overseas, geography.overseas)
    for name in ("trafficking", "overseas", "racket"):
        assert places[name].sum() == pytest.approx(1.0)
        assert (places[name] >= 0.0).all()
    # drugs leave by sea for the one market and by land for the other
    assert (
        geography.overseas[geography.index("Colima")]
        > geography.trafficking[geography.index("Colima")]
    )
    assert (
        geography.overseas[geography.index("Chihuahua")]
        < geography.trafficking[geography.index("Chihuahua")]
    )


def test_municipalities_share_what_their_state_has_of_each_market() -> None:
    states, towns = mexico("states").geography, mexico("municipalities").geography
    for name in ("trafficking", "overseas"):
        sums = np.bincount(towns.state, getattr(towns, name), len(states.codes))
        np.testing.assert_allclose(sums, getattr(states, name), atol=1e-12)


@pytest.mark.parametrize("elasticity", [0.0, 0.5, 1.0])
def test_stakes_are_what_a_place_yields_a_head(small: Small, elasticity: float) -> None:
    scenario = small(
        1,
        {
            "front_stakes": elasticity, "export_revenue": 6e6, "racket_revenue": 2e6,
            "overseas_share": 0.25,
        },
    )  # fmt: skip
    geography = scenario.country.geography
    # 4.5 million from the United States, 1.5 from overseas and 2 from rackets
    value = 4.5 * geography.trafficking + 1.5 * geography.overseas + 2.0 * geography.racket
    a_head = value / 8.0 / (geography.population / geography.population.sum())
    expected = a_head**elasticity
    np.testing.assert_allclose(stakes(geography, Simulation(scenario).parameters), expected)
    np.testing.assert_allclose(at_start(scenario).places.stakes, expected)


def test_stakes_and_youths_at_risk_are_those_of_a_country_without_differences() -> None:
    geography = mexico().geography
    alike = np.full(len(geography.codes), 1.0 / len(geography.codes))
    even = replace(
        geography,
        population=1e6 * np.ones_like(alike),
        young_men=1e5 * np.ones_like(alike),
        poverty=0.4 * np.ones_like(alike),
        trafficking=alike,
        overseas=alike,
        racket=alike,
    )
    par = Simulation(Scenario()).parameters
    np.testing.assert_allclose(stakes(even, par), 1.0)
    np.testing.assert_allclose(at_risk(even, par), 1e5 * par.at_risk_share)


def test_addiction_and_corruption_have_settled(small: Small) -> None:
    """The first weeks of a run change them little, compared with what they are."""
    run = Simulation(small(8, {"addiction_speed": 0.05, "addiction_half": 0.2}))
    places = run.world.places
    before = places.addiction.copy()
    assert before.min() > 0.0
    run.run()
    assert np.abs(run.world.places.addiction - before).max() < 0.1 * before.max()


# --- fronts of the start -------------------------------------------------------------------
#: fronts never fall silent in the burn-in, or a fifth of them in a month
LASTING = {"front_silence": 0.0, "burn_in": 52.0, "front_ground": 0.1}
BRIEF = {"front_silence": 0.05, "front_lasts": 0.0, "front_flare": 0.0, "front_flare_late": 0.0}


def pairs_at_war(scenario: Scenario) -> set[tuple[int, int]]:
    """Return the pairs that the start sets at war."""
    relation = scenario.country.start.relation
    return {
        (i, j) for i in range(len(relation)) for j in range(i + 1, len(relation))
        if relation[i, j] == AT_WAR
    }  # fmt: skip


def test_the_wars_of_the_start_are_fought_where_both_are_strong(small: Small) -> None:
    scenario = small(1, {**LASTING, "front_onset": 0.0})
    world = at_start(scenario)
    share, wars = world.presence.share, pairs_at_war(scenario)
    expected = {
        (p, i, j)
        for p in range(len(share))
        for i, j in wars
        if min(share[p, i], share[p, j]) >= 0.1
    }
    rows = world.fronts[: int(world.nation[0].front_rows)]
    fought = {(int(f.place), int(f.one), int(f.other)) for f in rows if f.state == ACTIVE}
    assert expected
    assert fought == expected
    for i, j in wars:
        number = sum((i, j) == pair[1:] for pair in expected)
        assert world.relations[i, j].fronts == world.relations[j, i].fronts == number


def test_no_front_opens_before_the_run_between_two_at_peace(small: Small) -> None:
    scenario = small(1, {**LASTING, "front_onset": 0.02, "front_flare": 0.1})
    world = at_start(scenario)
    rows = world.fronts[: int(world.nation[0].front_rows)]
    assert {(int(f.one), int(f.other)) for f in rows} <= pairs_at_war(scenario)


def test_the_burn_in_leaves_no_trace_but_fronts(small: Small) -> None:
    scenario = small(1, {"burn_in": 156.0})
    world = at_start(scenario)
    rows = world.fronts[: int(world.nation[0].front_rows)]
    used = rows[(rows.state == ACTIVE) | (rows.state == SILENT)]
    assert len(used) > 0
    assert used.opened.min() >= -156 and used.opened.max() < 0
    assert used.changed.min() >= -156 and used.changed.max() < 0
    assert (rows.deaths == 0.0).all() and (rows.month == 0.0).all()
    assert (world.relations.declared == -1).all()
    n = len(scenario.country.start.cartels)
    since = world.relations.since[:n, :n]
    given = np.tril(scenario.country.start.since, -1)
    np.testing.assert_array_equal(since, given + given.T)
    assert world.nation[0].week == 0


def test_a_longer_burn_in_leaves_fewer_of_the_fronts_that_began_with_it(small: Small) -> None:
    active = []
    for weeks in (4.0, 26.0, 156.0):
        world = at_start(small(1, {**BRIEF, "burn_in": weeks}))
        active.append(int((world.fronts.state == ACTIVE).sum()))
    assert active[0] > active[1] > active[2]


def test_without_a_burn_in_there_are_no_fronts(small: Small) -> None:
    assert at_start(small(1, {"burn_in": 0.0})).nation[0].front_rows == 0
