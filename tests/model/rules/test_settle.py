"""Settling the week: flows, deaths, allegiances, cells, dated events, and who has ended."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.draws import CENTRE_ATTACKED, ENDS, FRONT_HEAT, HEIR, NEW_GANGS
from plazas.model.events import Custody, EventKind, Fate, Heir, Scheduled, ScheduledEvent
from plazas.model.rules import fronts, leaders, settle
from plazas.model.world import (
    ACTIVE,
    ALLIED,
    AT_WAR,
    CELLS,
    INDEPENDENT,
    NEUTRAL,
    OVERSIZED,
    SILENT,
    UNAFFILIATED,
    rows,
)

from .builder import KEY, add_front, add_gang, country, empty_log, logged, parameters

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
    fix_draws(settle, {NEW_GANGS: (0.0, *draws), CENTRE_ATTACKED: (0.0, 0.9, 0.0, 0.0)})
    par = parameters(bystanders=0.1, crossfire=0.05, soldiers_killed=0.05, toll_fades=1 / 26)
    settle.deaths(world, par, empty_log(world), KEY, 1)
    assert place.patients_killed == 0  # no centre is exposed
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


@pytest.mark.parametrize(
    ("u_attack", "u_dead", "killed"),
    [
        # 0.3 are exposed; 2 die on average: exp(-2) = 0.135, and three times that 0.406
        (0.29, 0.13, 0),
        (0.29, 0.14, 1),
        (0.29, 0.41, 2),
        (0.31, 0.99, None),
    ],
)
def test_gunmen_attack_a_rehabilitation_centre(fix_draws, u_attack, u_dead, killed) -> None:
    world = country([[60, 40]])
    place, record = world.places[0], empty_log(world)
    place.exposed, place.patients, place.patients_killed = 0.3, 50.0, 7  # of last week
    draws = {NEW_GANGS: (0.0,) * 4, CENTRE_ATTACKED: (u_attack, u_dead, 0.0, 0.0)}
    fix_draws(settle, draws)
    settle.deaths(world, parameters(centre_deaths=2.0), record, KEY, 1)
    dead = killed or 0
    assert (place.patients_killed, place.patients) == (dead, 50.0 - dead)
    events = logged(record, "week", "kind", "place", "cartel", "other", "amount")
    attack = (1, EventKind.CENTRE_ATTACK, 0, -1, -1, dead)
    assert events == ([] if killed is None else [attack])


def test_those_killed_in_private_centres_are_no_patients_of_a_programme(fix_draws) -> None:
    world = country([[60, 40]])
    world.places[0].exposed, world.places[0].patients = 1.0, 0.5
    fix_draws(settle, {NEW_GANGS: (0.0,) * 4, CENTRE_ATTACKED: (0.5, 0.41, 0.0, 0.0)})
    settle.deaths(world, parameters(centre_deaths=2.0), empty_log(world), KEY, 1)
    assert (world.places[0].patients_killed, world.places[0].patients) == (2, 0.0)


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
    "smallest_split": 50.0, "bribe": 30.0, "bribe_effect": 0.02, "alliances": 1.0,
    "ailing_weeks": 0.0, "giving_up": 0.0, "threat_fear": 0.1, "attack_fear": 0.2,
    "war_declared": 10.0, "front_silence_deaths": 25.0, "front_spread": 0.8, "split_share": 0.4,
    "orphaned": 0.0, "split_hostile": 0.0,
}  # fmt: skip


def happens(
    fix_draws, world, kind=None, other: int = -1, heir=Heir.DRAWN, week: int = 2, place: int = -1
):
    """Return the log after the leaders' week 2, with an event of cartel 0 in a week."""
    events, record = rows(ScheduledEvent, 1), empty_log(world)
    event = events[0]
    event.week, event.kind, event.cartel = week, kind or Scheduled.WAR, 0
    event.other, event.heir, event.place = other, heir, place
    fix_draws(leaders, {HEIR: (0.99, 0.5, 0.99, 0.5)})
    fix_draws(fronts, {FRONT_HEAT: (0.5, 0.5, 0.5, 0.5)})
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
    assert world.places[0].fear == approx(0.2)  # whether the official dies or not


