"""Every lever: nothing at its baseline, only inside its window, with the sign it should have.

The runs are eager: whatever a lever acts on happens all the time, so that a few weeks of a small
country show it. Leaders that fall have heirs, so that no cartel splits unless a test says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pytest

from plazas.model.events import SCHEDULED_WORDS, EventKind
from plazas.model.levers import LEVERS, Lever, LeverError, Policy, find_lever
from plazas.model.record import grown as grown_record
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation
from plazas.model.structure import MONTH
from plazas.model.world import ALLIED, AT_WAR, NEUTRAL, World, copied, difference

EAGER = {
    "leader_hunt": 0.05,
    "operation_force": 50000.0,
    "heir_need": 0.0,
    "corruption_discount": 0.0,
    "extradition": 0.1,
    "escape": 0.05,
    "answer_rate": 1.0,
    "pressure_reference": 1e-4,
    "attack_success": 1.0,
    "threats_fade": 0.005,
    "giving_up": 0.0,
}
WEEKS, FIRST, STOP = 24, 8, 16
START = date(2010, 1, 1)
SOME_STATES = ("Jalisco", "Michoacán", "Sinaloa", "Tamaulipas")

#: the field in which a lever acts in the very week, before anything follows from it
DIRECT = {
    "arrests": "presence.arrest",
    "confrontation": "presence.force",
    "kingpin": "cartels.fate",
    "prevention": "places.pull",
    "rehabilitation": "places.rehabilitated",
    "southbound_guns": "places.guns",
    "anti_corruption": "places.corruption",
    "us_roundup": "presence.revenue",
    "extradition": "cartels.custody",
    "protection": "cartels.attack_kills",
    "tolerance": "presence.arrest",
    "focus": "presence.arrest",
    "drug_revenue": "presence.revenue",
    "force": "presence.force",
}
NAMES = [lever.name for lever in LEVERS]
AIMED = [lever.name for lever in LEVERS if lever.by_cartel]
Small = Callable[..., Scenario]


def day(week: int) -> date:
    return START + timedelta(weeks=week)


def policy(lever: str, level: float, first: int = FIRST, stop: int = STOP, **more: Any) -> Policy:
    return Policy(lever, level, day(first), day(stop), **more)


def eager(small: Small, *policies: Policy, events: tuple[Event, ...] = ()) -> Scenario:
    return small(WEEKS, EAGER, policies=policies, events=events)


def extremes(lever: Lever) -> list[float]:
    return [level for level in (lever.low, lever.high) if level != lever.baseline]


def imprison(world: World) -> None:
    """Put a former leader of every cartel in custody, for extradition to act on."""
    world.cartels.captive[: world.nation[0].cartel_rows] = 1


def at_start(scenario: Scenario, replicate: int = 0) -> Simulation:
    """Return a run about to enter the window, with captives."""
    simulation = Simulation(scenario, replicate=replicate)
    simulation.run(FIRST)
    imprison(simulation.world)
    return simulation


def carried_on(world: World, scenario: Scenario) -> Simulation:
    """Return a run of a scenario that goes on from a world."""
    simulation = Simulation(scenario)
    simulation.world = copied(world)
    simulation.record = grown_record(simulation.record, len(world.cartels), 0)
    return simulation


def direct(world: World, lever: str) -> np.ndarray:
    """Return the field in which a lever acts: (P,), (P, K) or (K,)."""
    part, field = DIRECT[lever].split(".")
    return np.asarray(getattr(world, part)[field])


def test_every_lever_is_tested() -> None:
    assert list(DIRECT) == NAMES
    assert {case.lever for case in RESPONSES} | {"focus"} == set(NAMES)


# --- placebo -------------------------------------------------------------------------------
@pytest.mark.parametrize("lever", LEVERS, ids=NAMES)
def test_a_lever_at_its_baseline_changes_no_bit(small: Small, lever: Lever) -> None:
    plain = Simulation(eager(small))
    plain.run()
    aims: list[dict[str, tuple[str, ...]]] = [{}, {"states": SOME_STATES}]
    if lever.by_cartel:
        aims += [{"targets": ("zetas",)}, {"targets": ("cjng",), "states": SOME_STATES}]
    for aim in aims:
        run = Simulation(eager(small, policy(lever.name, lever.baseline, 0, WEEKS, **aim)))
        run.run()
        assert difference(run.world, plain.world) is None
        for name, mine, others in zip(run.record._fields, run.record, plain.record, strict=True):
            assert mine.tobytes() == others.tobytes(), name


# --- window --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lever", "level"),
    [(lever, level) for lever in LEVERS for level in extremes(lever)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_lever_acts_in_its_window_alone(small: Small, lever: Lever, level: float) -> None:
    plain, run = at_start(eager(small)), at_start(eager(small, policy(lever.name, level)))
    assert difference(run.world, plain.world) is None
    assert run.record.weekly.tobytes() == plain.record.weekly.tobytes()

    rare = DIRECT[lever.name].startswith("cartels.")
    seen = False
    for _ in range(FIRST, STOP):
        plain.run(1)
        run.run(1)
        seen |= not np.array_equal(direct(run.world, lever.name), direct(plain.world, lever.name))
        if not rare:
            assert seen  # from the first week on
    assert seen

    imprison(run.world)
    unruled = carried_on(run.world, eager(small))
    ruled = carried_on(run.world, eager(small, policy(lever.name, level, stop=WEEKS)))
    still = False
    for _ in range(STOP, WEEKS):
        for simulation in (run, unruled, ruled):
            simulation.run(1)
        assert difference(run.world, unruled.world) is None
        now = direct(ruled.world, lever.name)
        still |= not np.array_equal(now, direct(unruled.world, lever.name))
    assert still  # a policy that had gone on would have been seen


# --- aim -----------------------------------------------------------------------------------
def first_week(small: Small, lever: str, replicate: int, **aim: Any) -> tuple[World, World]:
    """Return the worlds after one week at either end of a lever's range, from the same world."""
    split = (Event("split", day(FIRST - 2), "sinaloa"),)
    worlds = []
    for level in (find_lever(lever).low, find_lever(lever).high):
        scenario = eager(small, policy(lever, level, **aim), events=split)
        simulation = at_start(scenario, replicate)
        simulation.run(1)
        worlds.append(simulation.world)
    return worlds[0], worlds[1]


