"""Leaders: a week in office, a fall, a succession, a split."""

from __future__ import annotations

import pytest
from pytest import approx

from plazas.model.draws import FACTION, HEIR, LEAN, ORPHAN
from plazas.model.events import Custody, EventKind, Fate, Heir
from plazas.model.rules import leaders
from plazas.model.world import ALLIED, AT_WAR, INDEPENDENT, NEUTRAL

from .builder import KEY, add_front, add_gang, country, empty_log, logged, parameters

PAR = {
    "heir_need": 1.0, "cohesion_fall": 0.4, "splits": 1.0, "smallest_split": 50.0,
    "split_share": 0.4, "orphaned": 0.1, "split_hostile": 0.5, "war_declared": 10.0,
    "alliances": 1.0, "cohesion_recovery": 0.01, "strife_fades": 0.1, "boldness_fades": 0.03,
    "anger_fades": 0.04, "threats_fade": 0.05, "return_cohesion": 0.1, "release_seen": 0.4,
    "strife_with_heir": 0.3, "heir_youngest": 35.0, "heir_span": 20.0, "brutality_spread": 0.3,
    "ailing_weeks": 3.0,
}  # fmt: skip


# --- members_now, age, rally ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("flows", "members"),
    [
        ({}, 100),
        ({"recruited": 7, "joined": 20, "split_in": 3}, 130),
        ({"killed_by_rivals": 5, "killed_by_forces": 2, "arrested": 3, "left": 10}, 80),
        ({"defected": 30, "split_out": 40, "recruited": 5}, 35),
    ],
)
def test_members_now_are_those_of_the_week_and_its_flows(flows, members) -> None:
    cartel = country([[100]]).cartels[0]
    for name, value in flows.items():
        setattr(cartel, name, value)
    assert leaders.members_now(cartel) == members


@pytest.mark.parametrize(
    ("strife", "left"),
    [(0.5, 0.45), (0.0112, 0.01008), (0.011, 0.0)],  # below 0.01 a cartel is at peace with itself
)
def test_a_week_ages_the_leader_and_calms_the_cartel(strife, left) -> None:
    cartel = country([[100]]).cartels[0]
    cartel.leader_age, cartel.boldness, cartel.strife, cartel.cohesion = 50.0, 2.0, strife, 0.6
    cartel.anger, cartel.threats = 0.5, 3.0
    leaders.age(cartel, parameters(**PAR))
    assert cartel.leader_age == approx(50 + 1 / 52.18)
    assert cartel.boldness == approx(2.0 * 0.97)
    assert (cartel.anger, cartel.threats) == approx((0.5 * 0.96, 3.0 * 0.95))
    assert cartel.strife == approx(left)
    assert cartel.cohesion == approx(0.6 + 0.01 * 0.4)


@pytest.mark.parametrize(("gained", "cohesion"), [(0.1, 0.6), (0.0, 0.5), (0.7, 1.0)])
def test_a_rally_raises_cohesion_up_to_one(gained, cohesion) -> None:
    cartel = country([[100]]).cartels[0]
    leaders.rally(cartel, gained)
    assert cartel.cohesion == approx(cohesion)


# --- fall ----------------------------------------------------------------------------------
def fallen(fix_draws, fate=Fate.NOTHING, heir=Heir.DRAWN, u_heir=0.0, heads=100, **more):
    """Return the cartel and the kinds of events after its fate is carried out."""
    world = country([[heads]])
    cartel, record = world.cartels[0], empty_log(world)
    cartel.fate, cartel.cohesion, cartel.captive = fate, 0.5, 1
    for name, value in more.items():
        setattr(cartel, name, value)
    fix_draws(leaders, {HEIR: (u_heir, 0.25, 0.99, 0.5)})
    leaders.fall(world, parameters(**PAR), record, KEY, 2, 0, heir)
    return cartel, [kind for (kind,) in logged(record, "kind")]


