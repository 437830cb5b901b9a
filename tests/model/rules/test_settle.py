"""Settling the week: flows, deaths, allegiances, cells, dated events, and who has ended."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.draws import HEIR, NEW_GANGS
from plazas.model.events import Custody, EventKind, Fate, Heir, Scheduled, ScheduledEvent
from plazas.model.rules import leaders, settle
from plazas.model.world import (
    ALLIED,
    AT_WAR,
    CELLS,
    INDEPENDENT,
    NEUTRAL,
    OVERSIZED,
    UNAFFILIATED,
    rows,
)

from .builder import KEY, add_gang, country, empty_log, logged, parameters

FLOWS = ("recruited", "left", "killed_by_rivals", "killed_by_forces", "arrested")


# --- flows of gangs ------------------------------------------------------------------------
def with_flows(world, cartel: int):
    """Return a gang that recruited 1, lost 2 who left, 3 and 4 who were killed, 5 arrested."""
    gang = add_gang(world, cartel=cartel)
    for number, name in enumerate(FLOWS, start=1):
        setattr(gang, name, number)
    return gang


@pytest.mark.parametrize("gangs", [1, 2, 3])
def test_the_flows_of_a_cartels_gangs_are_summed(gangs) -> None:
    world = country([[100]])
    place, cartel = world.places[0], world.cartels[0]
    for _ in range(gangs):
        settle.add_cell_flows(with_flows(world, 0), place, cartel)
    assert [getattr(cartel, name) for name in FLOWS] == [n * gangs for n in (1, 2, 3, 4, 5)]
    assert (place.killed_by_rivals, place.killed_by_forces, place.arrested) == (
        3 * gangs,
        4 * gangs,
        5 * gangs,
    )


@pytest.mark.parametrize("gangs", [1, 2, 3])
def test_the_flows_of_unaffiliated_gangs_are_the_nations(gangs) -> None:
    world = country([[100]])
    place, nation = world.places[0], world.nation[0]
    for _ in range(gangs):
        settle.add_local_flows(with_flows(world, INDEPENDENT), place, nation)
    assert (nation.local_recruited, nation.local_left) == (1 * gangs, 2 * gangs)
    assert (nation.local_killed, nation.local_arrested) == (3 * gangs, 5 * gangs)
    assert (place.killed_by_rivals, place.arrested) == (
        3 * gangs,
        0,
    )  # a place counts cartels' arrests


# --- deaths --------------------------------------------------------------------------------
def counted(fix_draws, draws, killed: int = 26, by_force: int = 20):
    """Return a world after its deaths: 0.1 bystanders a killing, 0.05 more a confrontation."""
    world = country([[60, 40]])
    place = world.places[0]
    place.killed_by_rivals, place.killed_by_forces, place.background = killed, by_force, 2.0
    world.cartels.toll[:2] = 5.2, 0.0
    fix_draws(settle, {NEW_GANGS: (0.0, *draws)})
    par = parameters(bystanders=0.1, crossfire=0.05, soldiers_killed=0.05)
    settle.deaths(world, par, KEY, 1)
    return world


@pytest.mark.parametrize(
    ("u", "ordinary"),
    [(0.13, 0), (0.14, 1), (0.40, 1), (0.41, 2)],  # exp(-2) = 0.135, and three times that 0.406
)
def test_ordinary_homicides_are_a_count_of_the_background(fix_draws, u, ordinary) -> None:
    assert counted(fix_draws, (u, 0.0, 0.0)).places[0].ordinary == ordinary


@pytest.mark.parametrize(("u", "bystanders"), [(0.027, 0), (0.028, 1), (0.125, 1), (0.126, 2)])
def test_bystanders_die_with_members(fix_draws, u, bystanders) -> None:
    # 0.1 x 26 + 0.05 x 20 = 3.6 expected: exp(-3.6) = 0.0273, and 4.6 times that 0.1257
    assert counted(fix_draws, (0.0, u, 0.0)).places[0].bystanders == bystanders


@pytest.mark.parametrize(("u", "officials"), [(0.36, 0), (0.37, 1), (0.73, 1), (0.74, 2)])
def test_soldiers_die_in_confrontations(fix_draws, u, officials) -> None:
    # 0.05 x 20 = 1 expected: exp(-1) = 0.368, and twice that
    assert counted(fix_draws, (0.0, 0.0, u)).places[0].officials == officials


def test_the_toll_remembers_half_a_year(fix_draws) -> None:
    world = counted(fix_draws, (0.0, 0.0, 0.0))
    # a twenty-sixth is forgotten, and a twenty-sixth of 26 killed is added by shares
    assert world.cartels.toll[:2].tolist() == approx([5.2 * 25 / 26 + 0.6, 0.4])
    assert world.nation[0].toll == approx(5.0 + 0.6 + 0.4)


# --- gangs ---------------------------------------------------------------------------------
#: signing costs 1 a member, guns 10 for a member's whole arms
JOIN = {"signing": 1.0, "gun_price": 10.0, "division_size": 100.0}


def turned(gang_of: int, joins: int, treasury: float = 500.0, members: int = 20, arms: float = 0.2):
    """Return the world and log after a gang whose turn it was turned to another allegiance."""
    world = country([[60, 40]])
    gang = add_gang(world, members=members, cartel=gang_of, arms=arms, gang=7)
    gang.joins = joins
    kind = UNAFFILIATED if gang_of < 0 else CELLS
    world.rolls[kind, 0] = 0
    nation = world.nation[0]
    nation.cells, nation.unaffiliated = int(kind == CELLS), int(kind == UNAFFILIATED)
    world.cartels.treasury[:2] = treasury
    world.places[0].guns = 0.8
    record = empty_log(world)
    settle.gangs(world, parameters(**JOIN), record, 3)
    return world, record


def test_a_gang_that_joins_is_paid_armed_and_welcomed() -> None:
    world, record = turned(INDEPENDENT, 1)
    gang, cartel = world.gangs[0], world.cartels[1]
    assert (gang.allegiance, gang.tie, gang.loyalty) == (1, INDEPENDENT, 0.75)
    assert gang.arms == approx(0.5 * 0.8)  # half of what the place supplies
    # 20 x (1 + 10 x 0.2)
    assert (cartel.treasury, cartel.spending) == approx((440.0, 60.0))
    assert (cartel.joined, world.nation[0].local_defected) == (20, 20)
    columns = logged(record, "kind", "place", "cartel", "other", "amount", "gang")
    assert columns == [(EventKind.ABSORBED, 0, 1, -1, 20, 7)]


@pytest.mark.parametrize(
    ("treasury", "left", "arms"), [(30.0, 0.0, 0.2 + 0.5 * 0.2), (0.0, 0.0, 0.2)]
)
def test_a_poor_cartel_arms_in_part(treasury, left, arms) -> None:
    world, _ = turned(INDEPENDENT, 1, treasury)
    assert world.cartels[1].treasury == left
    assert world.cartels[1].spending == approx(treasury)
    assert world.gangs[0].arms == approx(arms)


def test_a_gang_well_armed_is_only_signed() -> None:
    world, _ = turned(INDEPENDENT, 1, arms=0.9)
    assert world.gangs[0].arms == 0.9
    assert world.cartels[1].spending == approx(20.0)


def test_a_gang_that_changes_sides_remembers_the_old_one() -> None:
    world, record = turned(0, 1)
    assert (world.gangs[0].allegiance, world.gangs[0].tie) == (1, 0)
    assert (world.cartels[0].defected, world.cartels[1].joined) == (20, 20)
    assert logged(record, "kind", "cartel", "other") == [(EventKind.ABSORBED, 1, 0)]


def test_a_gang_may_leave_for_none() -> None:
    world, record = turned(0, INDEPENDENT)
    assert (world.gangs[0].allegiance, world.gangs[0].tie) == (INDEPENDENT, 0)
    assert (world.cartels[0].defected, world.nation[0].local_joined) == (20, 20)
    assert logged(record, "kind", "cartel", "other") == [(EventKind.INDEPENDENT, 0, -1)]


@pytest.mark.parametrize(("members", "oversized"), [(100, 0), (101, 1)])
def test_a_gang_past_its_size_is_listed_to_divide(members, oversized) -> None:
    world, record = turned(0, 0, members=members)
    assert world.nation[0].oversized == oversized
    assert world.rolls[OVERSIZED, :oversized].tolist() == [0] * oversized
    assert logged(record, "kind") == []


def test_an_ended_gang_leaves_an_empty_row() -> None:
    world, _ = turned(0, 1, members=0)
    gang = world.gangs[0]
    assert (gang.allegiance, gang.joins, gang.id) == (INDEPENDENT, INDEPENDENT, 7)
    assert world.nation[0].gangs == 0
    assert world.cartels[1].joined == 0


# --- cells ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell_place", "hire_place", "treasury", "events"),
    [
        (1, -1, 150.0, [(EventKind.CELL, 1, 0, 10)]),
        (1, -1, 50.0, []),  # it cannot pay a cell of 100 any more
        (-1, 1, 0.0, [(EventKind.HIRED, 1, 0, 0)]),
        (1, 1, 150.0, [(EventKind.CELL, 1, 0, 10), (EventKind.HIRED, 1, 0, 0)]),
        (-1, -1, 150.0, []),
    ],
)
def test_cells_and_hirings_are_carried_out(cell_place, hire_place, treasury, events) -> None:
    world = country([[60], [0]])
    add_gang(world, members=60, cartel=0)
    world.nation[0].cells = 1
    cartel, record = world.cartels[0], empty_log(world)
    cartel.cell_place, cartel.hire_place, cartel.treasury = cell_place, hire_place, treasury
    settle.cells(world, parameters(founders=10.0, cell_cost=100.0), record, 3)
    assert logged(record, "kind", "place", "cartel", "amount") == events


# --- leaders -------------------------------------------------------------------------------
PAR = {
    "cohesion_recovery": 0.0, "strife_fades": 0.1, "splits": 1.0, "heir_need": 1.0,
    "smallest_split": 50.0, "bribe": 30.0, "alliances": 1.0,
}  # fmt: skip


def happens(fix_draws, world, kind=None, other: int = -1, heir=Heir.DRAWN, week: int = 2):
    """Return the log after the leaders' week 2, with an event of cartel 0 in a week."""
    events, record = rows(ScheduledEvent, 1), empty_log(world)
    event = events[0]
    event.week, event.kind, event.cartel = week, kind or Scheduled.WAR, 0
    event.other, event.heir, event.place = other, heir, -1
    fix_draws(leaders, {HEIR: (0.99, 0.5, 0.99, 0.5)})
    settle.leaders(world, parameters(**PAR), events[: int(kind is not None)], record, KEY, 2)
    return logged(record, "kind", "cartel", "other")


