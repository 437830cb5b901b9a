"""The state of the world as arrays of records: the nation, places, gangs, cartels and relations.

One record is one row. So a rule reads and writes ``gang.members`` whether it is compiled or not,
and an agent is a view of one row. There are P places, K cartel rows and G gang rows. A gang row is
free when it has no members. A cartel row is never used again, so it identifies one cartel for the
whole run.
"""

import functools
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, get_type_hints

import numpy as np

F: TypeAlias = np.float64
I: TypeAlias = np.int64  # noqa: E741 - the integer twin of F
U: TypeAlias = np.uint64
Short: TypeAlias = np.int32
Shorter: TypeAlias = np.int16
Row: TypeAlias = np.uint32  # never negative: numba need not test whether it counts from the end
Rows: TypeAlias = Any  # a numpy.recarray of one of the records below

INDEPENDENT = -1
ALLIED, NEUTRAL, AT_WAR = 1, 0, -1
LOCAL, FOUNDED = 0, 1  # origin of a gang
FORMED, DIVIDED, CELL, INITIAL = 0, 1, 2, 3  # how a gang came to be: part of its id
CELLS, UNAFFILIATED, OVERSIZED, FREE = 0, 1, 2, 3  # lists of gangs, rows of World.rolls
FREE_FRONT, ACTIVE, SILENT = 0, 1, 2  # state of a front


class Nation:
    """The one record of what is counted for the whole country."""

    week: I  #: next week to run
    gang_rows: I  #: rows of gangs in use, including free ones
    cartel_rows: I  #: rows of cartels in use
    front_rows: I  #: rows of fronts in use, including free ones
    front_free: I  #: first free row of fronts, -1 where there is none
    living: I  #: cartels alive
    # how many gangs each list of World.rolls names
    cells: I  #: gangs of cartels whose turn it is this week
    unaffiliated: I  #: unaffiliated gangs whose turn it is
    oversized: I  #: gangs of both kinds that are to divide at the week's end
    free: I  #: rows without a gang at the week's start
    reused: I  #: how many of those rows new gangs have taken
    gangs: I  #: number of gangs
    members: I  #: members of cartels at the week's start
    guarded: F  #: members times force, summed over places
    brutality: F  #: of cartels, mean over members
    toll: F  #: members killed a week, moving average
    population: F  #: inhabitants of all places
    # values of the week for gangs that take stock
    short_lived: F  #: chance that an unaffiliated one disbands
    alone: F  #: weight of independence
    old_friend: F  #: factor on the offer of the cartel it served before
    # members of unaffiliated gangs, in (the first two) and out this week
    local_recruited: I
    local_joined: I  #: with gangs that left a cartel
    local_killed: I
    local_arrested: I
    local_left: I
    local_defected: I  #: with gangs that a cartel absorbed