@pytest.mark.parametrize("lever", AIMED)
@pytest.mark.parametrize("target", ["sinaloa", "zetas"])
def test_a_lever_aimed_at_a_cartel_hits_it_and_its_factions_alone(
    small: Small, lever: str, target: str
) -> None:
    hit = set()
    for replicate in range(3):
        low, high = first_week(small, lever, replicate, targets=(target,))
        a, b = direct(low, lever), direct(high, lever)
        changed = (a != b).any(axis=0) if a.ndim == 2 else a != b
        hit |= set(np.flatnonzero(changed).tolist())
    rows = int(low.nation[0].cartel_rows)
    founders = eager(small).country.start.cartels
    aimed = [row.key for row in founders].index(target)
    family = {k for k in range(rows) if low.cartels.founder[k] == aimed}
    assert len(family) == (2 if target == "sinaloa" else 1)
    assert hit == family


@pytest.mark.parametrize("lever", NAMES)
def test_a_lever_for_some_states_acts_there_alone(small: Small, lever: str) -> None:
    hit = set()
    for replicate in range(3):
        low, high = first_week(small, lever, replicate, states=SOME_STATES)
        changed = np.flatnonzero((direct(low, lever) != direct(high, lever)).reshape(-1))
        if DIRECT[lever].startswith("presence"):
            where = changed // len(low.cartels)
        elif DIRECT[lever].startswith("places"):
            where = changed
        elif lever == "protection":
            where = low.cartels.attack_place[changed]
        else:  # leaders are hunted and held at home
            where = low.cartels.home[changed]
        hit |= set(where.tolist())
    states = {eager(small).country.geography.index(name) for name in SOME_STATES}
    if DIRECT[lever].startswith("cartels"):
        assert hit
        assert hit <= states
    else:
        assert hit == states


def test_only_some_levers_can_be_aimed_at_cartels() -> None:
    for lever in LEVERS:
        if lever.by_cartel:
            policy(lever.name, lever.baseline, targets=("zetas",))
        else:
            with pytest.raises(LeverError, match=f"{lever.name}: .*cannot be aimed"):
                policy(lever.name, lever.baseline, targets=("zetas",))


