"""States and gangs of the plain Mesa model (see ``plain_mesa``)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from plazas.model.structure import MONTH, NO_ARMS, QUARTER, TURN, YEAR
from plazas.model.world import AT_WAR

if TYPE_CHECKING:
    from benchmarks.plain_cartel import Cartel
    from benchmarks.plain_mesa import PlainMesa

#: what a state sums up over a month
STATE_FLOWS = ("homicides", "killed_by_rivals", "month_by_force", "officials_killed", "arrests")


class Presence:
    """A cartel in a state: this week's totals and chances."""

    __slots__ = ("arrest", "beaten", "force", "hazard", "hired", "hiring", "members", "offer",
                 "revenue", "settled", "share", "standing", "strength")  # fmt: skip

    def __init__(self, settled: float = 0.0) -> None:
        self.hired = self.hiring = 0
        self.settled = settled
        self.arrest = self.force = self.hazard = self.revenue = 0.0
        self.clear()

    def clear(self) -> None:
        """Forget last week's totals; gangs hired last week attack this week."""
        self.members = 0
        self.strength = self.share = self.standing = self.offer = self.beaten = 0.0
        self.hired, self.hiring = self.hiring, 0

    def gained(self) -> float:
        """Return by how much its share exceeds what the others here are used to."""
        return max(0.0, self.share - self.settled)