def test_a_bribe_turns_a_part_of_the_honest(fix_draws) -> None:
    world = country([[60, 40]])
    world.cartels[0].bribe_place, world.places[0].corruption = 0, 0.5
    assert happens(fix_draws, world) == [(EventKind.BRIBE, 0, -1)]
    assert world.places[0].corruption == approx(0.5 + 0.02 * 0.5)


@pytest.mark.parametrize("kills", [0, 1])
def test_an_attack_counts_the_official_who_dies(fix_draws, kills) -> None:
    world = country([[60, 40]])
    world.cartels[0].attack_place, world.cartels[0].attack_kills = 0, kills
    assert happens(fix_draws, world) == [(EventKind.ATTACK, 0, -1)]
    assert world.places[0].officials == kills


@pytest.mark.parametrize(
    ("kind", "logged_as", "stance"),
    [
        (Scheduled.WAR, EventKind.WAR, AT_WAR),
        (Scheduled.PEACE, EventKind.PEACE, NEUTRAL),
        (Scheduled.ALLIANCE, EventKind.ALLIANCE, ALLIED),
    ],
)
def test_dated_events_between_two(fix_draws, kind, logged_as, stance) -> None:
    world = country([[60, 40]])
    assert happens(fix_draws, world, kind, other=1) == [(logged_as, 0, 1)]
    assert world.relations[1, 0].stance == stance


