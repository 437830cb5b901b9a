"""States and gangs of the plain Mesa model (see ``plain_mesa``)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from benchmarks.plain_war import Front, relation
from plazas.model.structure import MONTH, NO_ARMS, QUARTER, TURN, YEAR

if TYPE_CHECKING:
    from benchmarks.plain_cartel import Cartel
    from benchmarks.plain_mesa import PlainMesa

#: what a state sums up over a month
STATE_FLOWS = ("homicides", "killed_by_rivals", "month_by_force", "officials_killed", "arrests")


class Presence:
    """A cartel in a state: this week's totals and chances."""

    __slots__ = ("arrest", "beaten", "contact", "force", "hazard", "hired", "hiring", "members",
                 "offer", "overseas_revenue", "revenue", "settled", "share", "standing",
                 "strength", "us_revenue", "victor")  # fmt: skip

    def __init__(self, settled: float = 0.0, arrest: float = 0.0, force: float = 0.0) -> None:
        self.hired = self.hiring = 0
        self.settled, self.arrest, self.force = settled, arrest, force
        self.contact = self.hazard = 0.0
        self.revenue = self.us_revenue = self.overseas_revenue = 0.0
        self.clear(0.0)

    def clear(self, fades: float) -> None:
        """Forget last week's totals; gangs hired last week attack this week."""
        self.members = 0
        self.strength = self.share = self.standing = self.offer = self.beaten = 0.0
        self.victor: Cartel | None = None
        self.contact *= 1.0 - fades
        self.hired, self.hiring = self.hiring, 0

    def gained(self) -> float:
        """Return by how much its share exceeds what the others here are used to."""
        return max(0.0, self.share - self.settled)