class State(mesa.Agent):
    """A state: what it yields, how corrupt it is, what waits for its gangs."""

    model: PlainMesa

    def __init__(self, model: PlainMesa, row: Any) -> None:
        super().__init__(model)
        for name in ("population", "at_risk", "trafficking", "racket", "background", "force",
                     "gun_supply", "corruption", "crackdown"):  # fmt: skip
            setattr(self, name, float(row[name]))
        self.reach: list[State] = []
        self.here: list[tuple[Cartel, Presence]] = []
        self.presence: dict[Cartel, Presence] = {}
        self.primary: Cartel | None = None
        for name in STATE_FLOWS:
            setattr(self, name, 0)

    def open_week(self, living: list[Cartel]) -> None:
        """Forget the last week."""
        self.members = self.local_members = self.local_gangs = 0
        self.killed = self.killed_by_forces = self.arrested = 0
        self.bystanders = self.ordinary = self.officials = 0
        for cartel in living:
            self.presence.setdefault(cartel, Presence()).clear()

    def count(self, living: list[Cartel]) -> None:
        """Sum up who is here."""
        self.here = [(c, self.presence[c]) for c in living if self.presence[c].members > 0]
        for cartel, here in self.here:
            self.members += here.members
            cartel.members += here.members
            cartel.strength += here.strength
            cartel.places += 1
        for _, here in self.here:
            here.share = here.standing = here.members / self.members
        self.room = max(0.0, 1.0 - (self.members + self.local_members) / self.at_risk)

    def look_next_door(self) -> None:
        """Let cartels stand here by their share in a neighbouring state, discounted."""
        for other in self.reach:
            for cartel, there in other.here:
                here = self.presence[cartel]
                here.standing = max(here.standing, self.model.par.next_door * there.share)

    def grow_used(self) -> None:
        """[11] Let a month pass in which cartels grow used to each other's shares."""
        for here in self.presence.values():
            here.settled += MONTH / YEAR * (here.share - here.settled)

    def step(self) -> None:
        """Set what the week holds for the gangs and cartels here."""
        self.yields()
        self.relax()
        self.programmes()
        self.chances()
        self.hazards()
        self.offers()

    def yields(self) -> None:
        """[1] Divide what the state yields among the cartels; war burns a part."""
        par, lever = self.model.par, self.model.lever
        contest = 0.0
        for n, (cartel, here) in enumerate(self.here):
            for other, there in self.here[:n]:
                contest += here.share * there.share * cartel.hostility[other]
        self.friction = min(1.0, 4.0 * contest / par.hostility_war)
        flow, other = lever["southbound_guns"], par.other_guns
        self.guns = min(1.0, other + self.gun_supply * flow)
        self.local_guns = min(1.0, par.local_arms * (other + (1.0 - other) * flow))
        kept = 1.0 - par.war_cost * self.friction
        drugs = par.export_revenue / YEAR * self.trafficking * kept * lever["drug_revenue"]
        drugs *= 1.0 - lever["us_roundup"]
        rackets = par.racket_revenue / YEAR * self.racket * kept
        prizes = [(here.strength + NO_ARMS) ** par.decisiveness for _, here in self.here]
        total, heads = sum(prizes), self.members + self.local_members
        for (_, here), prize in zip(self.here, prizes, strict=True):
            here.revenue = drugs * prize / total + rackets * here.members / heads

    def relax(self) -> None:
        """[2] Let corruption move towards what bribes buy."""
        par, lever = self.model.par, self.model.lever
        revenue = sum(here.revenue for _, here in self.here)
        quiet = par.bribes_in_quiet
        alarm = quiet + (1.0 - quiet) * self.crackdown / par.pressure_reference
        bribes = par.bribe_share * revenue * min(par.bribes_alarmed, alarm)
        bribes *= 1.0 - lever["anti_corruption"]
        capacity = par.bribe_price * self.population / 1000.0 * self.force * lever["force"]
        bought = bribes / (bribes + capacity) if bribes > 0.0 else 0.0
        self.corruption += par.corruption_speed * (bought - self.corruption)

    def programmes(self) -> None:
        """[3] Prevention and rehabilitation."""
        lever = self.model.lever
        spent = self.model.par.prevention_elasticity * lever["prevention"]
        self.pull = self.room * math.exp(-spent)
        self.rehabilitated = lever["rehabilitation"]

    def honesty(self) -> float:
        """Return the share of enforcement left after corruption."""
        return 1.0 - self.model.par.corruption_discount * self.corruption

    def chances(self) -> None:
        """[9] Set the chances that members are arrested or killed by the forces."""
        model, par, lever = self.model, self.model.par, self.model.lever
        force = self.force * lever["force"]
        pursued = 1.0 - lever["tolerance"]
        capacity = par.arrest_capacity / model.guarded if model.guarded > 0.0 else 0.0
        capacity *= force * self.honesty() * pursued * lever["arrests"]
        self.crackdown = 0.0
        for cartel, here in self.here:
            here.arrest = min(1.0, capacity * self.focus(cartel))
            fought = par.confrontation_deaths * force * pursued * lever["confrontation"]
            here.force = min(1.0 - here.arrest, fought)
            self.crackdown += here.share * (here.arrest + here.force)

    def focus(self, cartel: Cartel) -> float:
        """Return the weight of a cartel in arrests when a share of them goes by violence."""
        share, model = self.model.lever["focus"], self.model
        if share <= 0.0 or model.toll <= 0.0 or cartel.members == 0:
            return 1.0
        violence = (cartel.toll / cartel.members) / (model.toll / model.members)
        return 1.0 - share + share * violence

    def hazards(self) -> None:
        """[8] Set the chances that members are killed by rivals."""
        par = self.model.par
        scale = par.war_deaths * self.model.members
        fire = 0.0
        shots = {}
        for cartel, here in self.here:
            arms = here.strength / here.members / par.arms_reference
            shots[cartel] = here.share * arms**par.lethality
            fire += shots[cartel]
        for cartel, here in self.here:
            incoming = sum(self.enmity(cartel, j) * s for j, s in shots.items() if j is not cartel)
            strife = cartel.strife * par.strife_hostility
            strife *= 1.0 if cartel.home is self else par.strife_elsewhere
            incoming += strife * shots[cartel]
            hazard = par.hire_deaths * here.hired / here.members + scale * incoming
            here.hazard = min(1.0, hazard)
            enemies = [there.share for j, there in self.here if cartel.stance.get(j) == AT_WAR]
            here.beaten = max(0.0, max(enemies, default=0.0) - here.share)
        contest = 0.0
        if len(self.here) > 1:
            contest = 1.0 - sum(here.share * here.share for _, here in self.here)
        self.local_hazard = min(1.0, scale * par.hostility_local * fire * contest)

    def enmity(self, one: Cartel, other: Cartel) -> float:
        """[8] Return the hostility of two cartels here, fiercer in strife, at home, among heirs."""
        par = self.model.par
        found = one.hostility[other] * (1.0 + par.opportunism * (one.strife + other.strife))
        gained = self.presence[one].gained() + self.presence[other].gained()
        found *= 1.0 + par.advance * gained
        if one.stance[other] != AT_WAR:
            return found
        if self in (one.home, other.home):
            found *= par.home_ground
        return found * par.heirs_fight if one.line is other.line else found

    def worth(self) -> float:
        """Return the yearly revenue."""
        par = self.model.par
        return float(par.export_revenue * self.trafficking + par.racket_revenue * self.racket)

    def offers(self) -> None:
        """[5] Weigh what each cartel offers to the gangs here."""
        par = self.model.par
        self.offered: list[tuple[Cartel, float]] = []
        for cartel in self.model.living:
            here = self.presence[cartel]
            if here.standing < par.least_standing or cartel.treasury <= 0.0:
                continue
            risk = here.arrest + here.force if here.members > 0 else self.crackdown
            utility = (
                cartel.pay
                + par.utility_arms * self.guns
                + par.utility_strength * here.standing
                + par.utility_fear * cartel.brutality * here.standing
                + par.utility_franchise * cartel.franchise
                - par.utility_risk * risk
            )
            will = par.absorption * min(1.0, cartel.treasury / par.courting_purse)
            here.offer = will * here.standing**par.visibility * math.exp(utility)
            self.offered.append((cartel, here.offer))


