"""Cartels of the plain Mesa model (see ``plain_mesa``)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from benchmarks.plain_agents import Gang, Presence, State
from benchmarks.plain_war import Relation, go_to_war, relation
from plazas.model.structure import (
    AGE_REFERENCE,
    LEAST_STRIFE,
    MONTH,
    PAY_POOREST,
    PAY_RICHEST,
    PROMINENT,
    RECRUITMENT_POOREST,
    RECRUITMENT_RICHEST,
    SOURCE_SIZE,
    YEAR,
)
from plazas.model.world import AT_WAR, NEUTRAL

if TYPE_CHECKING:
    from benchmarks.plain_mesa import PlainMesa

INFLOWS = ("recruited", "joined", "split_in")
OUTFLOWS = ("killed", "killed_by_forces", "arrested", "left", "defected", "split_out")


class Cartel(mesa.Agent):
    """A cartel: who it is, what it has, what it decides this week."""

    model: PlainMesa

    def __init__(self, model: PlainMesa, home: State, given: dict[str, Any]) -> None:
        super().__init__(model)
        self.home = home
        self.brutality, self.franchise = given["brutality"], given["franchise"]
        self.cohesion, self.leader_age = given["cohesion"], given["leader_age"]
        self.treasury, self.paid = given["treasury"], given["paid"]
        self.prosperity, self.supplied = given["prosperity"], given["supplied"]
        self.boldness = self.anger = self.threats = 0.0
        self.toll, self.ailing = given["toll"], 0
        self.strife, self.line = given.get("strife", 0.0), given.get("line", self)
        self.alive, self.captive = True, False
        self.fate = self.custody = ""
        self.cell_state: State | None = None
        self.hire_state: State | None = None
        self.bribe_state: State | None = None
        self.threat_state: State | None = None
        self.attack_state: State | None = None
        self.us_revenue = self.overseas_revenue = 0.0
        self.relations: dict[Cartel, Relation] = {}
        self.forget()

    def fights(self, other: Cartel) -> bool:
        """Return whether it is at war with another cartel."""
        pair = self.relations.get(other)
        return pair is not None and pair.stance == AT_WAR

    def forget(self) -> None:
        """Clear the totals and flows of the last week."""
        self.members = self.places = 0
        self.strength = self.ground = self.spending = 0.0
        for name in (*INFLOWS, *OUTFLOWS):
            setattr(self, name, 0)

    def prospects(self) -> None:
        """[3, 5, 6] Set what gangs can count on, from last week's purse."""
        par = self.model.par
        wealth = min(RECRUITMENT_RICHEST, max(RECRUITMENT_POOREST, self.prosperity))
        self.appeal = par.recruitment * wealth**par.prosperity_effect
        self.leaving = par.saturation * self.members + par.desertion * (1.0 - self.paid)
        wealth = min(PAY_RICHEST, max(PAY_POOREST, self.prosperity))
        self.pay = par.utility_pay * self.paid * math.log(wealth)
        self.bond = self.paid * (par.loyalty_paid + (1.0 - par.loyalty_paid) * self.cohesion)
        self.armed = self.supplied

    def step(self) -> None:
        """Pay, plan, and meet the state."""
        self.purse()
        self.expand()
        self.feel_pressure()
        self.be_hunted()
        self.answer()

    def purse(self) -> None:
        """[1] Pay wages, bribes and guns; keep a share of the rest."""
        par = self.model.par
        self.revenue = self.us_revenue = self.overseas_revenue = guns = 0.0
        for state in self.model.states:
            here = state.presence[self]
            if here.members > 0:
                self.revenue += here.revenue
                self.us_revenue += here.us_revenue
                self.overseas_revenue += here.overseas_revenue
                wanted = max(0.0, state.guns * here.members - here.strength)
                guns += par.gun_decay * here.strength + par.rearming * wanted
        bill = par.wage * self.members
        self.prosperity = self.revenue / (par.revenue_reference * max(1, self.members))
        self.paid = min(1.0, (self.revenue + self.treasury) / bill) if bill > 0.0 else 1.0
        profit = self.revenue * (1.0 - par.bribe_share) - bill
        self.treasury = max(0.0, self.treasury + (par.retained if profit > 0.0 else 1.0) * profit)
        price = par.gun_price * guns
        cost = min(price, self.treasury)
        self.supplied = cost / price if price > 0.0 else 1.0
        self.treasury -= cost
        self.spending = cost

    def expand(self) -> None:
        """[7] Decide where to found a cell and where to hire a gang."""
        par, random = self.model.par, self.model.random
        self.cell_state = self.hire_state = None
        will = par.expansion * min(1.0, self.treasury / (par.full_coffers * par.cell_cost))
        if self.treasury >= par.cell_cost and random.random() < will:
            gains = [self.cell_gain(state) for state in self.model.states]
            if sum(gains) > 0.0:
                self.cell_state = random.choices(self.model.states, gains)[0]
        if self.treasury >= par.hire_cost and random.random() < par.hire_rate:
            targets = [self.hire_gain(state) for state in self.model.states]
            if sum(targets) > 0:
                self.hire(random.choices(self.model.states, targets)[0])

    def cell_gain(self, state: State) -> float:
        """Return what a cell may gain in a state; 0 where none is sent."""
        here, par = state.presence[self], self.model.par
        if here.standing <= 0.0 or here.share >= par.foothold:
            return 0.0
        return state.worth() / (1.0 + state.friction)

    def hire_gain(self, state: State) -> int:
        """Return the enemies that a gang hired in a state could attack."""
        here = state.presence[self]
        if here.members > 0 or here.standing <= 0.0 or state.local_gangs == 0:
            return 0
        return sum(there.members for j, there in state.here if self.fights(j))

    def hire(self, state: State) -> None:
        """Hire a local gang against the largest enemy in a state, for next week."""
        enemies = [there for j, there in state.here if self.fights(j)]
        largest = max(enemies, key=lambda there: there.members)
        largest.hiring += state.local_members // state.local_gangs
        self.hire_state = state
        self.meet(state)
        self.treasury -= self.model.par.hire_cost
        self.spending += self.model.par.hire_cost

    def meet(self, state: State) -> None:
        """[7] Know a gang hired in a state: that is a contact, and so a way in."""
        here = state.presence[self]
        here.contact = max(here.contact, self.model.par.hire_contact)

    def feel_pressure(self) -> None:
        """[9] Set the weekly chance of arrest or of death by the forces of a member."""
        total = sum(self.taken(state) for state in self.model.states)
        self.pressure = total / max(1, self.members)

    def prominence(self) -> float:
        """Return how much the cartel is in the eye of the state by its size."""
        return math.sqrt(self.members / (PROMINENT * max(1, self.model.members)))

    def be_hunted(self) -> None:
        """[9] Decide the fate of the leader, and of one in custody."""
        par, lever, random = self.model.par, self.model.lever, self.model.random
        chance = par.leader_hunt * lever["kingpin"] * self.prominence() * self.home.honesty()
        chance *= (1.0 - lever["tolerance"]) * min(1.0, lever["force"])
        age = self.leader_age - AGE_REFERENCE
        self.fate = self.custody = ""
        if random.random() < chance:
            force = par.operation_force * self.home.force * lever["force"]
            if random.random() * (force + self.home.presence[self].strength) >= force:
                self.fate = "released"
            else:
                self.fate = "killed" if random.random() < par.leader_killed else "captured"
        elif self.ailing == 0 and random.random() < par.illness * math.exp(par.ageing * age):
            self.fate = "ill"
        if self.captive:
            if random.random() < par.extradition * lever["extradition"]:
                self.custody = "extradited"
            elif random.random() < par.escape * (1.0 + self.home.corruption):
                self.custody = "escaped"

    def answer(self) -> None:
        """[9] Answer the pressure by a bribe, else by a threat, else by an attack."""
        par, lever, random = self.model.par, self.model.lever, self.model.random
        self.bribe_state = self.threat_state = self.attack_state = None
        self.attack_kills, self.attack_hired = 0, False
        alarm = min(par.answer_most, self.pressure / par.pressure_reference)
        chance = par.answer_rate * self.brutality * (1.0 + self.boldness) * alarm
        chance *= (1.0 + par.anger_effect * self.anger) * self.prominence()
        if self.ailing > 0:
            chance *= 1.0 + par.show_of_force
        if random.random() >= chance:
            return
        struck = [self.taken(state) for state in self.model.states]
        state = random.choices(self.model.states, struck)[0]
        open_to = state.corruption * (1.0 - lever["anti_corruption"])
        open_to *= 1.0 - min(1.0, self.anger)
        if random.random() < open_to and self.treasury >= par.bribe:
            self.bribe_state = state
            self.treasury -= par.bribe
            self.spending += par.bribe
            return
        elsewhere = [self.weighty_officials(other) for other in self.model.states]
        hires = random.random() < par.attacks_hired and self.treasury >= par.hire_cost
        self.attack_hired = hires and sum(elsewhere) > 0.0
        if self.attack_hired:
            state = random.choices(self.model.states, elsewhere)[0]
        elif random.random() >= self.threats / (1.0 + self.threats):
            self.threat_state = state
            self.threats += 1.0
            return
        if random.random() < par.deterrence * lever["protection"]:
            return
        if self.attack_hired:
            self.treasury -= par.hire_cost
            self.spending += par.hire_cost
            self.meet(state)
        self.attack_state = state
        if random.random() < par.attack_success * (1.0 - lever["protection"]):
            self.attack_kills = 1

    def taken(self, state: State) -> float:
        """[9] Return the members that the forces take in a state this week."""
        here = state.presence[self]
        return here.members * (here.arrest + here.force) if here.members > 0 else 0.0

    def weighty_officials(self, state: State) -> float:
        """[9] Return the weight of a state as the target of an attack by a hired gang."""
        here = state.presence[self]
        if here.members > 0 or here.standing <= 0.0 or state.local_gangs == 0:
            return 0.0
        return float(state.population * state.force)

    def found(self, gangs: list[Gang]) -> None:
        """[7] Send founders of a cell from the largest gang within reach whose turn it is."""
        par, state = self.model.par, self.cell_state
        size = int(par.founders)
        assert state is not None
        near = [g for g in gangs if g.cartel is self and g.members >= SOURCE_SIZE * size
                and g.state in state.reach and g.has_turn()]  # fmt: skip
        if not near or self.treasury < par.cell_cost:
            return
        source = max(near, key=lambda gang: gang.members)
        self.treasury -= par.cell_cost
        self.spending += par.cell_cost
        source.members -= size
        Gang(self.model, state, size, source.arms, self, source.loyalty)
        self.model.note("cell", state, self, None, size)

    def members_now(self) -> int:
        """Return the members after the flows of the week so far."""
        gained = sum(getattr(self, name) for name in INFLOWS)
        return int(self.members + gained - sum(getattr(self, name) for name in OUTFLOWS))

    def rally(self, gained: float) -> None:
        """Raise the cohesion."""
        self.cohesion = min(1.0, self.cohesion + gained)

    def close_week(self, gangs: list[Gang]) -> None:
        """[9, 10] Carry out answers and fates; end without members, or give up."""
        par = self.model.par
        self.leader_age += 1.0 / YEAR
        self.boldness *= 1.0 - par.boldness_fades
        self.anger *= 1.0 - par.anger_fades
        self.threats *= 1.0 - par.threats_fade
        self.strife *= 1.0 - par.strife_fades
        if self.strife < LEAST_STRIFE:
            self.strife = 0.0
        self.rally(par.cohesion_recovery * (1.0 - self.cohesion))
        if self.bribe_state is not None:
            honest = 1.0 - self.bribe_state.corruption
            self.bribe_state.corruption += par.bribe_effect * honest
            self.model.note("bribe", self.bribe_state, self)
        if self.threat_state is not None:
            self.threat_state.frighten(par.threat_fear)
            self.model.note("threat", self.threat_state, self)
        if self.attack_state is not None:
            self.attack_state.officials += self.attack_kills
            self.attack_state.frighten(par.attack_fear)
            if self.attack_hired:
                self.model.note("hired", self.attack_state, self)
            self.model.note("attack", self.attack_state, self, None, self.attack_kills)
        self.meet_fate(gangs)
        if self.alive and (self.members_now() == 0 or self.gives_up()):
            self.dissolve(gangs)

    def gives_up(self) -> bool:
        """[10] Return whether it ends this month because it is small or holds no ground."""
        par = self.model.par
        if (self.unique_id + self.model.week) % MONTH != 0:
            return False
        if self.members >= par.smallest_cartel and self.ground >= par.least_ground:
            return False
        return bool(self.model.random.random() < par.giving_up)

    def dissolve(self, gangs: list[Gang]) -> None:
        """[10] End; the gangs become independent."""
        for gang in gangs:
            if gang.cartel is self and gang.members > 0:
                self.model.note("independent", gang.state, self, None, gang.members)
                gang.set_adrift()
        self.alive = False
        self.model.note("dissolved", self.home, self)

    def meet_fate(self, gangs: list[Gang]) -> None:
        """[10] Carry out the fate of the leader and of one in custody."""
        if self.custody:
            self.captive = False
            if self.custody == "extradited":
                self.anger = 1.0
            else:
                self.rally(self.model.par.return_cohesion)
            self.model.note(self.custody, self.home, self)
        if self.ailing > 0:
            self.ailing -= 1
            if self.ailing == 0 and self.fate in ("", "released"):
                self.succeed(gangs)
        if not self.fate:
            return
        self.model.note(self.fate, self.home, self)
        if self.fate == "released":
            self.boldness += 1.0
            self.rally(self.model.par.return_cohesion)
            self.encourage()
            return
        if self.fate == "ill":
            self.ailing = int(self.model.par.ailing_weeks)
            if self.ailing > 0:
                return
        self.ailing = 0
        self.captive = self.captive or self.fate == "captured"
        self.succeed(gangs)

    def encourage(self) -> None:
        """[10] Make those that share its ground bolder: a release is weakness of the state."""
        for other in self.model.living:
            if other is not self and relation(self, other).overlap > 0.0:
                other.boldness += self.model.par.release_seen

    def succeed(self, gangs: list[Gang]) -> None:
        """[10] Find a new leader; without a clear heir split or dissolve."""
        par, random = self.model.par, self.model.random
        clear = random.random() * par.heir_need < self.cohesion
        self.leader_age = par.heir_youngest + par.heir_span * random.random()
        if clear:
            self.strife = max(self.strife, par.strife_with_heir * (1.0 - self.cohesion))
        else:
            self.strife = 1.0
            self.cohesion *= 1.0 - par.cohesion_fall
        if clear or par.splits <= 0.0:
            self.model.note("succession", self.home, self)
        elif self.members_now() < par.smallest_split:
            self.dissolve(gangs)
        else:
            self.split([gang for gang in gangs if gang.cartel is self and gang.members > 0])

    def split(self, gangs: list[Gang]) -> None:
        """[10] Let a faction break away with part of the gangs and of the purse."""
        par, random = self.model.par, self.model.random
        u = random.random()
        kept = ("franchise", "cohesion", "prosperity", "paid", "supplied", "strife", "line")
        given: dict[str, Any] = {name: getattr(self, name) for name in kept}
        spread = par.brutality_spread * (u - 0.5)
        given["brutality"] = min(1.0, max(0.0, self.brutality + spread))
        given["leader_age"] = par.heir_youngest + par.heir_span * u
        for name in ("treasury", "toll"):
            given[name] = par.split_share * getattr(self, name)
            setattr(self, name, getattr(self, name) - given[name])
        faction = Cartel(self.model, self.home, given)
        lean = {state: min(1.0, 2.0 * par.split_share * random.random())
                for state in self.model.states}  # fmt: skip
        largest = 0
        for gang in gangs:
            if random.random() < par.orphaned:
                gang.set_adrift()
            elif random.random() < lean[gang.state]:
                gang.cartel = gang.joins = faction
                self.split_out += gang.members
                faction.split_in += gang.members
                if gang.members > largest:
                    largest, faction.home = gang.members, gang.state
        if faction.split_in == 0:  # no gang follows: there is no faction
            self.treasury += given["treasury"]
            faction.remove()
            return
        for state, part in lean.items():
            state.presence.setdefault(faction, Presence())
            state.presence[self].settled *= 1.0 - part
        self.model.note("split", faction.home, self, faction, faction.split_in)
        hostile = random.random() < par.split_hostile
        for other, pair in list(self.relations.items()):
            war = pair.stance == AT_WAR
            pair.set_stance(self.model, AT_WAR if war else NEUTRAL)
            if war and other.alive:
                go_to_war(faction, other)
        if hostile:
            go_to_war(faction, self)