class State(mesa.Agent):
    """A state: what it yields, how corrupt it is, what waits for its gangs."""

    model: PlainMesa

    def __init__(self, model: PlainMesa, row: Any) -> None:
        super().__init__(model)
        for name in ("population", "at_risk", "need", "trafficking", "overseas", "racket",
                     "background", "force", "gun_supply", "stakes", "corruption", "crackdown",
                     "fear", "addiction", "patients"):  # fmt: skip
            setattr(self, name, float(row[name]))
        self.reach: list[State] = []
        self.here: list[tuple[Cartel, Presence]] = []
        self.presence: dict[Cartel, Presence] = {}
        self.fronts: dict[frozenset[Cartel], Front] = {}
        self.primary: Cartel | None = None
        for name in STATE_FLOWS:
            setattr(self, name, 0)

    def open_week(self, living: list[Cartel]) -> None:
        """Forget the last week."""
        self.members = self.local_members = self.local_gangs = 0
        self.local_strength = 0.0
        self.killed = self.killed_by_forces = self.arrested = 0
        self.bystanders = self.ordinary = self.officials = self.patients_killed = 0
        for cartel in living:
            self.presence.setdefault(cartel, Presence())
        for here in self.presence.values():
            here.clear(self.model.par.contact_fades)

    def count(self, living: list[Cartel]) -> None:
        """Sum up who is here."""
        self.here = [(c, self.presence[c]) for c in living if self.presence[c].members > 0]
        for cartel, here in self.here:
            self.members += here.members
            cartel.members += here.members
            cartel.strength += here.strength
            cartel.places += 1
        for cartel, here in self.here:
            here.share = here.members / self.members
            cartel.ground = max(cartel.ground, here.share)
        for here in self.presence.values():
            here.standing = max(here.share, here.contact)
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

    def fights(self, one: Cartel, other: Cartel) -> bool:
        """Return whether two cartels have an active front here."""
        front = self.fronts.get(frozenset((one, other)))
        return front is not None and front.active

    def step(self) -> None:
        """Set what the week holds for the gangs and cartels here."""
        self.hazards()
        self.yields()
        self.relax()
        self.programmes()
        self.chances()
        self.offers()

    def yields(self) -> None:
        """[1] Divide what the state yields among the cartels; war burns a part."""
        par, lever = self.model.par, self.model.lever
        flow, other = lever["southbound_guns"], par.other_guns
        self.guns = min(1.0, other + self.gun_supply * flow)
        self.local_guns = min(1.0, par.local_arms * (other + (1.0 - other) * flow))
        kept = 1.0 - par.war_cost * self.friction
        exports = par.export_revenue / YEAR * kept * lever["drug_revenue"]
        american = exports * (1.0 - par.overseas_share) * self.trafficking
        american *= 1.0 - lever["us_roundup"]
        overseas = exports * par.overseas_share * self.overseas
        rackets = par.racket_revenue / YEAR * self.racket * kept
        prizes = [(here.strength + NO_ARMS) ** par.decisiveness for _, here in self.here]
        total = sum(prizes)
        feared = [here.members * (1.0 + par.fear_rackets * c.brutality) for c, here in self.here]
        heads = sum(feared) + self.local_members
        for (_, here), prize, takers in zip(self.here, prizes, feared, strict=True):
            here.us_revenue = american * prize / total
            here.overseas_revenue = overseas * prize / total
            here.revenue = here.us_revenue + here.overseas_revenue + rackets * takers / heads

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
        """[3] Prevention and rehabilitation; patients, addiction, attacks on centres."""
        par, lever = self.model.par, self.model.lever
        spared = math.exp(-par.prevention_elasticity * lever["prevention"])
        addicted = 1.0 + par.addiction_effect * self.addiction
        self.pull = self.room * spared * self.need**par.need_effect * addicted
        self.rehabilitated = lever["rehabilitation"]
        heads = self.members + self.local_members
        leaving = self.patients / par.treatment
        self.returning = par.relapse * leaving / heads * spared if heads > 0 else 0.0
        self.patients += self.rehabilitated * heads - leaving
        centres = self.patients + par.centres * self.addiction * self.at_risk
        exposed = par.centre_attacks * self.friction * (1.0 - lever["protection"])
        self.exposed = min(1.0, exposed * centres / 1000.0)
        presence = heads / self.at_risk
        level = presence / (presence + par.addiction_half)
        self.addiction += par.addiction_speed * (level - self.addiction)

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
        capacity *= 1.0 - par.fear_effect * self.fear
        self.fear *= 1.0 - par.threats_fade
        self.crackdown = 0.0
        for cartel, here in self.here:
            here.arrest = min(1.0, capacity * self.focus(cartel) * self.notice(cartel, here))
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

    def notice(self, cartel: Cartel, here: Presence) -> float:
        """[9] Return the weight of a cartel in arrests: notoriety, and silence where it rules."""
        par = self.model.par
        drawn = 1.0 + par.notoriety * (cartel.brutality - self.model.brutality)
        return float(max(0.0, drawn) * (1.0 - par.silence * cartel.brutality * here.share))

    def hazards(self) -> None:
        """[8] Set the chances that members are killed by rivals, and how contested it is here."""
        par = self.model.par
        scale = par.war_deaths * self.model.members
        shots = {}
        for cartel, here in self.here:
            arms = here.strength / here.members / par.arms_reference
            shots[cartel] = here.share * arms**par.lethality
            strife = cartel.strife * par.strife_hostility
            strife *= 1.0 if cartel.home is self else par.strife_elsewhere
            here.hazard = par.hire_deaths * here.hired / here.members
            here.hazard += scale * strife * shots[cartel]
        contested = 0.0
        for n, (one, here) in enumerate(self.here):
            for other, there in self.here[:n]:
                hostility = relation(one, other).hostility(par)
                heat = scale * hostility * (1.0 + par.opportunism * (one.strife + other.strife))
                heat *= 1.0 + par.advance * (here.gained() + there.gained())
                here.hazard += heat * shots[other]
                there.hazard += heat * shots[one]
                contested += here.share * there.share * hostility
        contested += sum(front.fight(scale, shots) for front in self.fronts.values())
        self.killed_on_fronts = sum(front.now for front in self.fronts.values())
        for _, here in self.here:
            here.hazard = min(1.0, here.hazard)
        self.friction = min(1.0, 4.0 * contested / par.hostility_war)
        fire = sum(shots.values())
        self.local_hazard = min(1.0, scale * par.hostility_local * fire * self.friction)

    def worth(self) -> float:
        """Return the yearly revenue."""
        par = self.model.par
        drugs = (1.0 - par.overseas_share) * self.trafficking + par.overseas_share * self.overseas
        return float(par.export_revenue * drugs + par.racket_revenue * self.racket)

    def frighten(self, fear: float) -> None:
        """[9] Frighten a share of the officials who are not afraid yet."""
        self.fear += fear * (1.0 - self.fear)

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
            joining = (cartel.appeal * state.pull + state.returning) * self.members
            leaving = state.rehabilitated + cartel.leaving
            hazard, arrest, force = min(1.0, weeks * here.hazard), here.arrest, here.force
            joining, leaving = weeks * joining, weeks * leaving
            losses = self.live(joining, leaving, hazard, weeks * arrest, weeks * force, cartel)
            kept = cartel.bond - par.loyalty_losses * losses / weeks
            kept -= par.loyalty_beaten * here.beaten
            kept -= par.loyalty_weak * max(0.0, 1.0 - here.share / par.front_ground)
            if state is not cartel.home:
                kept -= par.loyalty_distance * (1.0 - cartel.franchise)
            loyalty = self.loyalty + weeks * par.loyalty_speed * (kept - self.loyalty)
            self.loyalty = min(1.0, max(0.0, loyalty))
            supply, paid = state.guns, cartel.armed
            stable = self.loyalty >= par.disloyal
        else:
            joining = (par.local_turnover * state.pull + state.returning) * self.members
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
        victor: Cartel | None = None
        if own is not None:
            here = self.state.presence[own]
            victor, winning = here.victor, math.exp(par.utility_winner * here.beaten)
            stay = max(here.offer, 1.0)
            choices.append(own)
            weights.append(stay * math.exp(par.utility_loyalty * self.loyalty))
        for cartel, offer in offers:
            if cartel is own:
                continue
            if cartel is victor:
                offer *= winning
            elif cartel is self.tie:
                offer *= math.exp(par.utility_tie)
            choices.append(cartel)
            weights.append(offer)
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