# --- response ------------------------------------------------------------------------------
Measure = Callable[[Simulation], float]


class Response(NamedTuple):
    """What a week must show more of (sign 1) or less of (-1) as a lever rises."""

    lever: str
    levels: tuple[float, float, float]  # with the baseline first or in the middle
    sign: int
    measure: Measure
    targets: tuple[str, ...] = ()


def series(name: str) -> Measure:
    return lambda run: float(run.record.weekly[name][run.week - 1])


def happened(*kinds: EventKind, amount: int = 0) -> Measure:
    """Return how many events of some kinds a week had, of at least an amount."""

    def count(run: Simulation) -> float:
        events = run.record.events[: int(run.record.used[0])]
        now = (events["week"] == run.week - 1) & (events["amount"] >= amount)
        return float((now & np.isin(events["kind"], kinds)).sum())

    return count


def mean_arms(run: Simulation) -> float:
    living = run.world.cartels.alive == 1
    return float(run.world.cartels.strength[living].sum() / run.world.nation[0].members)


def revenue(run: Simulation) -> float:
    return float(run.world.cartels.revenue[run.world.cartels.alive == 1].sum())


def revenue_of_first(run: Simulation) -> float:
    return float(run.world.cartels.revenue[0])


def treasury_of_first(run: Simulation) -> float:
    return float(run.world.cartels.treasury[0])


def patients(run: Simulation) -> float:
    return float(run.world.places.patients.sum())


FALLS = happened(EventKind.CAPTURED, EventKind.KILLED)
RESPONSES = (
    Response("arrests", (0.0, 1.0, 3.0), 1, series("arrests")),
    Response("confrontation", (0.0, 1.0, 4.0), 1, series("killed_by_forces")),
    Response("kingpin", (0.0, 1.0, 5.0), 1, FALLS),
    Response("prevention", (0.0, 10.0, 60.0), -1, series("recruits")),
    Response("rehabilitation", (0.0, 0.002, 0.01), 1, series("left")),
    Response("rehabilitation", (0.0, 0.002, 0.01), 1, patients),
    Response("southbound_guns", (0.3, 1.0, 2.0), 1, mean_arms),
    Response("anti_corruption", (0.0, 0.5, 1.0), -1, series("corruption")),
    Response("us_roundup", (0.0, 0.3, 0.9), -1, revenue_of_first, ("sinaloa",)),
    Response("us_roundup", (0.0, 0.3, 0.9), -1, treasury_of_first, ("sinaloa",)),
    Response("extradition", (0.0, 1.0, 5.0), 1, happened(EventKind.EXTRADITED)),
    Response("extradition", (0.0, 1.0, 5.0), -1, happened(EventKind.ESCAPED)),
    Response("protection", (0.0, 0.5, 1.0), -1, happened(EventKind.ATTACK, amount=1)),
    Response("protection", (0.0, 0.5, 1.0), -1, series("officials_attacked")),  # deterred
    Response("tolerance", (0.0, 0.5, 1.0), -1, series("arrests")),
    Response("tolerance", (0.0, 0.5, 1.0), -1, series("killed_by_forces")),
    Response("tolerance", (0.0, 0.5, 1.0), -1, FALLS),
    Response("drug_revenue", (0.5, 1.0, 2.0), 1, revenue),
    Response("force", (0.5, 1.0, 2.0), 1, series("arrests")),
    Response("force", (0.5, 1.0, 2.0), 1, series("killed_by_forces")),
)


@pytest.mark.parametrize("case", RESPONSES, ids=lambda case: case.lever)
def test_the_response_is_monotone_with_the_right_sign(small: Small, case: Response) -> None:
    assert find_lever(case.lever).baseline in case.levels[:2]
    totals = np.zeros((3, 3))  # level, replicate
    for i, level in enumerate(case.levels):
        scenario = eager(small, policy(case.lever, level, stop=WEEKS, targets=case.targets))
        for replicate in range(3):
            run = at_start(scenario, replicate)
            for _ in range(FIRST, WEEKS):
                run.run(1)
                totals[i, replicate] += case.measure(run)
    steps = case.sign * np.diff(totals.sum(axis=1))
    assert (steps > 0.0).all(), totals
    assert (case.sign * (totals[2] - totals[0]) > 0.0).all(), totals


