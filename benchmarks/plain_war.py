"""War of the plain Mesa model: fronts, and how cartels stand to each other (see ``plain_mesa``)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from plazas.model.structure import MONTH, MOST_WEAKNESS, YEAR
from plazas.model.world import ALLIED, AT_WAR, NEUTRAL

if TYPE_CHECKING:
    from benchmarks.plain_agents import Presence, State
    from benchmarks.plain_cartel import Cartel
    from benchmarks.plain_mesa import PlainMesa

#: what a front takes from its row of the starting world
COPIED = ("opened", "changed", "heat", "recent")


class Relation:
    """How two cartels stand to each other; both hold the same object."""

    __slots__ = ("betrayed", "declared", "fronts", "overlap", "since", "stance")

    def __init__(self) -> None:
        self.stance = NEUTRAL
        self.since, self.declared, self.fronts = 0, -1, 0
        self.betrayed, self.overlap = False, 0.0

    def set_stance(self, model: PlainMesa, stance: int) -> None:
        """[11] Change the stance; a declared war is over with it."""
        allies = model.par.alliances > 0.0
        self.stance = NEUTRAL if stance == ALLIED and not allies else stance
        self.since, self.declared = model.week, -1

    def hostility(self, par: Any) -> float:
        """[8] Return the hostility where the two have no active front."""
        return float(par.hostility_allied if self.stance == ALLIED else par.hostility_neutral)


def relation(one: Cartel, other: Cartel) -> Relation:
    """Return the relation of two cartels; they begin as neutral."""
    if other not in one.relations:
        one.relations[other] = other.relations[one] = Relation()
    return one.relations[other]


def go_to_war(one: Cartel, other: Cartel) -> None:
    """[11] Declare a war: for some weeks fronts open for certain where both are strong."""
    model, pair = one.model, relation(one, other)
    pair.set_stance(model, AT_WAR)
    pair.declared = model.week + int(model.par.war_declared)
    model.note("war", None, one, other)


class Front:
    """Two cartels that fight, or have fought, in a state."""

    __slots__ = (
        "active", "changed", "deaths", "heat", "month", "now", "one", "opened", "other", "recent",
        "state",
    )  # fmt: skip

    def __init__(self, state: State, one: Cartel, other: Cartel) -> None:
        self.state, self.one, self.other = state, one, other
        self.active = False
        self.opened = self.changed = state.model.week
        self.heat = self.now = self.deaths = self.month = 0.0
        self.recent = state.model.par.front_silence_deaths
        state.fronts[frozenset((one, other))] = self

    def open(self, kind: str) -> None:
        """[8] Begin to fight: the intensity is drawn, and the two are at war from now on."""
        model, pair = self.state.model, relation(self.one, self.other)
        self.heat = model.par.front_spread * model.random.gauss(0.0, 1.0)
        self.active, self.changed = True, model.week
        self.recent = max(self.recent, model.par.front_silence_deaths)
        if pair.stance != AT_WAR:
            model.note("war", None, self.one, self.other)
        pair.stance, pair.since = AT_WAR, model.week
        pair.fronts += 1
        model.note(kind, self.state, self.one, self.other)

    def fall_silent(self) -> None:
        """[8] Stop the fight for now."""
        model, pair = self.state.model, relation(self.one, self.other)
        self.active, self.changed = False, model.week
        pair.fronts -= 1
        pair.since = model.week
        model.note("front_silent", self.state, self.one, self.other, int(self.deaths))

    def end(self) -> None:
        """[8] End for good."""
        if self.active:
            self.fall_silent()
        if self.month > 0.0:
            self.state.model.note_front(self)
        self.state.model.note("front_ends", self.state, self.one, self.other, int(self.deaths))
        del self.state.fronts[frozenset((self.one, self.other))]

    def bitterness(self) -> float:
        """[8] Return the factor on home ground, and among heirs of one cartel."""
        par, one, other = self.state.model.par, self.one, self.other
        factor = par.home_ground if self.state in (one.home, other.home) else 1.0
        heirs = one.line is not None and one.line is other.line
        return float(factor * par.heirs_fight if heirs else factor)

    def fierceness(self) -> float:
        """[8] Return the factor from strife, pressure by the forces, and ill leaders."""
        par, one, other = self.state.model.par, self.one, self.other
        weak = weakness(self.state.presence[one], par) + weakness(self.state.presence[other], par)
        ill = (one.ailing > 0) + (other.ailing > 0)
        strife = par.opportunism * (one.strife + other.strife)
        return float(1.0 + strife + par.pressed * weak + par.show_of_force * ill)

    def fight(self, scale: float, shots: dict[Cartel, float]) -> float:
        """[8] Add to the hazards of both; return how much the front contests the state."""
        par, state = self.state.model.par, self.state
        here, there = state.presence[self.one], state.presence[self.other]
        self.now = 0.0
        if not self.active or here.members == 0 or there.members == 0:
            return 0.0
        hostility = par.hostility_war * math.exp(self.heat) * self.bitterness() * state.stakes
        fire = scale * hostility * self.fierceness()
        on_one = min(par.front_worst, fire * shots[self.other])
        on_other = min(par.front_worst, fire * shots[self.one])
        here.hazard += on_one
        there.hazard += on_other
        self.now = on_one * here.members + on_other * there.members
        self.deaths += self.now
        self.month += self.now
        outnumber(here, there, self.other)
        outnumber(there, here, self.one)
        return float(here.share * there.share * min(par.hostility_war, hostility))

    def review(self) -> None:
        """[8] Let a month pass: the front changes, falls silent, flares up or ends."""
        model, par, state = self.state.model, self.state.model.par, self.state
        one, other = self.one, self.other
        gone = 0 in (state.presence[one].members, state.presence[other].members)
        if not one.alive or not other.alive or (gone and not self.active):
            self.end()
        elif self.active:
            self.cool()
            calm = (1.0 + self.recent / par.front_silence_deaths) ** -par.front_lasts
            if gone or model.random.random() < MONTH * par.front_silence * calm:
                self.fall_silent()
        else:
            weeks = model.week - self.changed
            flare = par.front_flare * math.exp(-weeks / par.front_flare_fades)
            again = model.random.random() < MONTH * (flare + par.front_flare_late)
            allied = relation(one, other).stance == ALLIED
            if (again and not allied) or declared(state, one, other):
                self.open("front_flares")
            elif weeks > par.front_forgotten:
                self.end()

    def cool(self) -> None:
        """[8] Advance the intensity, and the deaths as the news count them."""
        par, random = self.state.model.par, self.state.model.random
        yearly = YEAR * self.now * (1.0 + par.bystanders) * par.reported
        self.recent += (yearly - self.recent) * MONTH / par.front_memory
        kept = par.front_persistence ** (MONTH / YEAR)
        shock = math.sqrt(1.0 - kept * kept) * random.gauss(0.0, 1.0)
        self.heat = kept * self.heat + par.front_spread * shock


def weakness(here: Presence, par: Any) -> float:
    """[8] Return how far the forces press a cartel in a state beyond the reference."""
    press = (here.arrest + here.force) / par.pressure_reference
    return float(min(MOST_WEAKNESS, max(0.0, press - 1.0)))


def outnumber(here: Presence, there: Presence, enemy: Cartel) -> None:
    """[6] Remember the enemy on a front whose share exceeds that of a cartel by most."""
    lead = there.share - here.share
    if lead > here.beaten:
        here.beaten, here.victor = lead, enemy


def declared(state: State, one: Cartel, other: Cartel) -> bool:
    """[8] Return whether a declared war makes two cartels fight here: both are strong."""
    weaker = min(state.presence[one].share, state.presence[other].share)
    pair = relation(one, other)
    return bool(pair.declared >= state.model.week and weaker >= state.model.par.front_ground)


def opening(state: State, one: Cartel, other: Cartel) -> float:
    """[8] Return the monthly chance that two cartels in a state open a front there."""
    par, pair = state.model.par, relation(one, other)
    here, there = state.presence[one], state.presence[other]
    weaker = min(here.share, there.share)
    if pair.stance == ALLIED or weaker < par.front_present:
        return 0.0
    if declared(state, one, other):
        return 1.0
    chance = par.front_onset * 0.5 * (one.brutality + other.brutality) * state.stakes
    if weaker >= par.front_ground:
        chance *= par.front_strong
    if pair.betrayed:
        chance *= par.front_betrayed
    if pair.fronts > 0:
        chance *= par.front_elsewhere
    if pair.fronts > 0 and any(near.fights(one, other) for near in state.reach):
        chance *= par.front_next_door
    chance *= 1.0 + par.front_shift * (here.gained() + there.gained())
    return float(chance * (1.0 + par.pressed * (weakness(here, par) + weakness(there, par))))


def review_state(state: State) -> None:
    """[8] Let a month pass on the fronts of a state, then open new ones."""
    for front in list(state.fronts.values()):
        front.review()
    for n, (one, _) in enumerate(state.here):
        for other, _ in state.here[:n]:
            if not (one.alive and other.alive) or frozenset((one, other)) in state.fronts:
                continue
            if state.model.random.random() < opening(state, one, other):
                Front(state, one, other).open("front_opens")


def measure_overlap(model: PlainMesa) -> None:
    """[11] Set, for each pair, the share of the larger's ground that both want."""
    ground = dict.fromkeys(model.living, 0.0)
    for n, one in enumerate(model.living):
        for other in model.living[:n]:
            relation(one, other).overlap = 0.0
    for state in model.states:
        value = state.worth()
        for n, (one, here) in enumerate(state.here):
            ground[one] += value * here.share
            for other, there in state.here[:n]:
                relation(one, other).overlap += value * min(here.share, there.share)
    for n, one in enumerate(model.living):
        for other in model.living[:n]:
            larger, pair = max(ground[one], ground[other]), relation(one, other)
            pair.overlap = min(1.0, pair.overlap / larger) if larger > 0.0 else 0.0


def review_pair(one: Cartel, other: Cartel) -> None:
    """[11] Look at a pair: peace, alliance or betrayal."""
    model, par, random = one.model, one.model.par, one.model.random
    pair = relation(one, other)
    if pair.stance == AT_WAR:
        fights = pair.fronts > 0 or pair.declared >= model.week
        if not fights and model.week - pair.since > par.war_memory:
            pair.set_stance(model, NEUTRAL)
            model.note("peace", None, one, other)
    elif pair.stance == ALLIED:
        small, large = sorted((one, other), key=lambda cartel: cartel.members)
        parity = small.members / large.members if large.members > 0 else 0.0
        if random.random() < par.betrayal * min(1.0, parity + pair.overlap):
            pair.set_stance(model, NEUTRAL)
            pair.betrayed = True
            model.note("betrayal", None, small, large)
    else:
        likes = random.random() < par.alliance_onset * par.alliances * (1.0 - pair.overlap)
        if likes and common_enemy(one, other):
            pair.set_stance(model, ALLIED)
            model.note("alliance", None, one, other)


def common_enemy(one: Cartel, other: Cartel) -> bool:
    """[11] Return whether a living cartel is at war with both."""
    return any(one.fights(j) and other.fights(j) for j in one.model.living)
