"""The same rules as a plain Mesa model: one Agent per gang, attributes on the agents.

It is written as a careful user of Mesa would write it without compiled code, and is here to be
measured against. It takes its starting world, with its fronts, and its parameters from Plazas. It
keeps every lever at its baseline, leaves out structural alternatives, follows the week of
``plazas.model.week`` in the same order and records the same series with Mesa's DataCollector. Its
draws come from ``model.random`` and ``model.rng``: a run equals one of Plazas in law, not in
numbers, which ``tests/test_benchmarks.py`` checks. Formulas and their sources stand in
``plazas.model.rules``; numbers in brackets are the steps of the week.
"""

from __future__ import annotations

import math
from typing import Any

import mesa

from benchmarks.plain_agents import STATE_FLOWS, Gang, Presence, State
from benchmarks.plain_cartel import Cartel
from benchmarks.plain_war import (
    COPIED,
    Front,
    Relation,
    go_to_war,
    measure_overlap,
    review_pair,
    review_state,
)
from plazas.model.levers import LEVERS
from plazas.model.record import SERIES
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation
from plazas.model.structure import MONTH, SMALLEST
from plazas.model.world import ACTIVE, FREE_FRONT, World

EVENT = ("week", "kind", "state", "cartel", "other", "amount")
STATE_LEVELS = ("corruption", "local_members", "local_gangs", "friction", "addiction")
CARTEL_LEVELS = ("treasury", "cohesion", "strength", "paid", "places", "us_revenue",
                 "overseas_revenue")  # fmt: skip
FRONT = ("month", "state", "one", "other", "opened", "active", "deaths")


