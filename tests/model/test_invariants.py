"""Every week, whatever the parameters: people are conserved and no quantity leaves its bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from plazas.model.events import BETWEEN_TWO, IN_A_STATE, SCHEDULED_WORDS
from plazas.model.levers import LEVERS, Policy
from plazas.model.parameters import declarations
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation
from plazas.model.world import (
    ACTIVE,
    AT_WAR,
    FREE_FRONT,
    INDEPENDENT,
    INFLOWS,
    LOCAL_INFLOWS,
    LOCAL_OUTFLOWS,
    NEUTRAL,
    OUTFLOWS,
    SILENT,
    World,
)

WEEKS = 30
UNIT = {  # fields in [0, 1]
    "places": (
        *("corruption", "gun_supply", "guns", "local_guns", "room", "local_hazard", "friction"),
        *("fear", "addiction", "exposed"),
    ),
    "gangs": ("arms", "loyalty"),
    "cartels": ("brutality", "franchise", "cohesion", "paid", "anger", "ground", "strife"),
    "presence": ("share", "standing", "contact", "hazard", "arrest", "force", "beaten"),
}
#: rows of others, -1 where there is none, worths, weeks before the run, logarithms, and what
#: loyalty drifts towards
MAY_BE_NEGATIVE = (
    *("primary", "allegiance", "tie", "joins", "parent", "founder", "stance", "pay", "since"),
    *("kept", "heir", "front", "front_free", "next", "declared", "opened", "changed", "heat"),
)


class Heads(NamedTuple):
    """Members by cartel row (K,), and of unaffiliated gangs, counted from the gangs."""

    cartels: np.ndarray
    local: int


def heads(world: World) -> Heads:
    gangs = np.asarray(world.gangs)
    serves = gangs["allegiance"] >= 0
    counts = np.bincount(
        gangs["allegiance"][serves], gangs["members"][serves], len(world.cartels)
    ).astype(np.int64)
    return Heads(counts, int(gangs["members"][~serves].sum()))


def balance(row: np.ndarray, inflows: tuple[str, ...], outflows: tuple[str, ...]) -> np.ndarray:
    """Return the members gained less those lost in a week."""
    return sum(row[name] for name in inflows) - sum(row[name] for name in outflows)


def broken(before: Heads, world: World) -> Iterator[str]:
    """Yield what is wrong with a world after a week that began with ``before``."""
    cartels, gangs, places = (np.asarray(t) for t in (world.cartels, world.gangs, world.places))
    living = gangs[gangs["members"] > 0]
    after = heads(world)
    expected = balance(cartels, INFLOWS, OUTFLOWS)
    expected[: len(before.cartels)] += before.cartels  # the table may have grown
    if np.any(expected != after.cartels):
        yield "ledger of cartels"
    if before.local + balance(world.nation[0], LOCAL_INFLOWS, LOCAL_OUTFLOWS) != after.local:
        yield "ledger of local gangs"

    allegiance = living["allegiance"]
    known = (allegiance >= INDEPENDENT) & (allegiance < world.nation[0].cartel_rows)
    if not known.all() or np.any(cartels["alive"][allegiance[allegiance >= 0]] != 1):
        yield "allegiance"
    if len(np.unique(living["id"])) != len(living):
        yield "ids of gangs"
    in_use = cartels[: world.nation[0].cartel_rows]
    if len(np.unique(in_use["id"])) != len(in_use):
        yield "ids of cartels"

    shares = world.presence["share"]
    present = world.presence["members"] > 0
    total = shares.sum(axis=1, where=present)
    if not np.allclose(total[present.any(axis=1)], 1.0, atol=1e-12):
        yield "shares"
    for name in ("stance", "hostility", "since", "fronts", "declared", "betrayed"):
        if not np.array_equal(world.relations[name], world.relations[name].T):
            yield f"relations.{name}"
    yield from broken_fronts(world)
    for name, rows in (("place", gangs), ("home", cartels), ("primary", places)):
        limit = len(cartels) if name == "primary" else len(places)
        if np.any(rows[name] >= limit):
            yield f"{name} in range"
    gone = np.flatnonzero((in_use["alive"] == 0) & (in_use["members"] == 0))
    if np.any(world.presence["members"][:, gone]) or np.any(world.presence["offer"][:, gone]):
        yield "presence of a cartel that has ended"
    for part, table in world._asdict().items():
        for name in table.dtype.names or ():
            values = table[name]
            if np.any(values < 0) and not name.endswith(("_place", *MAY_BE_NEGATIVE)):
                yield f"{part}.{name} negative"
            if not np.isfinite(values).all():
                yield f"{part}.{name} not finite"
            if name in UNIT.get(part, ()) and np.any(values > 1.0):
                yield f"{part}.{name} above one"


def chain(world: World, first: int) -> list[int]:
    """Return the rows of fronts of a list; a list that does not end is cut after its first lap."""
    rows: list[int] = []
    while first >= 0 and len(rows) <= len(world.fronts):
        rows.append(first)
        first = int(world.fronts["next"][first])
    return rows


def broken_fronts(world: World) -> Iterator[str]:
    """Yield what is wrong with the fronts and with what the cartels know of them."""
    table = np.asarray(world.fronts)
    used = int(world.nation[0].front_rows)
    lists = [chain(world, int(first)) for first in world.places["front"]]
    free = chain(world, int(world.nation[0].front_free))
    if sorted([f for rows in lists for f in rows] + free) != list(range(used)):
        yield "fronts: a row is in no list or in two"
        return
    if np.any(table["state"][used:] != FREE_FRONT) or np.any(table["state"][free] != FREE_FRONT):
        yield "fronts: a free row is in use"
    active = np.zeros(world.relations.shape, np.int64)
    for p, rows in enumerate(lists):
        pairs = [(int(table["one"][f]), int(table["other"][f])) for f in rows]
        if len(set(pairs)) < len(pairs) or any(one >= other for one, other in pairs):
            yield "fronts: a pair has two fronts in a place"
        if np.any(table["place"][rows] != p) or np.any(table["state"][rows] == FREE_FRONT):
            yield "fronts: a front is in the list of another place"
        for f, (one, other) in zip(rows, pairs, strict=True):
            active[one, other] += table["state"][f] == ACTIVE
    if not np.array_equal(world.relations["fronts"], active + active.T):
        yield "fronts: the active fronts of a pair"
    if np.any(world.relations["stance"][active > 0] != AT_WAR):
        yield "fronts: a pair that fights is not at war"


def parameter_changes() -> st.SearchStrategy[dict[str, float]]:
    """Draw values for some of the parameters, each within its declared range."""
    ranges = {name: (about.low, about.high) for name, about in declarations().items()}
    ranges["local_gangs"] = (ranges["local_gangs"][0], 300.0)  # as declared, but small worlds
    ranges["members_2010"] = (ranges["members_2010"][0], 1.2 * ranges["members_2010"][0])
    return st.fixed_dictionaries(
        {name: st.floats(*ranges.pop(name)) for name in ("local_gangs", "members_2010")},
        optional={name: st.floats(low, high) for name, (low, high) in ranges.items()},
    )


CARTELS = ("sinaloa", "zetas", "gulf", "cjng", "tijuana")
FIRST, LAST = date(2010, 1, 20), date(2010, 7, 1)


@st.composite
def policies(draw: st.DrawFn) -> tuple[Policy, ...]:
    """Draw levels of some levers for half a year, in a state or everywhere, aimed or not."""
    found = []
    for lever in draw(st.lists(st.sampled_from(LEVERS), unique=True, max_size=6)):
        level = draw(st.floats(lever.low, lever.high))
        states = draw(st.sampled_from([(), ("Jalisco",), ("Sinaloa", "Tamaulipas")]))
        aims = [(), ("cjng",), ("zetas", "gulf")] if lever.by_cartel else [()]
        aim = draw(st.sampled_from(aims))
        found.append(Policy(lever.name, level, FIRST, LAST, states=states, targets=aim))
    return tuple(found)


@st.composite
def events(draw: st.DrawFn) -> tuple[Event, ...]:
    """Draw some dated events."""
    found = []
    last = (LAST - FIRST).days // 7
    for week in draw(st.lists(st.integers(0, last), max_size=6, unique=True)):
        kind = draw(st.sampled_from(sorted(SCHEDULED_WORDS)))
        cartel, other = draw(st.permutations(CARTELS))[:2]
        on = FIRST + timedelta(weeks=week)
        state = "Jalisco" if kind in IN_A_STATE else ""
        other = other if kind in BETWEEN_TWO else ""
        found.append(Event(kind, on, cartel, other=other, state=state))
    return tuple(found)


@pytest.mark.attack
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # a failure is reported as found: shrinking is slow
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(changes=parameter_changes(), policies=policies(), events=events(), seed=st.integers(0, 9))
def test_no_week_breaks_an_invariant(small, changes, policies, events, seed) -> None:
    simulation = Simulation(small(WEEKS, changes, policies=policies, events=events), seed)
    for week in range(WEEKS):
        before = heads(simulation.world)
        simulation.run(1)
        assert list(broken(before, simulation.world)) == [], f"week {week}"
    weekly = simulation.record.weekly
    assert all(np.isfinite(weekly[name]).all() for name in weekly.dtype.names)
    assert by_front(simulation) == pytest.approx(weekly["killed_on_fronts"].sum())


def by_front(simulation: Simulation) -> float:
    """Return the deaths that the record has by front and month; a finished run has all months."""
    record = simulation.record
    return float(record.fronts["deaths"][: int(record.used[1])].sum())


def test_no_death_on_a_front_is_lost_when_fronts_come_and_go(small) -> None:
    """Fronts open, end by an event, with a cartel and by themselves, and their rows are reused."""
    brief = {
        "front_onset": 0.02, "front_silence": 0.2, "front_lasts": 0.0, "front_flare": 0.1,
        "front_forgotten": 26.0, "smallest_cartel": 3000.0, "giving_up": 0.2, "leader_hunt": 0.05,
        "heir_need": 2.0,
    }  # fmt: skip
    on = date(2010, 2, 1)
    held = Event("front_held", on, "sinaloa", other="zetas", state="Jalisco")
    ends = Event("front_ends", on + timedelta(weeks=8), "zetas", other="sinaloa", state="Jalisco")
    simulation = Simulation(small(60, brief, events=(held, ends)))
    for week in range(60):
        before = heads(simulation.world)
        simulation.run(1)
        assert list(broken(before, simulation.world)) == [], f"week {week}"
    kinds = set(simulation.results().events["kind"])
    assert kinds >= {"front_opens", "front_silent", "front_flares", "front_ends", "dissolved"}
    opened = len(simulation.results().events_of("front_opens"))
    assert simulation.world.nation[0].front_rows < opened  # rows are used again
    weekly = simulation.record.weekly["killed_on_fronts"]
    assert weekly.sum() > 100
    assert by_front(simulation) == pytest.approx(weekly.sum())
    # control: a death that is left out would be seen
    simulation.record.fronts["deaths"][0] += 1.0
    assert by_front(simulation) != pytest.approx(weekly.sum())


def test_a_cartel_that_ends_leaves_nothing_behind(small) -> None:
    fall = Event("killed", date(2010, 1, 29), "tijuana_breakaway", heir=False)
    alone = {"smallest_split": 2000.0, "giving_up": 0.0, "leader_hunt": 0.0, "ailing_weeks": 0.0}
    simulation = Simulation(small(8, alone, events=(fall,)))
    for _ in range(8):
        before = heads(simulation.world)
        simulation.run(1)
        assert list(broken(before, simulation.world)) == []
    ended = simulation.results().events_of("dissolved")
    assert list(ended["cartel"]) == ["tijuana_breakaway"]
    row = list(simulation.results().cartels["key"]).index("tijuana_breakaway")
    assert not np.any(simulation.world.presence["members"][:, row])
    simulation.world.presence["offer"][4, row] = 1.0
    assert "presence of a cartel that has ended" in list(broken(before, simulation.world))


# --- controls: the checker catches a world that has been tampered with ----------------------
def first_cell(world: World) -> int:
    return int(np.flatnonzero((world.gangs.members > 0) & (world.gangs.allegiance >= 0))[0])


def add_member(world: World) -> None:
    world.gangs.members[first_cell(world)] += 1


def add_local(world: World) -> None:
    local = (world.gangs.members > 0) & (world.gangs.allegiance < 0)
    world.gangs.members[np.flatnonzero(local)[0]] += 1


def forget_arrest(world: World) -> None:
    world.cartels.arrested[world.cartels.arrested.argmax()] -= 1


def serve_the_dead(world: World) -> None:
    world.cartels.alive[world.gangs.allegiance[first_cell(world)]] = 0


def serve_nobody(world: World) -> None:
    world.gangs.allegiance[first_cell(world)] = int(world.nation[0].cartel_rows)


def share_an_id(world: World) -> None:
    rows = np.flatnonzero(world.gangs.members > 0)
    world.gangs.id[rows[0]] = world.gangs.id[rows[1]]


def share_a_place_badly(world: World) -> None:
    p, k = np.argwhere(world.presence.members > 0)[0]
    world.presence.share[p, k] *= 0.9


def owe(world: World) -> None:
    world.cartels.treasury[0] = -1.0


def love_one_way(world: World) -> None:
    world.relations.stance[0, 1] = 1 - world.relations.stance[1, 0]


def arm_too_much(world: World) -> None:
    world.gangs.arms[first_cell(world)] = 1.01


def corrupt_too_much(world: World) -> None:
    world.places.corruption[3] = np.nan


def leave_the_country(world: World) -> None:
    world.gangs.place[first_cell(world)] = len(world.places)


def first_front(world: World, state: int = ACTIVE) -> int:
    return int(np.flatnonzero(world.fronts.state == state)[0])


def fight_uncounted(world: World) -> None:
    front = world.fronts[first_front(world)]
    for a, b in ((front.one, front.other), (front.other, front.one)):
        world.relations[a, b].fronts += 1


def fight_in_peace(world: World) -> None:
    front = world.fronts[first_front(world)]
    for a, b in ((front.one, front.other), (front.other, front.one)):
        world.relations[a, b].stance = NEUTRAL


def lose_a_front(world: World) -> None:
    place = world.places[world.fronts[first_front(world)].place]
    place.front = world.fronts[place.front].next


def list_a_front_twice(world: World) -> None:
    f = first_front(world)
    world.fronts[f].next = f


def move_a_front(world: World) -> None:
    world.fronts[first_front(world)].place += 1


def free_a_front(world: World) -> None:
    f = first_front(world, FREE_FRONT)
    world.fronts[f].state = SILENT


@pytest.mark.parametrize(
    ("tamper", "word"),
    [
        (add_member, "ledger of cartels"),
        (add_local, "ledger of local gangs"),
        (forget_arrest, "ledger of cartels"),
        (serve_the_dead, "allegiance"),
        (serve_nobody, "allegiance"),
        (share_an_id, "ids of gangs"),
        (share_a_place_badly, "shares"),
        (owe, "cartels.treasury negative"),
        (love_one_way, "relations.stance"),
        (arm_too_much, "gangs.arms above one"),
        (corrupt_too_much, "places.corruption not finite"),
        (leave_the_country, "place in range"),
        (fight_uncounted, "fronts: the active fronts of a pair"),
        (fight_in_peace, "fronts: a pair that fights is not at war"),
        (lose_a_front, "fronts: a row is in no list or in two"),
        (list_a_front_twice, "fronts: a row is in no list or in two"),
        (move_a_front, "fronts: a front is in the list of another place"),
        (free_a_front, "fronts: a free row is in use"),
    ],
)
def test_a_broken_world_is_caught(small, tamper: Callable[[World], None], word: str) -> None:
    scenario: Scenario = small(4)
    simulation = Simulation(scenario)
    simulation.run(3)
    before = heads(simulation.world)
    simulation.run(1)
    assert list(broken(before, simulation.world)) == []
    tamper(simulation.world)
    assert word in list(broken(before, simulation.world))