def test_without_a_fate_nothing_happens(fix_draws) -> None:
    cartel, kinds = fallen(fix_draws)
    assert kinds == []
    assert (cartel.captive, cartel.cohesion, cartel.leader_age) == (1, 0.5, 0.0)
    assert (cartel.anger, cartel.ailing) == (0.0, 0)


@pytest.mark.parametrize(
    ("custody", "kind", "cohesion", "anger"),
    [
        (Custody.EXTRADITED, EventKind.EXTRADITED, 0.5, 1.0),
        (Custody.ESCAPED, EventKind.ESCAPED, 0.6, 0.25),
    ],
)
def test_an_extradition_angers_and_an_escape_rallies(
    fix_draws, custody, kind, cohesion, anger
) -> None:
    cartel, kinds = fallen(fix_draws, custody=custody, anger=0.25)
    assert kinds == [kind]
    assert cartel.captive == 0
    assert (cartel.cohesion, cartel.anger) == approx((cohesion, anger))


def test_a_leader_released_is_emboldened(fix_draws) -> None:
    cartel, kinds = fallen(fix_draws, Fate.RELEASED, boldness=0.5)
    assert kinds == [EventKind.RELEASED]
    assert (cartel.boldness, cartel.cohesion) == approx((1.5, 0.6))


@pytest.mark.parametrize(
    ("overlap", "boldness"),
    [((0.0, 0.0), (0.0, 0.0)), ((0.2, 0.0), (0.4, 0.0)), ((1.0, 0.1), (0.4, 0.4))],
)
def test_a_release_encourages_those_who_share_ground(fix_draws, overlap, boldness) -> None:
    """By less than the cartel itself, whether they are allies or rivals; it is read as weakness."""
    world = country([[50, 30, 20]])
    world.relations.overlap[0, 1:3] = overlap
    world.relations[0, 1].stance = ALLIED
    world.cartels[0].fate = Fate.RELEASED
    fix_draws(leaders, {})
    leaders.fall(world, parameters(**PAR), empty_log(world), KEY, 2, 0, Heir.DRAWN)
    assert world.cartels.boldness[:3].tolist() == approx([1.0, *boldness])


# --- fall: an ill leader -------------------------------------------------------------------
def test_an_ill_leader_stays_for_some_months(fix_draws) -> None:
    """The succession comes when he gives up; until then there is one event, that of his illness."""
    world = country([[100]])
    cartel, record = world.cartels[0], empty_log(world)
    cartel.cohesion, cartel.leader_age = 0.5, 70.0
    fix_draws(leaders, {HEIR: (0.49, 0.25, 0.99, 0.5)})
    weeks = []
    for week in range(6):
        cartel.fate = Fate.ILL if week == 1 else Fate.NOTHING
        leaders.fall(world, parameters(**PAR), record, KEY, week, 0, Heir.DRAWN)
        weeks.append(int(cartel.ailing))
    assert weeks == [0, 3, 2, 1, 0, 0]
    assert logged(record, "week", "kind") == [(1, EventKind.ILL), (4, EventKind.SUCCESSION)]
    assert cartel.leader_age == approx(35 + 20 * 0.25)


@pytest.mark.parametrize(
    ("heir", "kind"), [(Heir.CLEAR, EventKind.SUCCESSION), (Heir.NONE, EventKind.DISSOLVED)]
)
@pytest.mark.parametrize("remembered", [True, False])
def test_the_heir_of_an_ill_leader_is_as_the_event_says(fix_draws, heir, kind, remembered) -> None:
    """Also where he was ill already, by chance."""
    world = country([[49]])
    cartel, record = world.cartels[0], empty_log(world)
    cartel.cohesion = 0.5
    if not remembered:
        cartel.ailing, cartel.heir = 4, Heir.DRAWN
    cartel.fate = Fate.ILL
    fix_draws(leaders, {HEIR: (0.49 if heir == Heir.NONE else 0.99, 0.25, 0.99, 0.5)})
    for week in range(4):
        leaders.fall(world, parameters(**PAR), record, KEY, week, 0, heir if week == 0 else -1)
        cartel.fate = Fate.NOTHING
    assert logged(record, "week", "kind") == [(0, EventKind.ILL), (3, kind)]