def test_focus_moves_arrests_to_the_most_violent(small: Small) -> None:
    for replicate in range(3):
        expected, total = [], []
        for share in (0.0, 0.5, 1.0):
            run = at_start(eager(small, policy("focus", share)), replicate)
            run.run(1)
            world = run.world
            heads = world.presence.members * (world.presence.members > 0)
            by_cartel = (heads * world.presence.arrest).sum(axis=0)
            total.append(by_cartel.sum())
            expected.append(by_cartel / by_cartel.sum())
        started = at_start(eager(small), replicate).world.cartels
        violence = started.toll / np.maximum(1, started.members)
        most, least = int(violence.argmax()), int(np.where(heads.any(0), violence, np.inf).argmin())
        assert (np.diff([shares[most] for shares in expected]) > 0.0).all()
        assert (np.diff([shares[least] for shares in expected]) < 0.0).all()
        # Arrests move; that there are somewhat more or fewer is the force where violence is.
        assert total == pytest.approx([total[0]] * 3, rel=0.25)


# --- cost ----------------------------------------------------------------------------------
def test_a_policy_costs_what_it_says_while_in_force(small: Small) -> None:
    scenario = small(
        12,
        policies=(
            policy("arrests", 2.0, 2, 6, cost=1.25),
            Policy("force", 1.5, day(3) + timedelta(days=1), day(9), cost=0.1),
            policy("kingpin", 2.0, 5, 12, states=("Jalisco",), targets=("cjng",), cost=40.0),
        ),
    )
    run = Simulation(scenario)
    run.run()
    a, b, c = 1250.0, 100.0, 40000.0  # thousand USD a week
    expected = [0, 0, a, a, a + b, a + b + c, b + c, b + c, b + c, c, c, c]
    assert run.record.weekly["policy_cost"].tolist() == expected


# --- dated events --------------------------------------------------------------------------
#: nothing about leaders and relations happens by chance
CALM = {
    "leader_hunt": 0.0,
    "illness": 0.0,
    "extradition": 0.0,
    "escape": 0.0,
    "ailing_weeks": 0.0,
    "giving_up": 0.0,
    "burn_in": 4.0,
    "war_memory": 26.0,
    "war_declared": 10.0,
    "front_onset": 0.0,
    "front_silence": 0.0,
    "front_flare": 0.0,
    "front_flare_late": 0.0,
    "alliance_onset": 0.0,
    "betrayal": 0.0,
    "split_hostile": 0.0,
    "smallest_split": 2000.0,
    "emergence": 0.0,
    "smallest_rise": 20.0,
    "federates": 1.0,
}
EVERYDAY = (
    *("absorbed", "independent", "cell", "hired", "flip"),
    *("attack", "bribe", "threat", "centre_attack"),
    *("front_opens", "front_silent", "front_flares", "front_ends"),
)


def happenings(run: Simulation) -> list[tuple[int, str, str, str]]:
    """Return week, kind, cartel and other ('' for none) of what is no everyday event."""
    keys = [*run.results().cartels["key"], ""]
    found = []
    for event in run.record.events[: int(run.record.used[0])]:
        kind = EventKind(event.kind).name.lower()
        if kind not in EVERYDAY:
            found.append((int(event.week), kind, keys[event.cartel], keys[event.other]))
    return found


def on_fronts(run: Simulation, pair: set[str], state: str) -> list[tuple[int, str]]:
    """Return week and kind of what happened on the front of two cartels in a state."""
    keys, place = [*run.results().cartels["key"], ""], run.scenario.country.geography.index(state)
    events = run.record.events[: int(run.record.used[0])]
    return [
        (int(event.week), EventKind(event.kind).name.lower())
        for event in events
        if EventKind(event.kind).name.startswith("FRONT_")
        if event.place == place and {keys[event.cartel], keys[event.other]} == pair
    ]