def test_an_attack_by_a_hired_gang_is_logged_as_both(fix_draws) -> None:
    world = country([[60, 0], [0, 40]])
    world.cartels[0].attack_place, world.cartels[0].attack_hired = 1, 1
    assert happens(fix_draws, world) == [(EventKind.HIRED, 0, -1), (EventKind.ATTACK, 0, -1)]
    assert world.places.fear.tolist() == approx([0.0, 0.2])


def test_a_threat_frightens_officials(fix_draws) -> None:
    world = country([[60, 40]])
    world.cartels[0].threat_place, world.places[0].fear = 0, 0.5
    assert happens(fix_draws, world) == [(EventKind.THREAT, 0, -1)]
    assert world.places[0].fear == approx(0.5 + 0.1 * 0.5)


@pytest.mark.parametrize(
    ("before", "share", "after"),
    [(0.0, 0.2, 0.2), (0.5, 0.2, 0.6), (1.0, 0.2, 1.0), (0.9, 0.5, 0.95)],
)
def test_fear_rises_by_a_share_of_what_is_left(before, share, after) -> None:
    place = country([[10]]).places[0]
    place.fear = before
    settle.frighten(place, share)
    assert place.fear == approx(after)


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


def test_a_dated_war_is_declared(fix_draws) -> None:
    world = country([[60, 40]])
    happens(fix_draws, world, Scheduled.WAR, other=1)
    assert world.relations.declared[[0, 1], [1, 0]].tolist() == [12, 12]


@pytest.mark.parametrize(
    ("kind", "logged_as", "stance"),
    [
        (Scheduled.PEACE, EventKind.PEACE, NEUTRAL),
        (Scheduled.ALLIANCE, EventKind.ALLIANCE, ALLIED),
    ],
)
def test_a_dated_peace_or_alliance_silences_the_fronts(fix_draws, kind, logged_as, stance) -> None:
    world = country([[60, 40], [60, 40]])
    add_front(world, 0, 1, held=1)
    add_front(world, 0, 1, place=1)
    world.relations.declared[:] = 9
    silent = (EventKind.FRONT_SILENT, 0, 1)
    assert happens(fix_draws, world, kind, other=1) == [silent, silent, (logged_as, 0, 1)]
    assert world.fronts.state[:2].tolist() == [SILENT, SILENT]
    for a, b in ((0, 1), (1, 0)):
        pair = world.relations[a, b]
        assert (pair.stance, pair.fronts, pair.declared) == (stance, 0, -1)


@pytest.mark.parametrize(("kind", "held"), [(Scheduled.FRONT_OPENS, 0), (Scheduled.FRONT_HELD, 1)])
def test_a_scenario_opens_a_front_and_may_hold_it(fix_draws, kind, held) -> None:
    world = country([[60, 40], [60, 40]])
    events = happens(fix_draws, world, kind, other=1, place=1)
    assert events == [(EventKind.WAR, 0, 1), (EventKind.FRONT_OPENS, 0, 1)]
    assert [fronts.between(world, 0, 1, p) for p in (0, 1)] == [-1, 0]
    front = world.fronts[0]
    assert (front.state, front.place, front.held) == (ACTIVE, 1, held)


@pytest.mark.parametrize(
    ("state", "events"),
    [(ACTIVE, []), (SILENT, [(EventKind.WAR, 0, 1), (EventKind.FRONT_FLARES, 0, 1)])],
)
def test_a_scenario_may_hold_a_front_that_is_there(fix_draws, state, events) -> None:
    world = country([[60, 40]])
    add_front(world, 0, 1, state=state)
    assert happens(fix_draws, world, Scheduled.FRONT_HELD, other=1, place=0) == events
    assert (world.fronts[0].state, world.fronts[0].held) == (ACTIVE, 1)


