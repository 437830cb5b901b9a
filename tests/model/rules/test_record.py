"""The record: the event log, and what is entered of a week."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.events import NO_GANG, EventKind
from plazas.model.rules import record as log
from plazas.model.world import ACTIVE, SILENT

from .builder import add_front, country, empty_log, levers, logged


# --- note, note_gang -----------------------------------------------------------------------
def test_an_event_stands_in_the_log_as_it_was_noted() -> None:
    record = empty_log(country([[10]]))
    log.note(record, 5, EventKind.SPLIT, 1, 2, 3, 40)
    columns = ("week", "kind", "place", "cartel", "other", "amount", "gang")
    assert logged(record, *columns) == [(5, EventKind.SPLIT, 1, 2, 3, 40, int(NO_GANG))]


def test_an_event_of_a_gang_names_it() -> None:
    record = empty_log(country([[10]]))
    log.note_gang(record, 5, EventKind.ABSORBED, 1, 2, -1, 40, 77)
    assert logged(record, "kind", "other", "gang") == [(EventKind.ABSORBED, -1, 77)]


@pytest.mark.parametrize("number", [1, 3])
def test_events_follow_one_another(number) -> None:
    record = empty_log(country([[10]]))
    for week in range(number):
        log.note(record, week, EventKind.WAR, -1, 0, 1, 0)
    assert logged(record, "week") == [(week,) for week in range(number)]


def test_a_full_log_is_refused() -> None:
    record = empty_log(country([[10]]), events=1)
    log.note(record, 0, EventKind.WAR, -1, 0, 1, 0)
    with pytest.raises(RuntimeError, match="no free row for an event"):
        log.note(record, 0, EventKind.WAR, -1, 0, 1, 0)


# --- note_front ----------------------------------------------------------------------------
@pytest.mark.parametrize(("state", "active"), [(ACTIVE, 1), (SILENT, 0)])
def test_a_month_of_a_front_is_noted(state, active) -> None:
    world = country([[60, 40], [0, 0]])
    front = add_front(world, 1, 0, place=1, state=state, opened=-7, month=6.5, deaths=80.0)
    record = empty_log(world)
    log.note_front(record, 1, front)
    row = record.fronts[0]
    assert (row.month, row.place, row.one, row.other, row.opened) == (1, 1, 0, 1, -7)
    assert (row.active, row.deaths) == (active, 6.5)
    assert (front.month, front.deaths) == (6.5, 80.0)  # its sum begins again with the next month
    assert record.used.tolist() == [0, 1]


@pytest.mark.parametrize(("week", "month"), [(0, 2.5), (3, 9.5), (4, 2.5), (5, 9.5)])
def test_the_sum_of_a_month_begins_in_its_first_week(week, month) -> None:
    world = country([[60, 40]])  # months of four weeks
    front = add_front(world, 0, 1, state=ACTIVE, now=2.5, month=9.5)
    log.begin_month(empty_log(world), week, front)
    assert front.month == month


def test_a_full_table_of_months_is_refused() -> None:
    world = country([[60, 40]])
    front, record = add_front(world, 0, 1), empty_log(world, events=1)
    log.note_front(record, 0, front)
    with pytest.raises(RuntimeError, match="no free row for a month of a front"):
        log.note_front(record, 0, front)


# --- enter ---------------------------------------------------------------------------------
def entered(week: int = 0, primary: int = -1):
    """Return a world of two places and two cartels, and its record after a week is entered."""
    world = country([[60, 20], [0, 20]])
    first, second = world.places
    first.killed_by_rivals, first.killed_by_forces, first.bystanders, first.ordinary = 5, 2, 1, 7
    first.officials, first.arrested, first.corruption, first.friction = 1, 3, 0.4, 0.2
    first.patients_killed, first.addiction, second.addiction = 6, 0.2, 0.6
    second.ordinary, second.local_members, second.local_gangs = 4, 30, 2
    second.population = 300_000.0
    first.primary = primary
    one, other = world.cartels[0], world.cartels[1]
    one.killed_by_rivals, one.recruited, one.treasury, one.spending = 3, 8, 100.0, 20.0
    other.killed_by_rivals, other.joined, other.attack_place, other.treasury = 1, 25, 0, 50.0
    world.nation[0].local_killed = 1
    other.threat_place, other.us_revenue, one.us_revenue, one.overseas_revenue = 1, 4.0, 6.0, 2.0
    add_front(world, 0, 1, opened=-3, month=9.5)
    world.presence.fought[0, :2] = 2.5
    record = empty_log(world)
    log.enter(world, record, levers(world)._replace(cost=[9.0] * 8), week)
    return world, record


def test_homicides_are_all_who_were_killed() -> None:
    _, record = entered()
    row = record.weekly[0]
    assert row.homicides == (5 + 2 + 1 + 7 + 1 + 6) + 4
    assert row.patients_killed == 6
    assert (row.background, row.bystanders, row.officials_killed) == (11, 1, 1)
    assert row.local_killed == 1
    assert record.places.homicides[0].tolist() == [22, 4]
    assert record.places.killed_by_rivals[0].tolist() == [5, 0]  # not those of the forces
    assert record.places.killed_by_forces[0].tolist() == [2, 0]
    assert record.places.arrests[0].tolist() == [3, 0]


def test_the_flows_of_cartels_are_summed() -> None:
    _, record = entered()
    row = record.weekly[0]
    assert (row.recruits, row.absorbed, row.officials_attacked) == (8, 25, 1)
    assert row.officials_threatened == 1
    assert (row.treasury, row.spending, row.policy_cost) == (150.0, 20.0, 9.0)
    assert (row.members, row.cartels, row.local_members, row.local_gangs) == (100, 2, 30, 2)


def test_corruption_is_a_mean_over_inhabitants() -> None:
    _, record = entered()
    # 0.4 of 100,000 and 0 of 300,000
    assert record.weekly[0].corruption == approx(0.1)
    assert record.weekly[0].friction == approx(0.05)
    assert record.weekly[0].addiction == approx((0.2 + 3 * 0.6) / 4)


def test_effective_groups_are_the_inverse_of_concentration() -> None:
    _, record = entered()
    assert record.weekly[0].effective_groups == approx(100**2 / (60**2 + 40**2))


def test_levels_are_entered_at_the_beginning_of_a_month() -> None:
    _, record = entered(week=4)
    assert record.members[1, :, :2].tolist() == [[60, 20], [0, 20]]
    assert record.cartels.treasury[1, :2].tolist() == [100.0, 50.0]
    assert record.cartels.us_revenue[1, :2].tolist() == [6.0, 4.0]
    assert record.cartels.overseas_revenue[1, :2].tolist() == [2.0, 0.0]
    assert record.places.addiction[1].tolist() == [0.2, 0.6]
    _, record = entered(week=5)
    assert record.members[1].sum() == 0
    assert record.places.homicides[1].tolist() == [22, 4]  # flows are, every week
    assert record.fought[0, 0, :2].tolist() == [2.5, 2.5]


@pytest.mark.parametrize(
    ("primary", "flips"),
    [
        (-1, [(EventKind.FLIP, 0, 0, -1, 60), (EventKind.FLIP, 1, 1, -1, 20)]),
        (1, [(EventKind.FLIP, 0, 0, 1, 60), (EventKind.FLIP, 1, 1, -1, 20)]),
        (0, [(EventKind.FLIP, 1, 1, -1, 20)]),  # the first place stays with its cartel
    ],
)
def test_a_place_goes_to_the_cartel_with_most_members(primary, flips) -> None:
    _, record = entered(primary=primary)
    assert logged(record, "kind", "place", "cartel", "other", "amount") == flips


def test_deaths_on_fronts_are_those_of_one_side_and_the_other() -> None:
    _, record = entered()
    # both sides of the one front count the same 2.5
    assert (record.weekly[0].killed_on_fronts, record.weekly[0].fronts) == (2.5, 1)


@pytest.mark.parametrize(
    ("week", "state", "month", "rows"),
    [
        (3, ACTIVE, 9.5, [(0, 1, 9.5)]),  # the last week of a month of four
        (3, ACTIVE, 0.0, [(0, 1, 0.0)]),
        (3, SILENT, 9.5, [(0, 0, 9.5)]),  # it fell silent during the month
        (3, SILENT, 0.0, []),
        (2, ACTIVE, 9.5, []),
        (4, ACTIVE, 9.5, []),
        (7, ACTIVE, 9.5, [(1, 1, 9.5)]),  # the last week of the run
    ],
)
def test_fronts_are_noted_in_the_last_week_of_a_month(week, state, month, rows) -> None:
    world = country([[60, 40]])
    front = add_front(world, 0, 1, state=state, month=month)
    record = empty_log(world)
    log.enter(world, record, levers(world)._replace(cost=[9.0] * 8), week)
    noted = record.fronts[: int(record.used[1])]
    assert [(row.month, row.active, row.deaths) for row in noted] == rows
    assert front.month == (front.now if week == 4 else month)
    assert record.weekly[week].fronts == (1 if state == ACTIVE else 0)