def end_without_a_front(run: Simulation) -> list[tuple[int, str, str, str]]:
    """Return the wars of the start that end at the first review: the two fight nowhere."""
    keys = [row.key for row in run.scenario.country.start.cartels]
    relations = run.world.relations
    return [
        (MONTH - 1, "peace", keys[i], keys[j])
        for i in range(len(keys))
        for j in range(i)
        if relations[i, j].stance == AT_WAR and relations[i, j].fronts == 0
    ]


def inherited(run: Simulation, key: str) -> list[str]:
    """Return with whom a cartel is at war, and so is a faction that breaks away from it."""
    keys = [row.key for row in run.scenario.country.start.cartels]
    stance = run.world.relations.stance[keys.index(key), : len(keys)]
    return [other for other, how in zip(keys, stance, strict=True) if how == AT_WAR]


def test_every_kind_of_event_happens_in_its_week(small: Small) -> None:
    events = (
        Event("captured", day(2), "zetas", heir=True),
        Event("killed", day(3) - timedelta(days=6), "gulf", heir=False),
        Event("ill", day(4), "tijuana", heir=True),
        Event("released", day(5), "sinaloa"),
        Event("escaped", day(6), "zetas"),
        Event("captured", day(7) - timedelta(days=1), "zetas", heir=True),
        Event("extradited", day(8), "zetas"),
        Event("split", day(9), "sinaloa"),
        Event("war", day(10), "cjng", other="tijuana"),
        Event("front_opens", day(11), "sinaloa", other="bl_south", state="Guerrero"),
        Event("peace", day(12), "tijuana", other="cjng"),
        Event("front_held", day(13), "bl_south", other="sinaloa", state="Guerrero"),
        Event("alliance", day(14), "cjng", other="tijuana"),
        Event("front_ends", day(15), "bl_south", other="sinaloa", state="Guerrero"),
        Event("captured", day(16), "la_resistencia", heir=False),  # too small to split
        Event("extradited", day(17), "zetas"),  # nobody in custody: a relative of the leader
        Event("war", day(18), "cjng", other="la_resistencia"),  # which is no more
        Event("rise", day(20), "cjng", state="Jalisco"),
        Event("rise", day(21), "la_resistencia", state="Colima"),  # against one that is no more
    )
    assert {event.kind for event in events} == set(SCHEDULED_WORDS)
    run = Simulation(small(WEEKS, {**CALM, "ailing_weeks": 6.0}, events=events))
    keys = [row.key for row in run.scenario.country.start.cartels]
    between = run.world.relations[keys.index("cjng"), keys.index("tijuana")]
    assert between.stance == NEUTRAL
    ended = end_without_a_front(run)
    assert (3, "peace", "cjng", "zetas") in ended
    gulfs, sinaloas = (inherited(run, key) for key in ("gulf", "sinaloa"))
    assert gulfs == ["zetas"] and len(sinaloas) > 1
    assert all("sinaloa" not in event for event in ended)
    stances = []
    for _ in range(WEEKS):
        run.run(1)
        stances.append(int(run.world.relations.stance[keys.index("tijuana"), keys.index("cjng")]))
    assert happenings(run) == [
        (2, "captured", "zetas", ""),
        (2, "succession", "zetas", ""),
        (3, "killed", "gulf", ""),
        (3, "split", "gulf", "gulf/2"),
        *((3, "war", "gulf/2", enemy) for enemy in gulfs),
        *ended,
        (4, "ill", "tijuana", ""),
        (5, "released", "sinaloa", ""),
        (6, "escaped", "zetas", ""),
        (7, "captured", "zetas", ""),
        (7, "succession", "zetas", ""),
        (8, "extradited", "zetas", ""),
        (9, "split", "sinaloa", "sinaloa/2"),
        *((9, "war", "sinaloa/2", enemy) for enemy in sinaloas),
        (10, "succession", "tijuana", ""),  # when the ill leader gives up
        (10, "war", "cjng", "tijuana"),
        (11, "war", "sinaloa", "bl_south"),
        (12, "peace", "tijuana", "cjng"),
        (14, "alliance", "cjng", "tijuana"),
        (16, "captured", "la_resistencia", ""),
        (16, "dissolved", "la_resistencia", ""),
        (17, "extradited", "zetas", ""),
        (20, "rise", "jal-1", "cjng"),
        (20, "war", "jal-1", "cjng"),
    ]
    assert stances == [NEUTRAL] * 10 + [AT_WAR] * 2 + [NEUTRAL] * 2 + [ALLIED] * 10
    assert on_fronts(run, {"sinaloa", "bl_south"}, "Guerrero") == [
        (11, "front_opens"),
        (15, "front_silent"),  # nothing happens while it is held
        (15, "front_ends"),
    ]
    calm = Simulation(small(WEEKS, CALM))
    ended = end_without_a_front(calm)
    calm.run()
    assert happenings(calm) == ended
    assert on_fronts(calm, {"sinaloa", "bl_south"}, "Guerrero") == []