def test_a_scenario_ends_a_front_held_or_not(fix_draws) -> None:
    world = country([[60, 40], [60, 40]])
    add_front(world, 0, 1, held=1)
    add_front(world, 0, 1, place=1)
    ends = [(EventKind.FRONT_SILENT, 0, 1), (EventKind.FRONT_ENDS, 0, 1)]
    assert happens(fix_draws, world, Scheduled.FRONT_ENDS, other=1, place=0) == ends
    assert [fronts.between(world, 0, 1, p) for p in (0, 1)] == [-1, 1]
    # where there is none, nothing ends
    assert happens(fix_draws, world, Scheduled.FRONT_ENDS, other=1, place=0) == []


def test_no_front_opens_with_a_cartel_that_has_ended(fix_draws) -> None:
    world = country([[60, 40]])
    world.cartels[1].alive = 0
    world.nation[0].living = 1
    assert happens(fix_draws, world, Scheduled.FRONT_OPENS, other=1, place=0) == []
    assert world.places[0].front == -1


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
        (Scheduled.EXTRADITED, 0, [EventKind.EXTRADITED]),  # a relative of the leader
    ],
)
def test_dated_events_of_a_captive(fix_draws, kind, captive, kinds) -> None:
    world = country([[40, 60]])
    world.cartels[0].captive = captive
    assert [k for k, _, _ in happens(fix_draws, world, kind)] == kinds
    # the leader is gone, and an extradition angers the cartel
    assert world.cartels[0].captive == 0
    assert world.cartels[0].anger == (1.0 if kind == Scheduled.EXTRADITED else 0.0)


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


# --- gives_up ------------------------------------------------------------------------------
#: fewer than 300 members, or no place of which a cartel has a tenth; id 1 is reviewed in week 3
ENDING = {"smallest_cartel": 300.0, "least_ground": 0.1, "giving_up": 0.25}


@pytest.mark.parametrize(
    ("members", "ground", "week", "u", "ends"),
    [
        (299, 0.5, 3, 0.24, True),  # too small
        (299, 0.5, 3, 0.26, False),
        (300, 0.5, 3, 0.0, False),
        (5000, 0.09, 3, 0.24, True),  # no ground
        (5000, 0.1, 3, 0.0, False),
        (10, 0.0, 3, 0.26, False),  # both count once
        (299, 0.5, 2, 0.0, False),  # another week
        (299, 0.5, 4, 0.0, False),
        (299, 0.5, 7, 0.24, True),
    ],
)
def test_a_small_cartel_or_one_without_ground_gives_up(
    fix_draws, members, ground, week, u, ends
) -> None:
    cartel = country([[10]]).cartels[0]
    cartel.members, cartel.ground = members, ground
    fix_draws(settle, {ENDS: u})
    assert bool(settle.gives_up(cartel, parameters(**ENDING), KEY, week)) is ends


@pytest.mark.parametrize("u", [0.24, 0.26])
def test_a_cartel_that_gives_up_sets_its_gangs_adrift(fix_draws, u) -> None:
    world = country([[900, 40]])
    add_gang(world, members=40, cartel=1)
    record = empty_log(world)
    fix_draws(settle, {ENDS: u})
    # id 2 is reviewed in week 2
    settle.leaders(world, parameters(**{**PAR, **ENDING}), rows(ScheduledEvent, 0), record, KEY, 2)
    ends = u < 0.25
    entries = [(EventKind.INDEPENDENT, 1), (EventKind.DISSOLVED, 1)]
    assert logged(record, "kind", "cartel") == (entries if ends else [])
    assert world.cartels[1].alive == (0 if ends else 1)
    assert world.gangs[0].allegiance == (INDEPENDENT if ends else 1)
    assert world.gangs[0].tie == (1 if ends else INDEPENDENT)