def test_a_second_illness_does_not_prolong_the_first(fix_draws) -> None:
    cartel, kinds = fallen(fix_draws, Fate.ILL, ailing=3, heir=Heir.DRAWN)
    assert (kinds, cartel.ailing) == ([EventKind.ILL], 2)


def test_a_release_does_not_delay_a_succession(fix_draws) -> None:
    world = country([[100]])
    cartel, record = world.cartels[0], empty_log(world)
    cartel.fate, cartel.ailing, cartel.heir = Fate.RELEASED, 1, Heir.CLEAR
    fix_draws(leaders, {HEIR: (0.99, 0.25, 0.99, 0.5)})
    leaders.fall(world, parameters(**PAR), record, KEY, 2, 0, Heir.DRAWN)
    assert logged(record, "kind") == [(EventKind.SUCCESSION,), (EventKind.RELEASED,)]
    assert (cartel.ailing, cartel.boldness) == (0, 1.0)


@pytest.mark.parametrize("fate", [Fate.CAPTURED, Fate.KILLED])
def test_an_ill_leader_who_falls_is_succeeded_at_once(fix_draws, fate) -> None:
    cartel, kinds = fallen(fix_draws, fate, ailing=2)
    assert kinds[1:] == [EventKind.SUCCESSION]
    assert cartel.ailing == 0


def test_without_weeks_of_illness_the_succession_is_immediate(fix_draws) -> None:
    world = country([[100]])
    world.cartels[0].fate, world.cartels[0].cohesion = Fate.ILL, 0.5
    record = empty_log(world)
    fix_draws(leaders, {HEIR: (0.49, 0.25, 0.99, 0.5)})
    par = parameters(**{**PAR, "ailing_weeks": 0.0})
    leaders.fall(world, par, record, KEY, 2, 0, Heir.DRAWN)
    assert logged(record, "kind") == [(EventKind.ILL,), (EventKind.SUCCESSION,)]


@pytest.mark.parametrize(
    ("fate", "kind"),
    [(Fate.CAPTURED, EventKind.CAPTURED), (Fate.KILLED, EventKind.KILLED)],
)
def test_an_heir_takes_over_when_the_succession_is_clear(fix_draws, fate, kind) -> None:
    cartel, kinds = fallen(fix_draws, fate, u_heir=0.49, captive=0)
    assert kinds == [kind, EventKind.SUCCESSION]
    assert cartel.captive == (1 if fate == Fate.CAPTURED else 0)
    assert cartel.leader_age == approx(35 + 20 * 0.25)
    assert cartel.strife == approx(0.3 * (1 - 0.5))
    assert cartel.cohesion == 0.5


@pytest.mark.parametrize(
    ("heir", "u_heir", "clear"),
    [
        (Heir.DRAWN, 0.49, True),  # cohesion is 0.5
        (Heir.DRAWN, 0.51, False),
        (Heir.CLEAR, 0.99, True),
        (Heir.NONE, 0.0, False),
    ],
)
def test_a_cartel_too_small_to_split_dissolves_without_an_heir(
    fix_draws, heir, u_heir, clear
) -> None:
    cartel, kinds = fallen(fix_draws, Fate.KILLED, heir, u_heir, heads=49)
    assert kinds[1] == (EventKind.SUCCESSION if clear else EventKind.DISSOLVED)
    assert cartel.alive == (1 if clear else 0)
    assert cartel.strife == approx(0.15 if clear else 1.0)
    assert cartel.cohesion == approx(0.5 if clear else 0.5 * 0.6)


def test_dissolving_sets_the_gangs_adrift(fix_draws) -> None:
    world = country([[30]])
    add_gang(world, members=30, cartel=0)
    world.cartels[0].fate = Fate.KILLED
    fix_draws(leaders, {HEIR: (0.99, 0.5, 0.5, 0.5)})
    leaders.fall(world, parameters(**PAR), empty_log(world), KEY, 2, 0, Heir.NONE)
    assert (world.gangs[0].allegiance, world.gangs[0].tie) == (INDEPENDENT, 0)