class Gang(mesa.Agent):
    """A gang: unaffiliated, or a unit of one cartel."""

    model: PlainMesa

    def __init__(self, model: PlainMesa, state: State, members: int, arms: float,
                 cartel: Cartel | None = None, loyalty: float = 0.0) -> None:  # fmt: skip
        super().__init__(model)
        self.state, self.members, self.arms = state, members, arms
        self.cartel, self.loyalty = cartel, loyalty
        self.joins = cartel
        self.tie: Cartel | None = None

    def turn(self) -> int:
        """Return the weeks that it lives at once."""
        return QUARTER if self.cartel is None else TURN

    def has_turn(self) -> bool:
        """Return whether it acts this week."""
        return (self.unique_id + self.model.week) % self.turn() == 0

    def step(self) -> None:
        """Recruit, lose members, rearm, and once a quarter take stock."""
        model, state, cartel = self.model, self.state, self.cartel
        par, weeks = model.par, self.turn()
        if not self.has_turn():
            return
        if cartel is not None:
            here = state.presence[cartel]
            joining = cartel.appeal * self.members * state.pull
            leaving = state.rehabilitated + cartel.leaving
            hazard, arrest, force = min(1.0, weeks * here.hazard), here.arrest, here.force
            joining, leaving = weeks * joining, weeks * leaving
            losses = self.live(joining, leaving, hazard, weeks * arrest, weeks * force, cartel)
            kept = (
                cartel.bond - par.loyalty_losses * losses / weeks - par.loyalty_beaten * here.beaten
            )
            if state is not cartel.home:
                kept -= par.loyalty_distance * (1.0 - cartel.franchise)
            loyalty = self.loyalty + weeks * par.loyalty_speed * (kept - self.loyalty)
            self.loyalty = min(1.0, max(0.0, loyalty))
            supply, paid = state.guns, cartel.armed
            stable = self.loyalty >= par.disloyal
        else:
            joining = par.local_turnover * self.members * state.pull
            leaving = state.rehabilitated + par.local_turnover * self.members / par.local_size
            hazard, arrest = min(1.0, weeks * state.local_hazard), weeks * par.local_arrests
            self.live(weeks * joining, weeks * leaving, hazard, arrest, 0.0, None)
            supply, paid = state.local_guns, 1.0
            stable = False
        gained = min(1.0, weeks * par.rearming * paid) * max(0.0, supply - self.arms)
        self.arms = min(1.0, self.arms + gained - weeks * par.gun_decay * self.arms)
        self.joins = cartel
        if not stable and (self.unique_id + model.week) % int(par.stock_taking) < weeks:
            self.take_stock()

    def live(self, joining: float, leaving: float, hazard: float, arrest: float, force: float,
             cartel: Cartel | None) -> float:  # fmt: skip
        """[3, 8, 9] Draw recruits and losses; return the share killed or taken."""
        model, state = self.model, self.state
        before = self.members
        recruited = model.poisson(joining)
        killed = model.binomial(before, hazard)
        taken = model.binomial(before - killed, arrest + force)
        by_force = 0
        if taken > 0 and force > 0.0:
            by_force = model.binomial(taken, force / (arrest + force))
        left = model.binomial(before - killed - taken, min(1.0, leaving))
        self.members = before + recruited - killed - taken - left
        state.killed += killed
        if cartel is None:
            model.local_killed += killed
        else:
            state.killed_by_forces += by_force
            state.arrested += taken - by_force
            cartel.recruited += recruited
            cartel.killed += killed
            cartel.killed_by_forces += by_force
            cartel.arrested += taken - by_force
            cartel.left += left
        return (killed + taken) / before

    def take_stock(self) -> None:
        """[4, 5] Disband, stay, go alone or turn to a cartel."""
        par, random = self.model.par, self.model.random
        own, offers = self.cartel, self.state.offered
        if own is None and random.random() >= (1.0 - par.disbanding) ** par.stock_taking:
            self.members = 0
            return
        choices: list[Cartel | None] = [None]
        weights = [math.exp(par.independence)]
        if own is not None:
            stay = max(self.state.presence[own].offer, 1.0)
            choices.append(own)
            weights.append(stay * math.exp(par.utility_loyalty * self.loyalty))
        for cartel, offer in offers:
            if cartel is not own:
                choices.append(cartel)
                weights.append(offer * math.exp(par.utility_tie) if cartel is self.tie else offer)
        self.joins = random.choices(choices, weights)[0]

    def join(self) -> None:
        """[5] Turn to the cartel chosen: be paid, armed and welcomed."""
        par, old, cartel = self.model.par, self.cartel, self.joins
        assert cartel is not None
        if old is not None:
            old.defected += self.members
        cartel.joined += self.members
        given = max(0.0, par.arms_on_joining * self.state.guns - self.arms)
        price = self.members * (par.signing + par.gun_price * given)
        share = min(1.0, cartel.treasury / price) if price > 0.0 else 1.0
        cartel.treasury = max(0.0, cartel.treasury - price)
        cartel.spending += share * price
        self.arms += share * given
        self.tie, self.cartel, self.loyalty = old, cartel, par.loyalty_joined
        self.model.note("absorbed", self.state, cartel, old, self.members)

    def set_adrift(self) -> None:
        """Become independent; remember whom it served."""
        assert self.cartel is not None
        self.cartel.defected += self.members
        self.tie, self.cartel, self.joins, self.loyalty = self.cartel, None, None, 0.0

    def divide(self) -> None:
        """[4] Split in two halves."""
        half = self.members // 2
        self.members -= half
        other = Gang(self.model, self.state, half, self.arms, self.cartel, self.loyalty)
        other.tie = self.tie