class Place:
    """A place: what is fixed, what changes, the week's chances and outcomes."""

    population: F  #: inhabitants
    at_risk: F  #: at-risk youths
    need: F  #: at-risk youths among young men, relative to the reference
    trafficking: F  #: share of the revenue from the United States, sums to 1
    overseas: F  #: share of the revenue from overseas, sums to 1
    racket: F  #: share of the racket revenue, sums to 1
    background: F  #: non-cartel homicides a week
    force: F  #: security force, 1 = average per inhabitant
    gun_supply: F  #: arms a cartel can reach there, 0..1
    reach_first: I  #: where its neighbours and ends of routes begin in World.reach
    reach_last: I  #: and where they end (not included)
    corruption: F  #: 0..1
    fear: F  #: of threats and attacks, fades; lowers enforcement
    addiction: F  #: 0..1
    patients: F  #: persons in rehabilitation through a programme
    stakes: F  #: factor on fronts from what the place yields a head, 1 at the nation's mean
    front: I  #: first front there, -1 where there is none
    primary: I  #: cartel with most members, -1 where none
    # totals at the week's start
    members: I  #: members of cartels
    local_members: I  #: members of unaffiliated gangs
    local_gangs: I  #: unaffiliated gangs
    local_strength: F  #: members of unaffiliated gangs times their arms
    here: I  #: number of cartels with members there; as many Presence.listed name them
    room: F  #: share of the at-risk youths not yet in a gang
    # chances and rates of the week
    friction: F  #: how much rivals contest it, 1 = two equal groups at open war
    crackdown: F  #: weekly chance of arrest or of death by the forces for a member
    pull: F  #: recruitment left after room and prevention
    rehabilitated: F  #: weekly chance of leaving through a programme
    returning: F  #: recruits a member and week among those who leave a programme
    exposed: F  #: weekly chance of an attack on a rehabilitation centre
    guns: F  #: arms that money can buy this week, 0..1
    local_guns: F  #: arms that reach unaffiliated gangs, 0..1
    offers: F  #: sum of the weights of all offers made to gangs
    local_hazard: F  #: weekly chance of death of an unaffiliated gang's member
    # outcomes of the week
    killed_by_rivals: I  #: members of cartels and of unaffiliated gangs
    killed_by_forces: I  #: members of cartels killed by the armed forces
    bystanders: I  #: others killed with them
    ordinary: I  #: background homicides
    officials: I  #: officials killed
    patients_killed: I  #: killed in an attack on a rehabilitation centre
    arrested: I  #: members of cartels arrested
    formed: I  #: gangs begun so this week
    divided: I
    cells: I


class Gang:
    """A gang: unaffiliated, or a unit of one cartel.

    There are many gangs and every week reads them all, so a row is kept to 64 bytes, a line of the
    processor's cache.
    """

    id: U  #: place, week, how it came to be, ordinal
    arms: F  #: 0..1
    loyalty: F  #: 0..1
    place: Row
    members: Short
    allegiance: Shorter  #: cartel row or INDEPENDENT
    joins: Shorter  #: the allegiance that it decided on this week
    tie: Shorter  #: the cartel it served before, or INDEPENDENT
    origin: Shorter  #: LOCAL or FOUNDED by a cartel
    founded: Short  #: week
    # flows of its last turn, which lasts four weeks (a cartel's gang) or a quarter
    recruited: Short
    left: Short
    killed_by_rivals: Short
    killed_by_forces: Short
    arrested: Short


class Cartel:
    """A cartel: who it is, what it has, what it decided this week."""

    id: U
    alive: I  #: 1 or 0
    home: I  #: place
    founder: I  #: the cartel of the start from which it descends, -1 where it rose from local gangs
    parent: I  #: the cartel it split from, -1 where there is none
    founded: I  #: week
    treasury: F  #: thousand USD
    brutality: F  #: 0..1
    franchise: F  #: 0..1
    cohesion: F  #: 0..1
    boldness: F  #: rises when an operation fails, fades
    strife: F  #: 1 when the leader has just fallen without an heir, fades
    anger: F  #: 1 when its leader has just been extradited, fades
    threats: F  #: threats to officials, fade
    ailing: I  #: weeks until an ill leader gives up, 0 while he is well
    heir: I  #: of an ill leader: a `Heir`
    leader_age: F  #: years
    captive: I  #: 1 while a former leader is in custody at home
    toll: F  #: members killed a week in its wars, moving average
    listed: I  #: row a of this column holds the a-th living cartel
    # what its gangs can expect this week, from last week's purse
    appeal: F  #: recruits a member, before room and prevention
    leaving: F  #: weekly chance that a member leaves
    pay: F  #: utility of its pay in an offer
    bond: F  #: loyalty it keeps at home
    armed: F  #: share of the guns it wanted that it could pay for
    # decisions of the week
    fate: I  #: of its leader: a `Fate`
    custody: I  #: of its captive: a `Custody`
    cell_place: I  #: where it founds a cell, -1 nowhere
    hire_place: I  #: where it hires a gang, -1 nowhere
    bribe_place: I  #: where it buys an official, -1 nowhere
    attack_place: I  #: where it attacks an official, -1 nowhere
    attack_kills: I  #: 1 when the official dies
    attack_hired: I  #: 1 when a hired gang attacks
    threat_place: I  #: where it threatens an official, -1 nowhere
    # totals and outcomes of the week
    members: I
    strength: F  #: members times arms
    places: I  #: places where it has members
    ground: F  #: its largest share of a place
    revenue: F  #: thousand USD
    us_revenue: F  #: thousand USD from drugs sold in the United States
    overseas_revenue: F  #: thousand USD from drugs sold overseas
    paid: F  #: share of wages paid
    prosperity: F  #: revenue a member against the reference
    supplied: F  #: share of the guns wanted that it paid for
    pressure: F  #: weekly chance of arrest or of death by the forces for a member
    spending: F  #: thousand USD spent on guns, gangs, cells, attacks
    # members in (the first three) and out this week
    recruited: I
    joined: I
    split_in: I
    killed_by_rivals: I
    killed_by_forces: I
    arrested: I
    left: I
    defected: I
    split_out: I