# --- set_adrift ----------------------------------------------------------------------------
@pytest.mark.parametrize(("cartel", "members"), [(0, 30), (1, 30), (1, 5)])
def test_a_gang_adrift_remembers_whom_it_served(cartel, members) -> None:
    world = country([[60, 40]])
    gang = add_gang(world, members=members, cartel=cartel, loyalty=0.4)
    leaders.set_adrift(world, 0)
    assert (gang.allegiance, gang.joins, gang.tie) == (INDEPENDENT, INDEPENDENT, cartel)
    assert gang.loyalty == 0.0
    assert world.cartels[cartel].defected == members
    assert world.nation[0].local_joined == members


# --- dissolve ------------------------------------------------------------------------------
def test_a_cartel_that_dissolves_leaves_its_gangs_to_themselves() -> None:
    world = country([[60, 40]])
    for cartel in (0, 1, 0):
        add_gang(world, members=20, cartel=cartel)
    world.gangs[2].members = 0  # a free row keeps what it was
    record = empty_log(world)
    leaders.dissolve(world, record, 2, 0)
    assert [int(gang.allegiance) for gang in world.gangs[:3]] == [INDEPENDENT, 1, 0]
    assert world.cartels.alive[:2].tolist() == [0, 1]
    assert world.cartels.defected[:2].tolist() == [20, 0]
    columns = logged(record, "week", "kind", "place", "cartel", "other", "amount")
    alone = (2, EventKind.INDEPENDENT, 0, 0, -1, 20)
    assert columns == [alone, (2, EventKind.DISSOLVED, 0, 0, -1, 0)]


# --- split ---------------------------------------------------------------------------------
def splitting(fix_draws, follow=(0.1, 0.9), orphan=0.99, u_hostile=0.99, **changes: float):
    """Return the world and the log after cartel 0, with gangs of 30 and 60, has split.

    ``follow`` are the draws of its two gangs: they follow the faction below a lean of 0.4.
    """
    world = country([[30, 20, 20], [60, 0, 0]])
    add_gang(world, place=0, members=30, cartel=0, gang=1)
    add_gang(world, place=1, members=60, cartel=0, gang=2)
    add_front(world, 0, 1)
    par = parameters(**{**PAR, **changes})
    leaders.set_stance(world, par, 0, 0, 2, ALLIED)
    cartel, record = world.cartels[0], empty_log(world)
    cartel.treasury, cartel.toll, cartel.brutality = 200.0, 10.0, 0.5
    faction = int(leaders.cartel_id(cartel.id, 3, 0))
    drawn = {1 ^ faction: follow[0], 2 ^ faction: follow[1]}
    fix_draws(
        leaders,
        {
            HEIR: (0.0, 0.5, u_hostile, 0.75),
            LEAN: 0.5,  # a lean of 2 x 0.4 x 0.5
            FACTION: drawn.__getitem__,
            ORPHAN: orphan,
        },
    )
    leaders.split(world, par, record, KEY, 3, 0, 0)
    return world, record


def test_gangs_that_lean_to_the_faction_follow_it(fix_draws) -> None:
    world, record = splitting(fix_draws)
    assert [int(gang.allegiance) for gang in world.gangs[:2]] == [3, 0]
    new = world.cartels[3]
    assert (new.alive, new.home, new.founder, new.parent, new.founded) == (1, 0, 0, 0, 3)
    assert (world.cartels[0].split_out, new.split_in) == (30, 30)
    assert logged(record, "kind", "place", "cartel", "other", "amount")[0] == (
        EventKind.SPLIT, 0, 0, 3, 30,
    )  # fmt: skip


def test_nobody_is_used_to_the_faction(fix_draws) -> None:
    world, _ = splitting(fix_draws)
    # the parent had 30 of 70 and all of place 1; a lean of 0.4 takes its part
    assert world.presence.settled[:, 0].tolist() == approx([30 / 70 * 0.6, 0.6])
    assert world.presence.settled[:, 3].tolist() == [0.0, 0.0]


