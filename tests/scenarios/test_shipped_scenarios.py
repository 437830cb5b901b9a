"""The scenarios that ship: each loads, says what it is, and changes what its name promises."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from plazas.model.parameters import compiled, defaults
from plazas.model.scenario import Scenario, levels, mexico
from plazas.model.start import at_risk
from plazas.scenarios import difference, from_resolved, load_scenario, resolved, scenario_names

NAMES = scenario_names()
POLICIES = (  # one government choice each, all from the same day
    "anti-corruption",
    "both",
    "double-incapacitation",
    "fewer-bullets",
    "frontal-offensive",
    "hugs-not-bullets",
    "kingpin-strategy",
    "let-one-win",
    "prevention-first",
    "protect-officials",
    "rehabilitation",
    "southbound-guns",
    "target-most-violent",
    "us-roundup",
)
COUNTERFACTUALS = (
    "culiacan-stands-firm",
    "leader-falls-2020",
    "leader-falls-2020-heir",
    "no-absorption",
    "no-kingpin-captures",
    "no-local-gangs",
    "prevention-like-science",
    "santa-rosa-imposed",
    "sinaloa-alliance-holds",
)
LATER = ("frontal-offensive-2018", "hugs-not-bullets-2018")  # from December 2018, as in history
ARMY = {2012: 1032, 2013: 459, 2014: 260, 2019: 197, 2020: 233, 2021: 162, 2022: 185, 2023: 184}


def test_the_shipped_names() -> None:
    """What ships is what is listed here, in the order of the alphabet."""
    assert tuple(sorted(("historical", "classroom", *POLICIES, *LATER, *COUNTERFACTUALS))) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is(name: str) -> None:
    """A title of one line, a story of sentences, sources, and a source beside each entry."""
    scenario = load_scenario(name)
    assert scenario.name == name
    assert "\n" not in scenario.title
    assert scenario.story.endswith(".")
    assert scenario.sources
    for entry in (*scenario.policies, *scenario.events):
        assert entry.source
        assert entry.label, "a scenario that extends this one drops entries by name"
    assert all("cost:" in policy.source for policy in scenario.policies if policy.cost)


@pytest.mark.parametrize("name", NAMES)
def test_two_loads_are_the_same(name: str) -> None:
    """The resolved JSON of a scenario does not depend on when it is read; others differ."""
    first, second = (json.dumps(resolved(load_scenario(name)), sort_keys=True) for _ in range(2))
    assert first == second
    other = NAMES[NAMES.index(name) - 1]
    assert json.dumps(resolved(load_scenario(other)), sort_keys=True) != first


@pytest.mark.parametrize("name", NAMES)
def test_resolved_goes_there_and_back(name: str) -> None:
    """From the JSON of its provenance a scenario comes back, level by level."""
    scenario = load_scenario(name)
    back = from_resolved(json.loads(json.dumps(resolved(scenario))))
    assert resolved(back) == resolved(scenario)
    assert (back.policies, back.events) == (scenario.policies, scenario.events)
    for one, other in zip(levels(scenario), levels(back), strict=True):
        assert np.array_equal(one, other, equal_nan=True)
    assert difference(scenario, back) == []
    shorter = replace(back, policies=back.policies[1:])
    assert difference(scenario, shorter) != []


@pytest.mark.parametrize("name", POLICIES)
def test_policies_begin_on_the_same_day(name: str) -> None:
    """So that they can be compared, every policy scenario changes things from 2013 to the end."""
    history, scenario = load_scenario("historical"), load_scenario(name)
    own = [policy for policy in scenario.policies if policy not in history.policies]
    assert own
    assert {(policy.start, policy.stop) for policy in own} == {(date(2013, 1, 1), history.stop)}
    assert min(policy.layer for policy in own) > max(policy.layer for policy in history.policies)


def test_history_follows_the_army() -> None:
    """Confrontation in the middle of a year is what the army killed in it, relative to 2011."""
    history = load_scenario("historical")
    for year, killed in ARMY.items():
        day = date(year, 7, 1)
        (policy,) = (
            p for p in history.policies if p.lever == "confrontation" and p.start <= day < p.stop
        )
        assert policy.level == pytest.approx(killed / 1297, abs=0.005)
    assert not any(
        p.lever == "confrontation" and p.start < date(2012, 1, 1) for p in history.policies
    )


def test_the_break_of_cjng_with_sinaloa_is_not_scripted() -> None:
    """No event of the history touches CJNG, nor relations, but for the end of one war in 2010.

    No event makes a group rise. The counterfactuals' do (control).
    """
    events = load_scenario("historical").events
    assert not any("cjng" in (e.cartel, e.other) for e in events)
    between = [(e.kind, e.cartel, e.other, e.on.year) for e in events if e.other]
    assert between == [("peace", "tijuana_breakaway", "tijuana", 2010)]
    assert not any(e.kind == "rise" for e in events)
    rises = [e for e in load_scenario("santa-rosa-imposed").events if e.kind == "rise"]
    assert [(e.cartel, e.state, e.on.year) for e in rises] == [("cjng", "Guanajuato", 2017)]
    assert any(e.other == "cjng" for e in load_scenario("sinaloa-alliance-holds").events)


def test_prevention_halves_recruitment() -> None:
    """At the default elasticity, and paid for every at-risk youth of the default share."""
    (policy,) = (p for p in load_scenario("prevention-first").policies if p.lever == "prevention")
    assert math.exp(-defaults()["prevention_elasticity"] * policy.level) == pytest.approx(0.5, 1e-3)
    youths = at_risk(mexico().geography, compiled(Scenario().parameters)).sum()
    assert policy.cost == pytest.approx(policy.level * youths / 1e6, rel=0.01)


def test_both_is_both() -> None:
    """It differs from each of the two by exactly the other."""
    history, both = load_scenario("historical"), load_scenario("both")
    arrests, prevention = load_scenario("double-incapacitation"), load_scenario("prevention-first")
    assert difference(arrests, both) == difference(history, prevention)
    assert difference(prevention, both) == difference(history, arrests)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("no-absorption", "parameter absorption: 1 -> 0 (switch)"),
        (
            "leader-falls-2020",
            "event added: cjng-leader-captured: 2020-07-01 captured cjng, no heir",
        ),
    ],
)
def test_a_counterfactual_changes_one_thing(name: str, line: str) -> None:
    """With everything else unchanged."""
    assert difference(load_scenario("historical"), load_scenario(name)) == [line]


def test_the_heir_is_all_that_differs() -> None:
    """The two captures of 2020 are the same but for the heir."""
    without, with_heir = load_scenario("leader-falls-2020"), load_scenario("leader-falls-2020-heir")
    assert without.policies == with_heir.policies
    assert without.events[:-1] == with_heir.events[:-1]
    last = with_heir.events[-1]
    assert last == replace(without.events[-1], heir=True, label=last.label)


def test_no_leader_is_hunted_in_the_counterfactual() -> None:
    """No leader falls by a date, and the lever that hunts them stands at 0 from first to last."""
    scenario = load_scenario("no-kingpin-captures")
    assert scenario.events == ()
    (last,) = (p for p in scenario.policies if p.lever == "kingpin" and p.layer == 1)
    assert (last.level, last.start, last.stop) == (0.0, scenario.start, scenario.stop)
