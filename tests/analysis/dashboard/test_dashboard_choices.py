"""Switches combine as scenario files do: dates, levels, layers, and errors."""

from __future__ import annotations

from datetime import date

import pytest

from plazas.analysis.dashboard.choices import (
    Choice,
    ChoiceError,
    choices_for,
    compose,
    dated_policies,
    has_no_effect,
    settings_of,
    shipped,
    step_of,
    values_of,
)
from plazas.model.levers import LEVERS, LeverError
from plazas.model.scenario import Scenario, ScenarioError
from plazas.scenarios import difference, scenario_names
from plazas.scenarios.effect import in_force


@pytest.fixture(scope="module")
def choices(base: Scenario) -> tuple[Choice, ...]:
    return choices_for(base)


def named(choices: tuple[Choice, ...], key: str) -> Choice:
    return next(choice for choice in choices if choice.key == key)


def test_a_switch_does_what_the_shipped_scenario_does() -> None:
    historical = shipped("historical")
    choices = choices_for(historical)
    files = [choice for choice in choices if not choice.key.startswith("lever-")]
    assert {choice.key for choice in files} == set(scenario_names()) - {"historical", "classroom"}
    for choice in files:
        composed = compose(historical, choices, settings_of(choices, {choice.parameter: True}))
        assert difference(shipped(choice.key), composed) == [], choice.key
        assert difference(historical, composed) != [], choice.key


def test_every_lever_has_a_switch_that_does_something(
    base: Scenario, choices: tuple[Choice, ...]
) -> None:
    assert [c.policies[0].lever for c in choices if c.group == "levers"] == [
        lever.name for lever in LEVERS
    ]
    for choice in choices:
        settings = settings_of(choices, {choice.parameter: True})
        assert not has_no_effect(base, choices, settings, choice), choice.key


def test_nothing_on_is_the_baseline_itself(base: Scenario, choices: tuple[Choice, ...]) -> None:
    assert compose(base, choices, settings_of(choices, {})) is base


def test_years_and_levels(base: Scenario, choices: tuple[Choice, ...]) -> None:
    values = {"lever_arrests": True, "lever_arrests_level": 3.5}
    values |= {"lever_arrests_first": 2012, "lever_arrests_last": 2013}
    scenario = compose(base, choices, settings_of(choices, values))
    level = in_force(scenario, "arrests")[:, 0, 0]
    first, stop = (base.week_of(date(year, 1, 1)) for year in (2012, 2014))
    assert set(level[first:stop]) == {3.5}
    assert {*level[:first], *level[stop:]} == {1.0}


def test_the_last_year_of_the_run_is_whole(base: Scenario, choices: tuple[Choice, ...]) -> None:
    values = {"lever_focus": True, "lever_focus_first": 2015, "lever_focus_last": 2015}
    scenario = compose(base, choices, settings_of(choices, values))
    level = in_force(scenario, "focus")[:, 0, 0]
    assert level[-1] == 0.5
    assert level[base.week_of(date(2015, 1, 1)) - 1] == 0.0


def test_later_choices_override_earlier_ones(base: Scenario, choices: tuple[Choice, ...]) -> None:
    both = settings_of(
        choices, {"double_incapacitation": True, "lever_arrests": True, "lever_arrests_level": 5.0}
    )
    assert in_force(compose(base, choices, both), "arrests").max() == 5.0
    settings = settings_of(choices, {"fewer_bullets": True, "hugs_not_bullets": True})
    with_both = compose(base, choices, settings)
    assert in_force(with_both, "prevention").max() == 5.0  # what the later one adds is there
    assert in_force(with_both, "confrontation")[-1, 0, 0] == 0.15


def test_own_dates_are_kept_and_cut_to_the_run(base: Scenario, choices: tuple[Choice, ...]) -> None:
    choice = named(choices, "us-roundup")
    (policy,) = dated_policies(choice, choice.setting._replace(on=True), base)
    assert (policy.start, policy.stop) == (date(2013, 1, 1), base.stop)
    assert policy.targets == ("cjng", "sinaloa")
    keys = {choice.key for choice in choices}
    assert "leader-falls-2020" not in keys  # lies after this run
    assert "leader-falls-2020" in {choice.key for choice in choices_for(shipped("historical"))}


def test_another_country_has_its_levers_only() -> None:
    keys = [choice.key for choice in choices_for(shipped("classroom"))]
    assert keys == [f"lever-{lever.name}" for lever in LEVERS]


def test_a_switch_without_effect_is_reported(base: Scenario, choices: tuple[Choice, ...]) -> None:
    choice = named(choices, "lever-confrontation")
    values = {choice.parameter: True, f"{choice.parameter}_level": 0.5}  # as in the baseline
    assert has_no_effect(base, choices, settings_of(choices, values), choice)
    covered = {"double_incapacitation": True, "lever_arrests": True}  # by a later one, alike
    settings = settings_of(choices, covered)
    assert has_no_effect(base, choices, settings, named(choices, "double-incapacitation"))
    assert not has_no_effect(base, choices, settings_of(choices, {choice.parameter: True}), choice)


def test_mistakes(base: Scenario, choices: tuple[Choice, ...]) -> None:
    with pytest.raises(ChoiceError, match="'lever_arests'; did you mean 'lever_arrests'"):
        settings_of(choices, {"lever_arests": True})
    reversed_ = {"lever_focus": True, "lever_focus_first": 2014, "lever_focus_last": 2012}
    with pytest.raises(ScenarioError, match=r"the first year \(2014\) is after the last \(2012\)"):
        compose(base, choices, settings_of(choices, reversed_))
    high = {"lever_focus": True, "lever_focus_level": 1.5}
    with pytest.raises(LeverError, match=r"focus: level: 1\.5 is outside 0 to 1 share"):
        compose(base, choices, settings_of(choices, high))


def test_values_and_settings_are_the_same_thing(choices: tuple[Choice, ...]) -> None:
    values = values_of(choices, {})
    changed = values | {"hugs_not_bullets": True, "hugs_not_bullets_level_2": 0.6}
    settings = settings_of(choices, changed)
    assert settings["hugs-not-bullets"].levels == (0.15, 0.6, 5.0)
    assert values_of(choices, settings) == changed
    assert values_of(choices, settings_of(choices, {})) == values


def test_sliders_move_by_round_steps() -> None:
    for lever in LEVERS:
        steps = (lever.high - lever.low) / step_of(lever)
        assert 50 <= steps <= 100, lever.name
        assert f"{step_of(lever):g}".strip("0.")[:1] in "125", lever.name