@pytest.mark.parametrize("kind", ["front_opens", "front_held"])
def test_a_held_front_stays_and_another_falls_silent(small: Small, kind: str) -> None:
    """Where every front falls silent within months unless a scenario holds it."""
    event = Event(kind, day(2), "sinaloa", other="bl_south", state="Guerrero")
    brief = {**CALM, "front_silence": 0.2, "front_lasts": 0.0}
    for replicate in range(3):
        run = Simulation(small(52, brief, events=(event,)), replicate=replicate)
        run.run()
        happened = [what for _, what in on_fronts(run, {"sinaloa", "bl_south"}, "Guerrero")]
        silent = [] if kind == "front_held" else ["front_silent"]
        assert happened == ["front_opens", *silent]


def test_a_dated_peace_silences_the_fronts_of_two_and_a_war_reaches_them_again(
    small: Small,
) -> None:
    events = (
        Event("peace", day(2), "zetas", other="gulf"),
        Event("war", day(9), "gulf", other="zetas"),
    )
    run = Simulation(small(WEEKS, CALM, events=events))
    keys = [row.key for row in run.scenario.country.start.cartels]
    pair = run.world.relations[keys.index("zetas"), keys.index("gulf")]
    before = int(pair.fronts)
    assert before > 5
    fronts = []
    for _ in range(WEEKS):
        run.run(1)
        pair = run.world.relations[keys.index("zetas"), keys.index("gulf")]
        fronts.append(int(pair.fronts))
    assert fronts[:2] == [before] * 2
    assert fronts[2:9] == [0] * 7
    assert fronts[12] > 0.7 * before  # all places have been reviewed
    at = on_fronts(run, {"zetas", "gulf"}, "Tamaulipas")
    assert [what for _, what in at] == ["front_silent", "front_flares"]
    assert at[0][0] == 2
    assert 9 <= at[1][0] <= 12


@pytest.mark.parametrize("kind", ["captured", "killed", "ill"])
@pytest.mark.parametrize(
    ("heir", "heir_need", "then"),
    [
        (True, 2.0, "succession"),  # chance alone would hardly give an heir
        (False, 0.0, "split"),  # and here always
        (None, 0.0, "succession"),
    ],
)
def test_an_heir_is_as_the_event_says(
    small: Small, kind: str, heir: bool | None, heir_need: float, then: str
) -> None:
    event = Event(kind, day(3), "zetas", heir=heir)
    for replicate in range(3):
        changes = {**CALM, "heir_need": heir_need}
        run = Simulation(small(6, changes, events=(event,)), replicate=replicate)
        run.run()
        started = Simulation(run.scenario, replicate=replicate)
        enemies, ended = inherited(started, "zetas"), end_without_a_front(started)
        found = [(week, what, cartel) for week, what, cartel, _ in happenings(run)]
        assert found[:2] == [(3, kind, "zetas"), (3, then, "zetas")]
        wars = []
        if then == "split":  # the wars of a cartel that splits count from then on
            wars = [(3, "war", "zetas/2")] * len(enemies)
            ended = [event for event in ended if "zetas" not in event]
        assert found[2:] == wars + [(week, what, cartel) for week, what, cartel, _ in ended]


def test_without_a_word_about_the_heir_cohesion_decides(small: Small) -> None:
    event = Event("captured", day(3), "zetas")
    endings = set()
    for replicate in range(12):
        run = Simulation(small(6, CALM, events=(event,)), replicate=replicate)
        run.run()
        endings.add(happenings(run)[1][1])
    assert endings == {"succession", "split"}
