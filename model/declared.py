"""Every parameter of the model, declared once: unit, range, source, status, meaning and value.

A declaration reads ``name: Annotated[float, D(unit, low, high, source, status, meaning)] = value``.
What may be done with them is in ``plazas.model.parameters``; numbers that no scenario may change
are in ``plazas.model.structure``. Money is in thousands of US dollars, time in weeks, people in
persons.

Status: *measured* (taken from the source), *calibrated* (fitted to 2010-2018 within its range),
*assumed* (a judgement; explore the range).
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

UCDP = "UCDP dyads by state, 1989-2018"
SCIENCE = "Prieto-Curiel, Campedelli & Hope 2023, Science 381:1312"
MEASURED, CALIBRATED, ASSUMED = "measured", "calibrated", "assumed"


class Declaration(NamedTuple):
    """What is said of a parameter beside its value: unit, range, source, status, meaning."""

    unit: str
    low: float
    high: float
    source: str
    status: str
    meaning: str


D = Declaration


# fmt: off
class Parameters(NamedTuple):
    """The values of one run; ``compiled`` makes them fit for compiled rules."""

    # --- the start
    members_2010: Annotated[float, D(
        "persons", 60000.0, 180000.0, SCIENCE + ": 115,000 in 2012, drawn back two years", ASSUMED,
        "members of all cartels on 1 January 2010")] = 109000.0
    treasury_2010: Annotated[float, D(
        "thousand USD a person", 0.0, 20.0, "assumed", ASSUMED, "funds a member at the start"
        )] = 1.0
    loyalty_2010: Annotated[float, D(
        "0..1", 0.0, 1.0, "assumed", ASSUMED, "loyalty of the cells of the start")] = 0.75
    traits_drawn: Annotated[float, D(
        "switch", 0.0, 1.0, "1: no score is given with hindsight; 0: the scores of the country",
        ASSUMED, "franchise and brutality of every cartel of the start are drawn from one range"
        )] = 1.0
    franchise_least: Annotated[float, D(
        "0..1", 0.0, 0.5, "assumed: the same for every cartel", ASSUMED,
        "least franchise drawn at the start")] = 0.3
    franchise_span: Annotated[float, D(
        "0..1", 0.0, 0.5, "assumed: the same for every cartel", ASSUMED,
        "greatest franchise drawn at the start, above the least")] = 0.4
    brutality_least: Annotated[float, D(
        "0..1", 0.0, 0.5, "assumed: the same for every cartel", ASSUMED,
        "least brutality drawn at the start")] = 0.4
    brutality_span: Annotated[float, D(
        "0..1", 0.0, 0.5, "assumed: the same for every cartel", ASSUMED,
        "greatest brutality drawn at the start, above the least")] = 0.4
    burn_in: Annotated[float, D(
        "weeks", 0.0, 520.0, "assumed: fronts forget their start within three years", ASSUMED,
        "in which the fronts of the start find their level before the run")] = 156.0
    # --- markets
    export_revenue: Annotated[float, D(
        "thousand USD a year", 2.0e6, 1.5e7, "Kilmer et al. 2010, RAND OP-325 (about 6.6 billion)",
        ASSUMED, "drug export revenue of all groups together")] = 6.6e6
    overseas_share: Annotated[float, D(
        "share", 0.0, 0.6, "assumed: Mexican groups sell mainly in the United States", ASSUMED,
        "drug export revenue that is earned overseas, through sea ports")] = 0.15
    racket_revenue: Annotated[float, D(
        "thousand USD a year", 3.0e5, 6.0e6, "Jones & Sullivan 2019 (extortion, fuel theft)",
        ASSUMED, "extortion, fuel theft and retail drugs of all groups together")] = 1.5e6
    fear_rackets: Annotated[float, D(
        "times", 0.0, 3.0, "Magaloni et al. 2020, J. Conflict Resolution 64:1124", ASSUMED,
        "rackets that a wholly brutal cartel takes beyond those of a local gang")] = 0.5
    decisiveness: Annotated[float, D(
        "1", 0.5, 2.0, "Hirshleifer 1989, Public Choice 63:101; Skaperdas 1996", CALIBRATED,
        "how much a stronger group takes more than its share of a place (contest function)")] = 1.55
    logistic_contest: Annotated[float, D(
        "switch", 0.0, 1.0, "Hirshleifer 1989: 0 the ratio form, 1 the logistic form", ASSUMED,
        "the contest for a place goes by differences of strength")] = 0.0
    war_cost: Annotated[float, D(
        "share", 0.0, 0.9, "Castillo, Mejia & Restrepo 2020, REStat 102:269", ASSUMED,
        "revenue lost in a place where two equal groups are at open war")] = 0.322
    wage: Annotated[float, D(
        "thousand USD a person a week", 0.14, 0.7, "reported wages 140-700 USD a week", MEASURED,
        "pay of a member")] = 0.35
    revenue_reference: Annotated[float, D(
        "thousand USD a person a week", 0.5, 4.0, "export and racket revenue over 110,000 members",
        ASSUMED, "revenue a member at which recruitment is as in the Science model")] = 1.45
    retained: Annotated[float, D(
        "share", 0.01, 0.5, "profits are mostly consumed or laundered", ASSUMED,
        "share of profit kept for guns, gangs, cells")] = 0.13
    bribe_share: Annotated[float, D(
        "share", 0.0, 0.3, "Morris 2012; Rios 2015", ASSUMED, "share of revenue paid in bribes"
        )] = 0.05
    # --- guns
    gun_price: Annotated[float, D(
        "thousand USD a person fully armed", 0.5, 5.0, "Goodman & Marizco 2010", ASSUMED,
        "cost of arming a member from nothing")] = 1.5
    rearming: Annotated[float, D(
        "1/week", 0.005, 0.2, "assumed: half-way in four months", ASSUMED,
        "speed at which a unit reaches the arms its supply allows")] = 0.04
    gun_decay: Annotated[float, D(
        "1/week", 0.0005, 0.02, "15 % seized a year; wear", ASSUMED,
        "arms lost to seizure and wear")] = 0.004
    gun_distance: Annotated[float, D(
        "share", 0.0, 0.8, "Dube, Dube & Garcia-Ponce 2013, APSR 107:397", ASSUMED,
        "supply lost in the place farthest from the US border")] = 0.35
    other_guns: Annotated[float, D(
        "share", 0.0, 0.7, "GAO 2016 (GAO-16-223): 70 % of seized and traced guns came from the US",
        ASSUMED, "supply that does not come from the United States")] = 0.3
    local_arms: Annotated[float, D(
        "0..1", 0.0, 0.5, "petty gangs hold few guns", ASSUMED, "arms of a new local gang")] = 0.12
    lethality: Annotated[float, D(
        "exponent", 0.0, 2.0, "Dube et al. 2013", CALIBRATED, "how deaths grow with arms of the "
        "rival (gamma)")] = 0.559
    arms_reference: Annotated[float, D(
        "0..1", 0.3, 1.0, "docking: arms at which lethality is that of the Science model", ASSUMED,
        "arms of an average cartel member")] = 0.7
    # --- corruption
    corruption_speed: Annotated[float, D(
        "1/week", 0.005, 0.1, "assumed: half-way in half a year", ASSUMED,
        "speed at which corruption follows bribes")] = 0.03
    bribe_price: Annotated[float, D(
        "thousand USD a week per 1,000 inhabitants", 0.005, 0.5, "assumed", ASSUMED,
        "bribes that buy half of a state of average force")] = 0.05
    corruption_discount: Annotated[float, D(
        "share", 0.0, 1.0, "Rios 2015, Latin American Research Review 50:2", ASSUMED,
        "enforcement lost where corruption is complete")] = 0.6
    bribes_in_quiet: Annotated[float, D(
        "times", 0.0, 1.0, "assumed", ASSUMED,
        "bribes without a crackdown, relative to those at the reference crackdown")] = 0.5
    bribes_alarmed: Annotated[float, D(
        "times", 1.0, 5.0, "assumed", ASSUMED,
        "the most bribes in a crackdown, relative to those at the reference")] = 2.0
    # --- recruitment and leaving
    recruitment: Annotated[float, D(
        "1/week", 2.0e-3, 4.5e-3, SCIENCE, CALIBRATED, "recruits a member a week (rho)"
        )] = 0.00335
    saturation: Annotated[float, D(
        "1/person/week", 0.0, 1.0e-7, SCIENCE, MEASURED, "leaving grows with size (omega)")] = 4e-8
    at_risk_share: Annotated[float, D(
        "share", 0.03, 0.4, "INEGI ENOE: young men neither in school nor in work", ASSUMED,
        "at-risk youth as a share of men aged 15-29 at average poverty")] = 0.12
    need_effect: Annotated[float, D(
        "elasticity", 0.0, 2.0, "Dell, Feigenberg & Teshima 2019; Sviatschi 2022, Econometrica "
        "90:1835", ASSUMED, "how recruitment follows the share of young men at risk")] = 0.5
    addiction_effect: Annotated[float, D(
        "times", 0.0, 3.0, "assumed", ASSUMED,
        "recruitment added where all at-risk youths are addicted")] = 0.5
    addiction_half: Annotated[float, D(
        "share", 0.02, 1.0, "assumed", ASSUMED,
        "gang members per at-risk youth at which half of these are addicted in the end")] = 0.2
    addiction_speed: Annotated[float, D(
        "1/week", 0.001, 0.1, "assumed: half-way in a year and a half", ASSUMED,
        "speed at which addiction follows the presence of gangs")] = 0.009
    treatment: Annotated[float, D(
        "weeks", 4.0, 104.0, "programmes of three to six months are usual", ASSUMED,
        "time that a member spends in a rehabilitation programme")] = 26.0
    relapse: Annotated[float, D(
        "share", 0.0, 1.0, "about half relapse within a year of treatment (McLellan et al. 2000, "
        "JAMA 284:1689)", ASSUMED, "those who leave a programme and are recruited again")] = 0.5
    centres: Annotated[float, D(
        "share", 0.0, 0.5, "assumed", ASSUMED,
        "addicted at-risk youths who are in private rehabilitation centres")] = 0.05
    centre_attacks: Annotated[float, D(
        "1/week per 1,000 patients", 0.0, 0.1, "assumed: a few attacks a year in the country",
        ASSUMED, "attacks on rehabilitation centres in a wholly contested place")] = 0.01
    centre_deaths: Annotated[float, D(
        "persons", 1.0, 30.0, "September 2009, Ciudad Juarez: 18 killed in one attack", ASSUMED,
        "patients killed in an attack on a centre")] = 8.0
    poverty_effect: Annotated[float, D(
        "elasticity", 0.0, 2.0, "Dell, Feigenberg & Teshima 2019, AER:Insights 1:161", ASSUMED,
        "how the at-risk pool widens with poverty")] = 0.5
    prosperity_effect: Annotated[float, D(
        "elasticity", 0.0, 1.0, "assumed", ASSUMED, "how recruitment follows revenue a member"
        )] = 0.195
    prevention_elasticity: Annotated[float, D(
        "per USD per at-risk youth per week", 0.0, 0.2,
        "not fixed by data: Sumano & Reyes 2025 find none for Jovenes Construyendo el Futuro",
        ASSUMED, "exponential fall of recruitment with spending")] = 0.03
    desertion: Annotated[float, D(
        "1/week", 0.0, 0.1, "assumed", ASSUMED, "members who leave where no wage is paid")] = 0.01
    # --- local gangs
    local_gangs: Annotated[float, D(
        "gangs", 0.0, 10000.0, "SSP 2010 counts 2,000-9,000 street gangs", ASSUMED,
        "unaffiliated gangs at the start")] = 2000.0
    local_size: Annotated[float, D(
        "persons", 10.0, 80.0, "28 in the US in 2012 (Egley, Howell & Harris 2014, OJJDP NCJ "
        "248025), 75 in Central America in 2005 (UNODC 2007, Crime and Development)", ASSUMED,
        "usual size of a local gang")] = 75.0
    local_turnover: Annotated[float, D(
        "1/week", 0.001, 0.05, "assumed", ASSUMED, "recruits a member a week of a local gang"
        )] = 0.008
    formation: Annotated[float, D(
        "gangs a week per million at-risk youths", 0.0, 16.0,
        "with more there would soon be more than the 9,000 of SSP 2010's widest count",
        CALIBRATED, "new local gangs")] = 11.5
    disbanding: Annotated[float, D(
        "1/week", 0.0, 0.05, "most street gangs last a few years (Howell 2012)", ASSUMED,
        "chance that a local gang disbands")] = 0.005
    division_size: Annotated[float, D(
        "persons", 60.0, 400.0, "Dunbar 1992: about 150", ASSUMED,
        "size past which a gang divides")] = 150.0
    cell_size: Annotated[float, D(
        "persons", 20.0, 140.0, "assumed", ASSUMED, "usual size of a cartel cell in 2010")] = 100.0
    # --- absorption
    absorption: Annotated[float, D(
        "switch", 0.0, 1.0, "1: gangs weigh offers; 0: none is ever made", ASSUMED,
        "absorption of gangs by cartels")] = 1.0
    stock_taking: Annotated[float, D(
        "weeks", 13.0, 52.0, "assumed: once a quarter", ASSUMED,
        "how often a gang weighs its allegiance")] = 13.0
    independence: Annotated[float, D(
        "utility", 0.0, 16.0, "random utility (McFadden 1974)", CALIBRATED,
        "worth of staying independent")] = 10.7
    utility_pay: Annotated[float, D(
        "utility", 0.0, 4.0, "assumed", ASSUMED, "weight of pay (logarithm against the reference)"
        )] = 0.5
    utility_arms: Annotated[float, D(
        "utility", 0.0, 4.0, "assumed", ASSUMED, "weight of arms offered (0..1)")] = 1.0
    utility_strength: Annotated[float, D(
        "utility", 0.0, 6.0, "assumed", CALIBRATED, "weight of the cartel's share of the place"
        )] = 0.557
    utility_fear: Annotated[float, D(
        "utility", 0.0, 6.0, "assumed", ASSUMED, "weight of brutality times share")] = 0.497
    utility_franchise: Annotated[float, D(
        "utility", 0.0, 12.0, "Prieto-Curiel et al. 2023; Trejo & Ley 2020", CALIBRATED,
        "weight of the autonomy left (franchise, 0..1)")] = 7.59
    utility_tie: Annotated[float, D(
        "utility", 0.0, 4.0, "assumed", ASSUMED, "weight of having served the cartel before"
        )] = 0.5
    utility_winner: Annotated[float, D(
        "utility", 0.0, 30.0, "Christia 2012, Alliance Formation in Civil Wars; Staniland 2012, "
        "J. Conflict Resolution 56:16", CALIBRATED,
        "weight of being on the side that has beaten one's cartel in a place")] = 8.19
    utility_risk: Annotated[float, D(
        "utility", 0.0, 200.0, "assumed", ASSUMED,
        "weight of the weekly chance of arrest or death that comes with the cartel")] = 40.0
    next_door: Annotated[float, D(
        "share", 0.0, 1.0, "assumed", CALIBRATED, "strength that counts from a neighbouring place"
        )] = 0.703
    least_standing: Annotated[float, D(
        "share", 0.001, 0.3, "assumed", CALIBRATED,
        "standing below which a cartel makes no offers in a place")] = 0.0776
    visibility: Annotated[float, D(
        "elasticity", 0.0, 1.0, "assumed", CALIBRATED,
        "how the offers a gang hears grow with a cartel's standing")] = 0.417
    courting_purse: Annotated[float, D(
        "thousand USD", 10.0, 20000.0, "assumed", CALIBRATED,
        "treasury at which a cartel makes every offer it would like to make")] = 5300.0
    signing: Annotated[float, D(
        "thousand USD a person", 0.1, 5.0, "assumed: a few weeks' wage", ASSUMED,
        "paid to a gang that joins")] = 1.0
    arms_on_joining: Annotated[float, D(
        "share", 0.0, 1.0, "assumed", ASSUMED,
        "arms of a gang that joins, as a share of what its place supplies")] = 0.5
    loyalty_joined: Annotated[float, D(
        "0..1", 0.0, 1.0, "assumed", ASSUMED, "loyalty of a gang that has just joined")] = 0.75
    # --- new cartels from local gangs
    emergence: Annotated[float, D(
        "1/month", 0.0, 0.0012, "Santa Rosa de Lima, Los Viagras, La Union: a handful in a decade",
        CALIBRATED, "chance that the gangs of a place of average rackets federate, were they the "
        "only ones armed there")] = 0.000864
    rise_entry: Annotated[float, D(
        "times", 0.0, 20.0, "assumed: Guanajuato, Michoacan: local groups rise against outsiders",
        CALIBRATED, "rises provoked by a cartel from elsewhere that gains the whole place in a year"
        )] = 10.1
    rise_friction: Annotated[float, D(
        "times", 0.0, 10.0, "new groups enter where killing is (UCDP actors by state, 1989-2018)",
        ASSUMED, "rises added in a wholly contested place")] = 2.0
    federates: Annotated[float, D(
        "share", 0.05, 1.0, "assumed", ASSUMED, "unaffiliated gangs of the place that join"
        )] = 0.781
    smallest_rise: Annotated[float, D(
        "persons", 20.0, 2000.0, "assumed", ASSUMED, "a smaller federation does not last")] = 200.0
    rise_hostile: Annotated[float, D(
        "chance", 0.0, 1.0, "October 2017: Santa Rosa de Lima declares war on the largest outsider",
        ASSUMED, "a federation rises against the largest cartel of its place")] = 0.476
    rise_riches: Annotated[float, D(
        "times", 1.0, 20.0, "assumed", ASSUMED,
        "rackets per head beyond so many times the mean attract no more rises")] = 4.0
    rise_loyalty: Annotated[float, D(
        "0..1", 0.0, 1.0, "assumed", ASSUMED, "loyalty of the gangs of a new federation")] = 0.75
    rise_cohesion: Annotated[float, D(
        "0..1", 0.0, 1.0, "assumed", ASSUMED, "cohesion of a new federation")] = 0.6
    rise_brutality_least: Annotated[float, D(
        "0..1", 0.0, 0.5, "assumed", ASSUMED, "least brutality of a new federation")] = 0.4
    rise_brutality_span: Annotated[float, D(
        "0..1", 0.0, 0.5, "assumed", ASSUMED,
        "brutality of the most brutal new federation above the least")] = 0.5
    rise_franchise: Annotated[float, D(
        "0..1", 0.0, 1.0, "assumed", ASSUMED, "franchise of a new federation")] = 0.3
    # --- loyalty
    loyalty_speed: Annotated[float, D(
        "1/week", 0.005, 0.2, "assumed", ASSUMED, "speed at which loyalty follows treatment"
        )] = 0.03
    loyalty_losses: Annotated[float, D(
        "1", 0.0, 100.0, "assumed", ASSUMED,
        "loyalty lost per weekly share of the gang killed or arrested")] = 27.8
    loyalty_beaten: Annotated[float, D(
        "1", 0.0, 4.0, "Christia 2012, Alliance Formation in Civil Wars; Staniland 2012, "
        "J. Conflict Resolution 56:16", CALIBRATED,
        "loyalty lost where an enemy at war has the whole place")] = 2.07
    loyalty_weak: Annotated[float, D(
        "1", 0.0, 2.0, "Kalyvas 2006, The Logic of Violence in Civil War", CALIBRATED,
        "loyalty lost where a cartel has next to nothing of a place")] = 0.462
    loyalty_distance: Annotated[float, D(
        "1", 0.0, 0.6, "assumed", ASSUMED, "loyalty lost far from home, less with franchise"
        )] = 0.1
    disloyal: Annotated[float, D(
        "0..1", 0.0, 0.9, "assumed", CALIBRATED, "loyalty under which a gang hears other offers"
        )] = 0.3
    utility_loyalty: Annotated[float, D(
        "utility", 0.0, 20.0, "assumed", CALIBRATED, "weight of loyalty in staying")] = 10.7
    loyalty_paid: Annotated[float, D(
        "share", 0.0, 1.0, "assumed", ASSUMED,
        "loyalty that paid wages keep without cohesion; cohesion gives the rest")] = 0.6
    # --- expansion
    expansion: Annotated[float, D(
        "cells a week", 0.0, 1.0, "assumed", CALIBRATED,
        "cells that a cartel with full coffers founds")] = 0.377
    cell_cost: Annotated[float, D(
        "thousand USD", 200.0, 20000.0, "assumed: dear against a signed gang", ASSUMED,
        "cost of founding a cell")] = 3000.0
    full_coffers: Annotated[float, D(
        "times", 1.0, 10.0, "assumed", ASSUMED,
        "treasury, relative to the cost of a cell, at which a cartel founds at its full rate"
        )] = 2.0
    founders: Annotated[float, D(
        "persons", 5.0, 60.0, "assumed", ASSUMED, "members sent to found a cell")] = 20.0
    foothold: Annotated[float, D(
        "share", 0.01, 0.5, "assumed", ASSUMED, "share of a place above which no cell is sent"
        )] = 0.05
    hire_rate: Annotated[float, D(
        "1/week", 0.0, 0.5, "26 June 2020: hired local gunmen attack Mexico City's security chief",
        ASSUMED, "attacks by hired gangs a week of a cartel at war")] = 0.06
    hire_cost: Annotated[float, D(
        "thousand USD", 5.0, 500.0, "assumed", ASSUMED, "fee of a gang hired for an attack")] = 60.0
    hire_deaths: Annotated[float, D(
        "persons", 0.0, 0.5, "assumed: about one death an attack", ASSUMED,
        "rivals killed by each hired gunman in one attack")] = 0.05
    hire_contact: Annotated[float, D(
        "share", 0.0, 0.5, "assumed", ASSUMED,
        "standing of a cartel in a place where it has just hired a gang")] = 0.2
    contact_fades: Annotated[float, D(
        "1/week", 0.005, 0.5, "assumed: half gone in a quarter", ASSUMED,
        "speed at which the standing from hired gangs fades")] = 0.05
    # --- war
    war_deaths: Annotated[float, D(
        "1/person/week", 5e-9, 6e-8, SCIENCE, MEASURED, "deaths per pair of rivals (theta)"
        )] = 1.549231e-8
    hostility_allied: Annotated[float, D(
        "1", 0.0, 0.5, SCIENCE + " (S of allies)", ASSUMED, "hostility S between allies")] = 0.02
    hostility_neutral: Annotated[float, D(
        "1", 0.0, 0.1, SCIENCE + ": small beside war", CALIBRATED,
        "hostility S where two have no front")] = 0.0497
    hostility_war: Annotated[float, D(
        "1", 0.5, 8.0, SCIENCE, CALIBRATED,
        "hostility S at open war, at its fiercest")] = 0.716
    front_onset: Annotated[float, D(
        "1/month", 0.0, 0.02, UCDP, CALIBRATED,
        "two brutal cartels with members in a place open a front")] = 0.00086
    front_present: Annotated[float, D(
        "share", 0.001, 0.2, "assumed", ASSUMED, "of a place, below which nobody opens a front"
        )] = 0.02
    front_ground: Annotated[float, D(
        "share", 0.02, 0.5, "assumed", ASSUMED,
        "of a place that the weaker has, from which both are strong")] = 0.12
    front_strong: Annotated[float, D(
        "times", 1.0, 10.0, UCDP + ": 2.5", MEASURED, "onset where both are strong")] = 2.5
    front_elsewhere: Annotated[float, D(
        "times", 1.0, 10.0, UCDP, CALIBRATED, "onset where the pair fights in another place")] = 1.5
    front_next_door: Annotated[float, D(
        "times", 1.0, 20.0, UCDP, CALIBRATED, "onset where that place is within reach")] = 5.64
    front_betrayed: Annotated[float, D(
        "times", 1.0, 20.0, "heirs and former allies fight (Calderon et al. 2015; Christia 2012)",
        CALIBRATED, "onset between two that were allies")] = 3.09
    front_shift: Annotated[float, D(
        "times", 0.0, 50.0, "Fearon 1995, Int. Organization 49:379; Powell 2006, 60:169", ASSUMED,
        "onset added where one has gained the whole place within a year")] = 12.0
    front_stakes: Annotated[float, D(
        "elasticity", 0.0, 2.0, "Castillo, Mejia & Restrepo 2020, REStat 102:269", CALIBRATED,
        "how onset and deaths of fronts grow with what a place yields a head")] = 0.68
    front_spread: Annotated[float, D(
        "log", 0.0, 2.5, UCDP, CALIBRATED, "standard deviation of the intensity of fronts")] = 0.752
    front_persistence: Annotated[float, D(
        "share", 0.05, 0.99, UCDP + ": 0.54", MEASURED,
        "part of a front's intensity, as a logarithm, that is left after a year")] = 0.54
    front_worst: Annotated[float, D(
        "1/week", 0.001, 0.1, UCDP, ASSUMED, "largest chance of a member's death on one front"
        )] = 0.02
    front_silence: Annotated[float, D(
        "1/week", 0.0, 0.2, UCDP, CALIBRATED, "chance that a front with no deaths falls silent"
        )] = 0.0165
    front_silence_deaths: Annotated[float, D(
        "deaths a year", 1.0, 200.0, UCDP, CALIBRATED,
        "deaths in the news at which that chance begins to fall")] = 25.0
    front_lasts: Annotated[float, D(
        "elasticity", 0.0, 2.0, UCDP, CALIBRATED,
        "how the chance that a front falls silent falls with its deaths")] = 0.85
    front_memory: Annotated[float, D(
        "weeks", 4.0, 104.0, "assumed: half a year", ASSUMED,
        "over which the deaths of a front count for its silence")] = 26.0
    front_flare: Annotated[float, D(
        "1/week", 0.0, 0.1, UCDP, CALIBRATED, "chance that a front that is just silent flares up"
        )] = 0.012
    front_flare_fades: Annotated[float, D(
        "weeks", 5.0, 200.0, UCDP, CALIBRATED, "time over which that chance fades")] = 30.0
    front_flare_late: Annotated[float, D(
        "1/week", 0.0, 0.01, UCDP, CALIBRATED, "the same chance after years")] = 0.001
    front_forgotten: Annotated[float, D(
        "weeks", 26.0, 520.0, UCDP + ": few fight again after three silent years", ASSUMED,
        "of silence after which a front ends")] = 156.0
    reported: Annotated[float, D(
        "share", 0.1, 1.0, "UCDP deaths over homicides, 2014-2018: 0.17-0.35", ASSUMED,
        "deaths on fronts that news, and so UCDP, count")] = 0.5
    show_of_force: Annotated[float, D(
        "times", 0.0, 5.0, "assumed: contenders fight before a succession", ASSUMED,
        "deaths on fronts and answers to pressure added while a leader is ill")] = 0.5
    pressed: Annotated[float, D(
        "times", 0.0, 3.0, "Dell 2015; Calderon et al. 2015; Osorio 2015, J. Conflict Resolution "
        "59:1403", ASSUMED,
        "deaths on a front added by pressure of the forces on one side, at twice the reference"
        )] = 0.4
    home_ground: Annotated[float, D(
        "times", 1.0, 6.0, "UCDP dyads 2008-2018: the deadliest are at home of one of the two",
        CALIBRATED, "hostility of a war in the home place of one of the two")] = 1.01
    advance: Annotated[float, D(
        "times", 0.0, 60.0, "violence where ground changes hands: Calderon et al. 2015; Dell 2015, "
        "AER 105:1738", CALIBRATED,
        "hostility added in a place that one of the two gains wholly within a year")] = 6.0
    heirs_fight: Annotated[float, D(
        "times", 1.0, 6.0, "host states of hostile splits: 2.5 to 6 times (Calderon et al. 2015)",
        ASSUMED, "hostility of a war between heirs of one cartel")] = 5.5
    hostility_local: Annotated[float, D(
        "1", 0.0, 2.0, "assumed", CALIBRATED,
        "hostility S towards unaffiliated gangs, where cartels contest a place")] = 0.501
    strife_hostility: Annotated[float, D(
        "1", 0.0, 8.0, "Calderon et al. 2015; Lindo & Padilla-Romo 2018", ASSUMED,
        "hostility S inside a cartel whose leader has just fallen without an heir")] = 1.2
    opportunism: Annotated[float, D(
        "1", 0.0, 4.0, "Calderon et al. 2015; Phillips 2015, J. Politics 77:2", ASSUMED,
        "hostility added between a cartel at full strife and its rivals, relative to what there is"
        )] = 0.8
    strife_elsewhere: Annotated[float, D(
        "share", 0.0, 1.0, "Calderon et al. 2015: less away from where the leader fell", ASSUMED,
        "strife away from the cartel's home")] = 0.4
    strife_fades: Annotated[float, D(
        "1/week", 0.005, 0.2, "6 to 12 months (Calderon et al. 2015; Lindo & Padilla-Romo 2018)",
        ASSUMED, "speed at which strife fades")] = 0.03
    square_law: Annotated[float, D(
        "switch", 0.0, 1.0, "Lanchester 1916: 0 linear law (area fire), 1 square law", ASSUMED,
        "aimed fire: each armed member hits one of the rivals, however few they are")] = 0.0
    bystanders: Annotated[float, D(
        "persons", 0.5, 10.0, "homicides above the pre-war level per member killed, 2012-18",
        CALIBRATED, "others killed per member killed (dealers, associates, civilians)")] = 1.87
    crossfire: Annotated[float, D(
        "persons", 0.0, 3.0, "assumed: no count separates them", ASSUMED,
        "others killed per member killed by the armed forces")] = 0.5
    # --- enforcement
    arrest_capacity: Annotated[float, D(
        "persons/week", 0.0, 600.0, SCIENCE + " (110 effective)", CALIBRATED,
        "members that a state free of corruption arrests (eta)")] = 151.0
    per_capita_arrests: Annotated[float, D(
        "switch", 0.0, 1.0, "0: a number of persons, as in " + SCIENCE + "; 1: a share of members",
        ASSUMED, "arrests grow with the number of members")] = 0.0
    local_arrests: Annotated[float, D(
        "1/week", 0.0, 0.01, "assumed", ASSUMED, "chance of arrest of a local gang's member"
        )] = 0.001
    confrontation_deaths: Annotated[float, D(
        "1/person/week", 0.0, 1e-3, "army: 1,297 killed in 2011 among some 112,000 members",
        MEASURED, "chance of being killed by the armed forces at level 1 (2011)")] = 2.2e-4
    soldiers_killed: Annotated[float, D(
        "persons", 0.0, 1.0, "SEDENA: about one soldier to eight or ten", ASSUMED,
        "officials killed per member killed in a confrontation")] = 0.1
    leader_hunt: Annotated[float, D(
        "1/week", 0.0, 0.05, "25 of 37 wanted leaders fell 2007-2012 (Calderon et al. 2015)",
        ASSUMED, "operations against the leader of a cartel with a tenth of all members"
        )] = 0.0007
    operation_force: Annotated[float, D(
        "armed persons", 300.0, 50000.0, "17 October 2019: Culiacan", ASSUMED,
        "local armed strength that makes an operation an even contest")] = 6000.0
    leader_killed: Annotated[float, D(
        "chance", 0.0, 1.0, "of leaders who fell 2009-2012 about a third died", ASSUMED,
        "a leader caught is killed rather than captured")] = 0.3
    toll_fades: Annotated[float, D(
        "1/week", 0.01, 0.25, "assumed: remembered for half a year", ASSUMED,
        "speed at which the deaths of a cartel's wars are forgotten in the focus of arrests"
        )] = 1.0 / 26.0
    notoriety: Annotated[float, D(
        "1", 0.0, 3.0, "Lessing 2017, Making Peace in Drug Wars", ASSUMED,
        "arrests drawn by brutality above that of the average member")] = 0.5
    silence: Annotated[float, D(
        "share", 0.0, 1.0, "Magaloni et al. 2020; Trejo & Ley 2020, Votes, Drugs, and Violence",
        ASSUMED, "arrests prevented by fear where a wholly brutal cartel is alone")] = 0.4
    extradition: Annotated[float, D(
        "1/week", 0.0, 0.2, "assumed: about a year", ASSUMED,
        "chance that a captured leader is extradited")] = 0.01
    escape: Annotated[float, D(
        "1/week", 0.0, 0.05, "2001 and 2015: two escapes of one leader", ASSUMED,
        "chance that a captive leader escapes")] = 0.0005
    illness: Annotated[float, D(
        "1/week", 0.0, 0.01, "life table, men aged 60, Mexico", ASSUMED,
        "chance that a leader of sixty falls ill or dies")] = 3e-4
    ageing: Annotated[float, D(
        "1/year", 0.05, 0.15, "Gompertz: mortality doubles every eight years", ASSUMED,
        "how the chance that a leader falls ill or dies grows with age")] = 0.09
    ailing_weeks: Annotated[float, D(
        "weeks", 0.0, 104.0, "assumed: half a year", ASSUMED,
        "from a leader's illness to the succession")] = 26.0
    pressure_reference: Annotated[float, D(
        "1/week", 1e-4, 1e-2, "110 arrests a week among 115,000 members (" + SCIENCE + ")",
        MEASURED, "weekly chance of arrest that counts as a full crackdown")] = 1e-3
    answer_rate: Annotated[float, D(
        "1/week", 0.0, 1.0, "assumed: some tens of attacks on officials a year", ASSUMED,
        "bribes to or attacks on officials by a brutal cartel under full crackdown")] = 0.4
    answer_most: Annotated[float, D(
        "times", 1.0, 20.0, "assumed", ASSUMED,
        "crackdowns beyond so many times the reference provoke no more answers")] = 4.0
    anger_effect: Annotated[float, D(
        "times", 0.0, 20.0, "assumed: Colombia 1984-1991 (Lessing 2017)", ASSUMED,
        "answers added just after the leader is extradited")] = 5.0
    anger_fades: Annotated[float, D(
        "1/week", 0.005, 0.2, "assumed: half gone in four months", ASSUMED,
        "speed at which the anger over an extradition fades")] = 0.04
    threats_fade: Annotated[float, D(
        "1/week", 0.005, 0.5, "assumed: half gone in a quarter", ASSUMED,
        "speed at which threats and the fear of officials fade")] = 0.05
    threat_fear: Annotated[float, D(
        "share", 0.0, 0.5, "assumed", ASSUMED, "fear that a threat gives the officials of a place"
        )] = 0.02
    attack_fear: Annotated[float, D(
        "share", 0.0, 0.5, "assumed", ASSUMED, "fear that an attack gives the officials of a place"
        )] = 0.05
    fear_effect: Annotated[float, D(
        "share", 0.0, 1.0, "Trejo & Ley 2020, Votes, Drugs, and Violence", ASSUMED,
        "arrests lost where officials are wholly afraid")] = 0.4
    attacks_hired: Annotated[float, D(
        "share", 0.0, 1.0, "assumed",
        ASSUMED, "answers made by a hired gang, away from the cartel's own ground")] = 0.1
    deterrence: Annotated[float, D(
        "share", 0.0, 1.0, "assumed: attacks that fail are given up", ASSUMED,
        "attacks that full protection deters")] = 0.7
    bribe: Annotated[float, D(
        "thousand USD", 1.0, 1000.0, "assumed", ASSUMED, "price of an official")] = 50.0
    bribe_effect: Annotated[float, D(
        "share", 0.0, 0.2, "assumed", ASSUMED,
        "part of the honest officials of a place that one bribe turns")] = 0.02
    attack_success: Annotated[float, D(
        "chance", 0.0, 1.0, "assumed", ASSUMED, "an unprotected official attacked dies")] = 0.5
    boldness_fades: Annotated[float, D(
        "1/week", 0.005, 0.2, "assumed: half gone in five months", ASSUMED,
        "speed at which the boldness after a failed operation fades")] = 0.03
    release_seen: Annotated[float, D(
        "times", 0.0, 1.0, "assumed", ASSUMED,
        "boldness of cartels that share its ground when another's leader is released")] = 0.4
    # --- leaders and splits
    heir_need: Annotated[float, D(
        "1", 0.0, 2.0, "Jones 2013: clear succession holds", ASSUMED,
        "chance of a split is 1 - cohesion / heir_need")] = 1.0
    cohesion_recovery: Annotated[float, D(
        "1/week", 0.0, 0.02, "assumed", ASSUMED, "cohesion regained in quiet")] = 0.002
    cohesion_fall: Annotated[float, D(
        "share", 0.0, 1.0, "assumed", ASSUMED, "cohesion lost when a leader falls")] = 0.25
    return_cohesion: Annotated[float, D(
        "0..1", 0.0, 0.5, "assumed", ASSUMED, "cohesion gained when a leader escapes or is released"
        )] = 0.1
    strife_with_heir: Annotated[float, D(
        "share", 0.0, 1.0, "assumed", ASSUMED,
        "strife that a clear succession leaves where the cartel has no cohesion")] = 0.3
    heir_youngest: Annotated[float, D(
        "years", 20.0, 50.0, "assumed", ASSUMED, "age of the youngest new leader")] = 35.0
    heir_span: Annotated[float, D(
        "years", 1.0, 40.0, "assumed", ASSUMED,
        "age of the oldest new leader above that of the youngest")] = 20.0
    split_share: Annotated[float, D(
        "share", 0.05, 0.6, "assumed", ASSUMED, "part of the gangs that follow the faction"
        )] = 0.358
    split_hostile: Annotated[float, D(
        "chance", 0.0, 1.0, "Calderon et al. 2015: heirs fight", CALIBRATED,
        "factions are at war")] = 0.0508
    orphaned: Annotated[float, D(
        "share", 0.0, 1.0, "assumed", CALIBRATED, "gangs set adrift by a split")] = 0.439
    brutality_spread: Annotated[float, D(
        "0..1", 0.0, 1.0, "assumed", ASSUMED,
        "width of the range of a faction's brutality, with its parent's in the middle")] = 0.3
    smallest_split: Annotated[float, D(
        "persons", 50.0, 2000.0, "assumed", ASSUMED, "a smaller cartel dissolves instead")] = 300.0
    smallest_cartel: Annotated[float, D(
        "persons", 0.0, 3000.0, "assumed", CALIBRATED, "a smaller cartel may give up")] = 1.82e+03
    least_ground: Annotated[float, D(
        "share", 0.0, 0.5, "assumed", ASSUMED,
        "of its best place, below which a cartel may give up")] = 0.05
    giving_up: Annotated[float, D(
        "1/month", 0.0, 0.5, "assumed", CALIBRATED,
        "chance that a cartel that is small or holds no ground ends")] = 0.136
    splits: Annotated[float, D(
        "switch", 0.0, 1.0, "1: a cartel without heir splits; 0: never", ASSUMED, "splits"
        )] = 1.0
    # --- relations
    alliances: Annotated[float, D(
        "switch", 0.0, 1.0, "1: cartels ally; 0: they do not, nor at the start", ASSUMED,
        "alliances")] = 1.0
    war_declared: Annotated[float, D(
        "weeks", 1.0, 104.0, "assumed", ASSUMED,
        "in which a declared war opens fronts where both are strong")] = 10.0
    war_memory: Annotated[float, D(
        "weeks", 4.0, 104.0, "assumed: half a year", ASSUMED,
        "without an active front after which two are no longer at war")] = 26.0
    alliance_onset: Annotated[float, D(
        "1/month", 0.0, 0.3, "assumed", ASSUMED, "two with a common enemy ally")] = 0.02
    betrayal: Annotated[float, D(
        "1/month", 0.0, 0.4, "CJNG left Sinaloa by 2013", CALIBRATED,
        "an ally strong enough to do better alone leaves")] = 0.095
# fmt: on