class PlainMesa(mesa.Model):
    """A country of states, cartels and gangs; ``step()`` is one week.

    Parameters
    ----------
    scenario
        What to run; its policies and dated events are left out.
    seed
        Seeds ``model.random``, ``model.rng`` and the sizes of the first local gangs.
    """

    def __init__(self, scenario: Scenario, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.par = scenario.parameters
        self.lever = {lever.name: lever.baseline for lever in LEVERS}
        self.months = scenario.months()
        self.week = 0
        self.toll = 0.0
        self._enter(Simulation(scenario, seed=seed).world)
        self.weekly = mesa.DataCollector(
            model_reporters={name: name for name in SERIES}, tables={"events": list(EVENT)}
        )
        self.monthly = mesa.DataCollector(
            agenttype_reporters={
                State: {name: name for name in (*STATE_LEVELS, *STATE_FLOWS)},
                Cartel: {name: name for name in CARTEL_LEVELS},
            },
            tables={"presence": ["month", "state", "cartel", "members"], "fronts": list(FRONT)},
        )

    def _enter(self, world: World) -> None:
        """Make agents of the rows of a starting world."""
        self.states = [State(self, row) for row in world.places]
        for state in self.states:
            row = world.places[self.states.index(state)]
            ends = world.reach[row.reach_first : row.reach_last]
            state.reach = [self.states[q] for q in ends]
        rows = world.cartels[: world.nation[0].cartel_rows]
        names = ("brutality", "franchise", "cohesion", "leader_age", "treasury", "paid",
                 "prosperity", "supplied", "toll")  # fmt: skip
        cartels = [
            Cartel(self, self.states[row.home], {name: float(row[name]) for name in names})
            for row in rows
        ]
        for i, cartel in enumerate(cartels):
            for j in range(i):
                pair = cartel.relations[cartels[j]] = cartels[j].relations[cartel] = Relation()
                for name in ("stance", "since", "declared", "fronts"):
                    setattr(pair, name, int(world.relations[i, j][name]))
        for state, row, here in zip(self.states, world.places, world.presence, strict=True):
            state.primary = cartels[row.primary] if row.primary >= 0 else None
            for k, cartel in enumerate(cartels):
                presence = here[k]
                given = (float(presence[name]) for name in ("settled", "arrest", "force"))
                state.presence[cartel] = Presence(*given)
        for row in world.fronts[: world.nation[0].front_rows]:
            if row.state == FREE_FRONT:
                continue
            front = Front(self.states[row.place], cartels[row.one], cartels[row.other])
            front.active = bool(row.state == ACTIVE)
            for name in COPIED:
                setattr(front, name, row[name].item())
        for row in world.gangs[: world.nation[0].gang_rows]:
            served = cartels[row.allegiance] if row.allegiance >= 0 else None
            home = self.states[row.place]
            Gang(self, home, int(row.members), float(row.arms), served, float(row.loyalty))

    def poisson(self, mean: float) -> int:
        """Draw a Poisson count."""
        return int(self.rng.poisson(mean)) if mean > 0.0 else 0

    def binomial(self, n: int, p: float) -> int:
        """Draw a binomial count."""
        return int(self.rng.binomial(n, p)) if n > 0 and p > 0.0 else 0

    def step(self) -> None:
        """Let a week pass."""
        self.open_week()
        self.agents_by_type[State].do("step")
        self.agents_by_type[Cartel].do("step")
        self.agents_by_type[Gang].do("step")
        self.close_week()
        self.week += 1

    def open_week(self) -> None:
        """Count who stands where, and what each cartel's gangs can count on."""
        self.living: list[Cartel] = list(self.agents_by_type[Cartel])
        self.local_killed = 0
        for cartel in self.living:
            cartel.forget()
        for state in self.states:
            state.open_week(self.living)
        for gang in self.agents_by_type[Gang]:
            if gang.cartel is None:
                gang.state.local_members += gang.members
                gang.state.local_strength += gang.members * gang.arms
                gang.state.local_gangs += 1
            else:
                here = gang.state.presence[gang.cartel]
                here.members += gang.members
                here.strength += gang.members * gang.arms
        for state in self.states:
            state.count(self.living)
        self.members = sum(state.members for state in self.states)
        self.guarded = sum(state.members * state.force for state in self.states)
        brutal = sum(cartel.members * cartel.brutality for cartel in self.living)
        self.brutality = brutal / max(1, self.members)
        for state in self.states:
            state.look_next_door()
        for cartel in self.living:
            cartel.prospects()

    def close_week(self) -> None:
        """Settle deaths, allegiances, births, leaders and relations; record the week."""
        gangs = []
        for gang in list(self.agents_by_type[Gang]):
            if gang.members > 0:
                gangs.append(gang)
            else:
                gang.remove()
        self.deaths()
        for gang in gangs:
            if gang.joins is gang.cartel:
                continue
            if gang.joins is not None:
                gang.join()
            else:
                self.note("independent", gang.state, gang.cartel, None, gang.members)
                gang.set_adrift()
        self.form()
        for gang in gangs:
            if gang.members > self.par.division_size:
                gang.divide()
        self.expansion_and_leaders()
        self.rises()
        for state in self.states:
            if self.is_reviewed(state):
                review_state(state)
        if self.week % MONTH == MONTH - 1:
            measure_overlap(self)
            for n, one in enumerate(self.living):
                for other in self.living[:n]:
                    if one.alive and other.alive:
                        review_pair(one, other)
            for state in self.states:
                state.grow_used()
        self.record()
        for cartel in self.living:
            if not cartel.alive:
                cartel.remove()

    def is_reviewed(self, state: State) -> bool:
        """Return whether this week has the monthly review of a state."""
        return (state.unique_id + self.week) % MONTH == 0

    def deaths(self) -> None:
        """[8] Draw who else died; remember whose war it was."""
        par, memory = self.par, self.par.toll_fades
        for cartel in self.living:
            cartel.toll *= 1.0 - memory
        for state in self.states:
            state.ordinary = self.poisson(state.background)
            crossfire = par.crossfire * state.killed_by_forces
            state.bystanders = self.poisson(par.bystanders * state.killed + crossfire)
            state.officials = self.poisson(par.soldiers_killed * state.killed_by_forces)
            if self.random.random() < state.exposed:
                state.patients_killed = self.poisson(par.centre_deaths)
                state.patients = max(0.0, state.patients - state.patients_killed)
                self.note("centre_attack", state, None, None, state.patients_killed)
            for cartel, here in state.here:
                cartel.toll += memory * state.killed * here.share
        self.toll = sum(cartel.toll for cartel in self.living)

    def form(self) -> None:
        """[4] Let new local gangs form."""
        par, random = self.par, self.random
        span = max(1.0, 2.0 * (par.local_size - SMALLEST))
        for state in self.states:
            expected = par.formation * state.at_risk / 1e6 * state.pull
            for _ in range(self.poisson(expected)):
                size = SMALLEST + int(random.random() * span)
                arms = min(1.0, par.local_arms * (0.5 + random.random()))
                Gang(self, state, size, arms)

    def expansion_and_leaders(self) -> None:
        """[7, 9, 10] Found cells; carry out the decisions of cartels; leaders fall or return."""
        gangs = list(self.agents_by_type[Gang])
        for cartel in self.living:
            if cartel.cell_state is not None:
                cartel.found(gangs)
            if cartel.hire_state is not None:
                self.note("hired", cartel.hire_state, cartel)
        gangs = list(self.agents_by_type[Gang])
        for cartel in self.living:
            cartel.close_week(gangs)

    def rise_chance(self, state: State) -> float:
        """[10] Return the monthly chance that the unaffiliated gangs of a state federate."""
        par = self.par
        if not state.here or state.local_strength <= 0.0:
            return 0.0
        armed = sum(here.strength for _, here in state.here)
        concentration = sum(here.share * here.share for _, here in state.here)
        entry = sum(here.gained() for cartel, here in state.here if cartel.home is not state)
        heads = state.population / sum(other.population for other in self.states)
        riches = min(par.rise_riches, state.racket / heads)
        vacuum = state.local_strength / (state.local_strength + armed)
        contest = 1.0 - concentration + par.rise_entry * entry
        contest *= 1.0 + par.rise_friction * state.friction
        return float(par.emergence * riches * vacuum * contest)

    def rises(self) -> None:
        """[10] Let cartels rise where local gangs federate."""
        for state in self.states:
            if self.is_reviewed(state) and self.random.random() < self.rise_chance(state):
                self.rise(state)

    def rise(self, state: State) -> None:
        """[10] Federate local gangs into a new cartel, which may fight the largest one there."""
        par, random = self.par, self.random
        gangs = [gang for gang in self.agents_by_type[Gang]
                 if gang.state is state and gang.cartel is None and gang.members > 0
                 and random.random() < par.federates]  # fmt: skip
        members = sum(gang.members for gang in gangs)
        if members < par.smallest_rise:
            return
        brutality = par.rise_brutality_least + par.rise_brutality_span * random.random()
        age = par.heir_youngest + par.heir_span * random.random()
        cartel = Cartel(self, state, {
            "brutality": brutality, "franchise": par.rise_franchise,
            "cohesion": par.rise_cohesion, "leader_age": age,
            "treasury": par.treasury_2010 * members, "toll": 0.0, "line": None,
            "prosperity": 1.0, "paid": 1.0, "supplied": 1.0,
        })  # fmt: skip
        for other in self.states:
            other.presence[cartel] = Presence()
        for gang in gangs:
            gang.cartel = gang.joins = cartel
            gang.loyalty = par.rise_loyalty
        largest = max(state.here, key=lambda pair: pair[1].members)[0]
        against = largest if random.random() < par.rise_hostile else None
        self.note("rise", state, cartel, against, members)
        if against is not None:
            go_to_war(cartel, against)

    def note(self, kind: str, state: State | None, cartel: Cartel | None,
             other: Cartel | None = None, amount: int = 0) -> None:  # fmt: skip
        """Enter an event in the log."""
        about: dict[str, Any] = {"week": self.week, "kind": kind, "amount": amount}
        for word, agent in (("state", state), ("cartel", cartel), ("other", other)):
            about[word] = agent.unique_id if agent is not None else None
        self.weekly.add_table_row("events", about)

    def record(self) -> None:
        """[12] Enter the week, and at the beginning of a month the states and cartels."""
        states, living = self.states, self.living
        for state in states:
            killed = state.killed + state.killed_by_forces
            others = state.bystanders + state.ordinary + state.officials + state.patients_killed
            state.homicides_now = killed + others
            state.homicides += state.homicides_now
            state.killed_by_rivals += state.killed
            state.month_by_force += state.killed_by_forces
            state.officials_killed += state.officials
            state.arrests += state.arrested
        self.homicides = sum(state.homicides_now for state in states)
        self.bystanders = sum(state.bystanders for state in states)
        self.background = sum(state.ordinary for state in states)
        self.officials_killed = sum(state.officials for state in states)
        self.patients_killed = sum(state.patients_killed for state in states)
        fronts = [front for state in states for front in state.fronts.values()]
        self.killed_on_fronts = sum(state.killed_on_fronts for state in states)
        self.fronts = sum(front.active for front in fronts)
        self.local_members = sum(state.local_members for state in states)
        self.local_gangs = sum(state.local_gangs for state in states)
        people = sum(state.population for state in states)
        self.corruption = sum(s.corruption * s.population for s in states) / people
        self.friction = sum(s.friction * s.population for s in states) / people
        self.addiction = sum(s.addiction * s.population for s in states) / people
        self.killed_by_rivals = sum(cartel.killed for cartel in living)
        self.killed_by_forces = sum(cartel.killed_by_forces for cartel in living)
        self.officials_attacked = sum(cartel.attack_state is not None for cartel in living)
        self.officials_threatened = sum(cartel.threat_state is not None for cartel in living)
        self.recruits = sum(cartel.recruited for cartel in living)
        self.arrests = sum(cartel.arrested for cartel in living)
        self.left = sum(cartel.left for cartel in living)
        self.absorbed = sum(cartel.joined for cartel in living)
        self.spending = sum(cartel.spending for cartel in living)
        self.treasury = sum(cartel.treasury for cartel in living)
        self.cartels = sum(cartel.members > 0 for cartel in living)
        self.policy_cost = 0.0
        squares = sum(cartel.members**2 for cartel in living)
        self.effective_groups = self.members**2 / squares if squares else 0.0
        self.weekly.collect(self)
        if self.week == 0 or self.months[self.week] != self.months[self.week - 1]:
            self.record_month()
        if (
            self.week + 1 == len(self.months)
            or self.months[self.week] != self.months[self.week + 1]
        ):
            for front in fronts:
                if front.active or front.month > 0.0:
                    self.note_front(front)

    def note_front(self, front: Front) -> None:
        """[12] Enter the deaths of a front since the last time."""
        row = (int(self.months[self.week]), front.state.unique_id, front.one.unique_id,
               front.other.unique_id, front.opened, front.active, front.month)  # fmt: skip
        self.monthly.add_table_row("fronts", dict(zip(FRONT, row, strict=True)))
        front.month = 0.0

    def record_month(self) -> None:
        """Enter the levels of states and cartels, the flows since the last time, and who is where.

        The primary cartel of a state keeps ties.
        """
        self.monthly.collect(self)
        month = int(self.months[self.week])
        for state in self.states:
            for name in STATE_FLOWS:
                setattr(state, name, 0)
            was = state.primary
            best = state.presence[was].members if was is not None and was.alive else 0
            leader = was if best > 0 else None
            for cartel, here in state.here:
                if here.members > best:
                    best, leader = here.members, cartel
                row = (month, state.unique_id, cartel.unique_id, here.members)
                names = ("month", "state", "cartel", "members")
                self.monthly.add_table_row("presence", dict(zip(names, row, strict=True)))
            if leader is not was:
                state.primary = leader
                self.note("flip", state, leader, was, best)


class TunedMesa(PlainMesa):
    """The same, tuned: most counts are 0, and inverting one uniform draw says so at once.

    Numpy's generator is slow at one number a call; this is what remains to be had without
    compiling anything.
    """

    def poisson(self, mean: float) -> int:
        """Draw a Poisson count."""
        u = self.random.random()
        if u <= 1.0 - mean:
            return 0
        if mean > 500.0:
            return super().poisson(mean)
        term = total = math.exp(-mean)
        count = 0
        while total < u and count < 1500:
            count += 1
            term *= mean / count
            total += term
        return count

    def binomial(self, n: int, p: float) -> int:
        """Draw a binomial count."""
        u = self.random.random()
        if u <= 1.0 - n * p:
            return 0
        if p > 0.5:
            return super().binomial(n, p)
        term = total = (1.0 - p) ** n
        odds = p / (1.0 - p)
        count = 0
        while total < u and count < n:
            count += 1
            term *= odds * (n - count + 1) / count
            total += term
        return count