def test_alliances_lapse_and_enemies_are_the_enemies_of_both(fix_draws) -> None:
    world, _ = splitting(fix_draws)
    stance = world.relations.stance
    assert (stance[0, 1], stance[3, 1]) == (AT_WAR, AT_WAR)
    assert (stance[0, 2], stance[3, 2]) == (NEUTRAL, NEUTRAL)
    assert stance[0, 3] == NEUTRAL


@pytest.mark.parametrize(("u_hostile", "at_war_with"), [(0.49, [0, 1]), (0.51, [1])])
def test_heirs_may_declare_war_on_each_other(fix_draws, u_hostile, at_war_with) -> None:
    """So their fronts open for certain where both are strong, in the weeks that follow."""
    world, record = splitting(fix_draws, u_hostile=u_hostile, hostility_neutral=0.3)
    for other in range(3):
        hostile = other in at_war_with
        for pair in (world.relations[3, other], world.relations[other, 3]):
            assert pair.stance == (AT_WAR if hostile else NEUTRAL)
            assert (pair.declared, pair.since) == ((13 if hostile else -1), 3)
            assert pair.hostility == approx(0.3)  # that of neighbours; fronts carry the war
    wars = [
        event for event in logged(record, "kind", "cartel", "other") if event[0] == EventKind.WAR
    ]
    assert wars == [(EventKind.WAR, 3, other) for other in at_war_with]


def test_a_split_leaves_the_fronts_to_the_parent(fix_draws) -> None:
    world, _ = splitting(fix_draws)
    assert world.relations[0, 1].fronts == world.relations[1, 0].fronts == 1
    assert world.relations[3, 1].fronts == 0
    assert (world.fronts[0].one, world.fronts[0].other) == (0, 1)


def test_some_gangs_are_set_adrift(fix_draws) -> None:
    # a draw below 0.1 orphans a gang; then nobody is left to follow, and nothing happens
    world, record = splitting(fix_draws, orphan=0.09)
    assert [int(gang.allegiance) for gang in world.gangs[:2]] == [0, 0]
    assert logged(record, "kind") == []


def test_a_faction_that_nobody_follows_leaves_the_purse(fix_draws) -> None:
    world, record = splitting(fix_draws, follow=(0.41, 0.9))
    assert world.cartels[3].alive == 0
    assert (world.cartels[0].treasury, world.cartels[0].toll) == approx((200.0, 10.0))
    assert world.cartels[3].treasury == 0.0
    assert logged(record, "kind") == []


def test_a_faction_takes_its_share_of_the_purse(fix_draws) -> None:
    world, _ = splitting(fix_draws)
    old, new = world.cartels[0], world.cartels[3]
    assert (new.treasury, old.treasury) == approx((0.4 * 200, 0.6 * 200))
    assert (new.toll, old.toll) == approx((0.4 * 10, 0.6 * 10))
    assert new.brutality == approx(0.5 + 0.3 * (0.75 - 0.5))


# --- enter ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("home", "founder", "parent"), [(0, -1, -1), (1, 0, 0), (1, 0, 1)])
def test_a_new_cartel_has_its_descent_and_nothing_else(home, founder, parent) -> None:
    world = country([[60, 40], [0, 0]])
    row = leaders.enter(world, 99, 7, home, founder, parent)
    new = world.cartels[row]
    assert row == 2
    assert world.nation[0].cartel_rows == 3
    assert (new.id, new.alive, new.home, new.founder, new.parent) == (99, 1, home, founder, parent)
    assert (new.founded, new.cell_place, new.hire_place, new.treasury) == (7, -1, -1, 0.0)


def test_a_full_table_of_cartels_is_refused() -> None:
    world = country([[60]])
    world.nation[0].cartel_rows = len(world.cartels)
    with pytest.raises(RuntimeError, match="no free row for a cartel"):
        leaders.enter(world, 99, 7, 0, -1, -1)