class Presence:
    """A cartel in a place: this week's totals and chances. Rows are (place, cartel)."""

    members: I
    strength: F  #: members times arms
    share: F  #: of the place's cartel members
    standing: F  #: share there, the discounted best share next door, or contact
    contact: F  #: standing that a hired gang gave it, fades
    settled: F  #: share that the others there expect: a moving average of a year
    revenue: F  #: thousand USD this week
    us_revenue: F  #: of it, from drugs sold in the United States
    overseas_revenue: F  #: of it, from drugs sold overseas
    shots: F  #: its fire on rivals: share times lethality
    fought: F  #: deaths expected this week on its fronts, on both sides
    beaten: F  #: by how much the strongest enemy on a front exceeds its share, 0..1
    victor: I  #: row of that enemy; of no meaning where beaten is 0
    # values of the week for its gangs there, kept together because each of them reads all
    appeal: F  #: recruits a member and week
    leaving: F  #: weekly chance that a member leaves
    hazard: F  #: weekly chance that rivals kill a member
    arrest: F  #: weekly chance of arrest
    force: F  #: weekly chance of death by the armed forces
    kept: F  #: loyalty it keeps in a gang without losses; below 0 it keeps none
    guns: F  #: arms that money can buy there, 0..1
    rearming: F  #: share of what arms a gang lacks that it gets
    offer: F  #: weight of its offer to gangs there, 0 where it makes none
    hired: I  #: members of gangs hired to attack it this week
    hiring: I  #: the same for next week
    listed: I  #: row (p, h) of this column holds the h-th cartel in place p


class Relation:
    """A cartel's relation to another one; the table of stances is symmetric."""

    stance: I  #: ALLIED, NEUTRAL or AT_WAR
    hostility: F  #: S in the war rule
    since: I  #: week of the last change
    fronts: I  #: active fronts between the two
    declared: I  #: last week in which a declared war opens fronts
    betrayed: I  #: 1 where the two were allies before
    overlap: F  #: share of the larger's ground that the two contest, 0..1


class Front:
    """A front: two cartels that fight, or have fought, in a place."""

    place: I
    one: I  #: cartel row, the lower of the two
    other: I
    state: I  #: FREE_FRONT, ACTIVE or SILENT
    held: I  #: 1 while a scenario keeps it active
    opened: I  #: week
    changed: I  #: week in which it last became active or silent
    heat: F  #: logarithm of its intensity, relative to the usual one
    now: F  #: members expected to be killed on it this week, both sides
    deaths: F  #: the same since it opened
    month: F  #: the same in the month of its last fight
    recent: F  #: deaths a year as a count from news would give them, moving average
    next: I  #: next front in the place, or next free row; -1 where there is none