@pytest.mark.parametrize(
    ("heir", "kinds"),
    [
        (Heir.CLEAR, [EventKind.CAPTURED, EventKind.SUCCESSION]),
        (Heir.NONE, [EventKind.CAPTURED, EventKind.DISSOLVED]),
        (Heir.DRAWN, [EventKind.CAPTURED, EventKind.DISSOLVED]),  # by a draw of 0.99
    ],
)
def test_a_dated_capture_may_fix_the_heir(fix_draws, heir, kinds) -> None:
    world = country([[40, 60]])
    events = happens(fix_draws, world, Scheduled.CAPTURED, heir=heir)
    assert [kind for kind, _, _ in events] == kinds


@pytest.mark.parametrize(
    ("kind", "captive", "kinds"),
    [
        (Scheduled.ESCAPED, 1, [EventKind.ESCAPED]),
        (Scheduled.EXTRADITED, 1, [EventKind.EXTRADITED]),
        (Scheduled.ESCAPED, 0, []),  # nobody is held
    ],
)
def test_dated_events_of_a_captive(fix_draws, kind, captive, kinds) -> None:
    world = country([[40, 60]])
    world.cartels[0].captive = captive
    assert [k for k, _, _ in happens(fix_draws, world, kind)] == kinds


def test_an_event_of_another_week_or_with_one_that_has_ended_does_not_happen(fix_draws) -> None:
    world = country([[60, 40]])
    assert happens(fix_draws, world, Scheduled.WAR, other=1, week=3) == []
    world.cartels[1].alive = 0
    world.nation[0].living = 1
    assert happens(fix_draws, world, Scheduled.WAR, other=1) == []


def test_what_was_decided_of_leader_and_captive_is_carried_out(fix_draws) -> None:
    world = country([[60, 40]])
    world.cartels[0].fate, world.cartels[1].custody = Fate.RELEASED, Custody.ESCAPED
    assert happens(fix_draws, world) == [(EventKind.RELEASED, 0, -1), (EventKind.ESCAPED, 1, -1)]


def test_a_cartel_without_members_ends(fix_draws) -> None:
    world = country([[60, 40]])
    world.cartels[1].arrested = 40
    assert happens(fix_draws, world) == [(EventKind.DISSOLVED, 1, -1)]
    assert world.cartels.alive[:2].tolist() == [1, 0]
