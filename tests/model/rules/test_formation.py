"""Formation: ids, sizes and arms of new gangs, how many form, and how one divides."""

from __future__ import annotations

import math

import pytest
from pytest import approx

from plazas.model.draws import NEW_GANGS, NEW_SIZE
from plazas.model.rules import formation
from plazas.model.world import CELL, DIVIDED, FORMED, FOUNDED, FREE, INDEPENDENT, LOCAL

from .builder import KEY, add_gang, country, parameters


# --- ids -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "week", "kind", "ordinal", "number"),
    [
        (0, 0, FORMED, 0, 0),
        (3, 5, CELL, 7, 3 * 2**48 + 5 * 2**32 + 2 * 2**29 + 7),
        (31, 782, DIVIDED, 1, 31 * 2**48 + 782 * 2**32 + 1 * 2**29 + 1),
        (65534, 1, FORMED, 0, 65534 * 2**48 + 2**32),
    ],
)
def test_an_id_is_made_of_where_when_how_and_which(place, week, kind, ordinal, number) -> None:
    assert int(formation.gang_id(place, week, kind, ordinal)) == number


# --- begin ---------------------------------------------------------------------------------
def test_a_cell_begins_with_what_it_is_given() -> None:
    world = country([[100], [0]])
    row = formation.begin(world, 6, CELL, 1, 12, 0.3, 0, 0.8)
    gang = world.gangs[row]
    assert (gang.place, gang.members, gang.arms, gang.loyalty) == (1, 12, 0.3, 0.8)
    assert (gang.allegiance, gang.joins, gang.tie) == (0, 0, INDEPENDENT)
    assert (gang.origin, gang.founded) == (FOUNDED, 6)
    assert gang.id == 1 * 2**48 + 6 * 2**32 + 2 * 2**29


def test_the_second_of_a_week_has_the_next_ordinal() -> None:
    world = country([[100]])
    rows = [formation.begin(world, 1, FORMED, 0, 9, 0.1, INDEPENDENT, 0.0) for _ in range(2)]
    assert [int(world.gangs[row].id) for row in rows] == [2**32, 2**32 + 1]
    assert world.places[0].formed == 2
    assert [int(world.gangs[row].origin) for row in rows] == [LOCAL, LOCAL]


def test_a_new_gang_takes_the_row_that_an_ended_one_has_left() -> None:
    world = country([[100]])
    for _ in range(3):
        add_gang(world)
    world.gangs[1].members = 0
    world.gangs[1].killed_by_rivals = 5
    world.rolls[FREE, 0] = 1
    world.nation[0].free = 1
    rows = [formation.begin(world, 1, FORMED, 0, 9, 0.1, INDEPENDENT, 0.0) for _ in range(2)]
    assert rows == [1, 3]
    assert world.gangs[1].killed_by_rivals == 0
    assert world.nation[0].gang_rows == 4


def test_a_full_table_is_refused() -> None:
    world = country([[100]], gangs=1)
    add_gang(world)
    with pytest.raises(RuntimeError, match="no free row for a gang"):
        formation.begin(world, 1, FORMED, 0, 9, 0.1, INDEPENDENT, 0.0)


# --- form ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pull", "u", "number"),
    [
        # ln 2 are expected: none with 1/2, at most one with 1/2 (1 + ln 2) = 0.847
        (1.0, 0.49, 0),
        (1.0, 0.51, 1),
        (1.0, 0.84, 1),
        (1.0, 0.85, 2),
        # ln 2 / 2 are expected: none with 0.707
        (0.5, 0.70, 0),
        (0.5, 0.71, 1),
    ],
)
def test_gangs_form_from_the_youths_at_risk(fix_draws, pull, u, number) -> None:
    world = country([[100]])
    world.places[0].pull = pull
    fix_draws(formation, {NEW_GANGS: (u, 0, 0, 0), NEW_SIZE: (0.5, 0.5, 0, 0)})
    # a hundredth of a million youths
    par = parameters(formation=100 * math.log(2), local_size=25.0, local_arms=0.2)
    formation.form(world, par, KEY, 3, 0)
    assert world.nation[0].gangs == number
    assert world.nation[0].local_recruited == 25 * number
    assert [int(gang.members) for gang in world.gangs[:number]] == [25] * number
    assert [float(gang.arms) for gang in world.gangs[:number]] == approx([0.2] * number)


@pytest.mark.parametrize(
    ("usual", "u", "members"),
    [
        (25.0, 0.0, 5),
        (25.0, 0.5, 25),  # 5 + 0.5 x 2 x 20: the usual size is the mean
        (25.0, 0.999, 44),
        (5.0, 0.5, 5),
    ],
)
def test_a_new_gang_is_of_the_usual_size_on_average(usual, u, members) -> None:
    assert formation.new_size(parameters(local_size=usual), u) == members


@pytest.mark.parametrize(("u", "arms"), [(0.0, 0.2), (0.5, 0.4), (0.75, 0.5)])
def test_the_arms_of_a_new_gang_differ_by_half(u, arms) -> None:
    assert formation.new_arms(parameters(local_arms=0.4), u) == approx(arms)


def test_arms_are_never_more_than_all() -> None:
    assert formation.new_arms(parameters(local_arms=1.0), 0.9) == 1.0


@pytest.mark.parametrize(
    ("weekly", "weeks", "chance"),
    [(0.1, 2, 0.19), (0.5, 3, 0.875), (0.0, 13, 0.0), (1.0, 13, 1.0)],
)
def test_short_lived_is_the_chance_to_disband_within_a_quarter(weekly, weeks, chance) -> None:
    par = parameters(disbanding=weekly, stock_taking=weeks)
    assert formation.short_lived(par) == approx(chance)


# --- divide --------------------------------------------------------------------------------
@pytest.mark.parametrize(("members", "halves"), [(40, (20, 20)), (41, (21, 20)), (2, (1, 1))])
def test_a_gang_divides_in_halves_that_share_all_else(members, halves) -> None:
    world = country([[100], [0]])
    gang = add_gang(world, place=1, members=members, cartel=0, arms=0.3, loyalty=0.7)
    gang.origin, gang.tie = LOCAL, 2
    formation.divide(world, 4, 0)
    twin = world.gangs[1]
    assert (gang.members, twin.members) == halves
    assert (twin.place, twin.arms, twin.loyalty, twin.allegiance) == (1, 0.3, 0.7, 0)
    assert (twin.origin, twin.tie) == (LOCAL, 2)
    assert twin.id == 1 * 2**48 + 4 * 2**32 + 1 * 2**29