INFLOWS = ("recruited", "joined", "split_in")
OUTFLOWS = (
    "killed_by_rivals", "killed_by_forces", "arrested", "left", "defected", "split_out",
)  # fmt: skip
LOCAL_INFLOWS = ("local_recruited", "local_joined")
LOCAL_OUTFLOWS = ("local_killed", "local_arrested", "local_left", "local_defected")


class World(NamedTuple):
    """Everything that a week reads and writes, except the record."""

    nation: Rows  #: (1,) Nation
    places: Rows  #: (P,) Place
    reach: Rows  #: neighbours and ends of routes, place after place
    gangs: Rows  #: (G,) Gang
    rolls: Rows  #: (4, G) gang rows of each list: CELLS, UNAFFILIATED, OVERSIZED, FREE
    cartels: Rows  #: (K,) Cartel
    presence: Rows  #: (P, K) Presence
    relations: Rows  #: (K, K) Relation
    fronts: Rows  #: (F,) Front


def rows(kind: type, *shape: int) -> Rows:
    """Return records of zeros.

    Parameters
    ----------
    kind : type
        One of the record classes above, or another class of annotated numpy types.
    *shape : int
        Shape of the table.

    Returns
    -------
    numpy.recarray
    """
    return np.zeros(shape, _record(kind)).view(np.recarray)


@functools.cache  # hints are slow to read, and every run starts with a dozen tables
def _record(kind: type) -> Any:
    """Return the numpy type of a record class."""
    return np.dtype((np.record, list(get_type_hints(kind).items())))


def empty_world(places: int, cartels: int, gangs: int, reach: int, fronts: int) -> World:
    """Return a world of zeros.

    Parameters
    ----------
    places, cartels, gangs, reach, fronts : int
        Number of rows; ``reach`` is the length of the list of places within reach.

    Returns
    -------
    World
    """
    return World(
        nation=rows(Nation, 1),
        places=rows(Place, places),
        reach=np.zeros(reach, np.int64),
        gangs=rows(Gang, gangs),
        rolls=np.zeros((4, gangs), Row),
        cartels=rows(Cartel, cartels),
        presence=rows(Presence, places, cartels),
        relations=rows(Relation, cartels, cartels),
        fronts=rows(Front, fronts),
    )


def grown(world: World, cartels: int, gangs: int, fronts: int = 0) -> World:
    """Return a copy of the world with room for at least so many rows of cartels, gangs, fronts."""
    new = empty_world(
        len(world.places),
        max(cartels, len(world.cartels)),
        max(gangs, len(world.gangs)),
        len(world.reach),
        max(fronts, len(world.fronts)),
    )
    for old, fresh in zip(world, new, strict=True):
        fresh[tuple(slice(n) for n in old.shape)] = old
    return new


def copied(world: World) -> World:
    """Return a world that shares no memory with this one."""
    return grown(world, 0, 0)


def difference(a: World, b: World) -> str | None:
    """Return the first field in which two worlds differ by a bit (``gangs.members``), or None."""
    for part, left, right in zip(World._fields, a, b, strict=True):
        for name in left.dtype.names or ("",):
            mine, yours = (left[name], right[name]) if name else (left, right)
            if mine.tobytes() != yours.tobytes():
                return f"{part}.{name}" if name else part
    return None


def save(world: World, path: Path) -> None:
    """Write the world to a compressed ``.npz`` file, which is replaced as a whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        arrays = {name: np.asarray(value) for name, value in world._asdict().items()}
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    part.replace(path)


def load(path: Path) -> World:
    """Read a world written by :func:`save`."""
    with np.load(path) as stored:
        result = {name: stored[name] for name in stored.files}
    kinds = World(Nation, Place, None, Gang, None, Cartel, Presence, Relation, Front)
    parts = {}
    for name, kind in kinds._asdict().items():
        parts[name] = result[name]
        if kind is not None:
            fresh = rows(kind, *result[name].shape)
            fresh[...] = result[name]
            parts[name] = fresh
    return World(**parts)
