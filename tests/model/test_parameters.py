"""Parameters: declared once, checked against their range, and old names lead to the new ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from plazas.analysis.experiment.parameter_sets import SetsError, read
from plazas.model.parameters import (
    REMOVED,
    RENAMED,
    ParameterError,
    declarations,
    defaults,
    parameters,
    unknown_parameter,
)
from plazas.scenarios import ScenarioFileError, load_scenario


def test_every_default_is_within_its_range() -> None:
    for name, declared in declarations().items():
        assert declared.low <= defaults()[name] <= declared.high, name
        assert declared.unit, name
        assert declared.source, name
        assert declared.meaning, name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"war_deahts": 1e-8}, r"unknown parameter 'war_deahts'; did you mean 'war_deaths'\?"),
        ({"wage": 3.0}, r"parameter wage: 3 is outside 0.14..0.7 \(thousand USD"),
        ({"wage": True}, "parameter wage: True is not a number"),
        ({"taste_pay": 0.3}, "parameter 'taste_pay' is now called 'utility_pay'"),
        (
            {"war_onset": 0.01},
            r"parameter 'war_onset' is gone: wars are fought on fronts now; see the .*front_",
        ),
        ({"embers": 0.3}, "parameter 'embers' is gone: wars are fought on fronts now"),
    ],
)
def test_a_mistake_is_named(changes: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        parameters(changes)


def test_old_names_are_gone_and_new_ones_exist() -> None:
    assert not set(RENAMED) & set(declarations())
    assert set(RENAMED.values()) <= set(declarations())
    assert not set(REMOVED) & (set(declarations()) | set(RENAMED))
    # what takes their place exists
    assert any(name.startswith("front_") for name in declarations())
    assert "unknown" in unknown_parameter("embres")  # control: only the exact old word is renamed


def test_a_scenario_file_with_an_old_name_is_refused_with_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "old.yaml"
    text = "extends: historical\ntitle: Old\nstory: Old words.\nparameters:\n  taste_fear: 1.0\n"
    file.write_text(text, "utf-8")
    with pytest.raises(ScenarioFileError, match="'taste_fear' is now called 'utility_fear'"):
        load_scenario(str(file))
    file.write_text(text.replace("taste_fear", "utility_fear"), "utf-8")
    assert load_scenario(str(file)).changes["utility_fear"] == 1.0


def test_a_scenario_file_with_a_parameter_that_is_gone_is_refused_with_the_reason(
    tmp_path: Path,
) -> None:
    file = tmp_path / "old.yaml"
    text = "extends: historical\ntitle: Old\nstory: Old words.\nparameters:\n  war_end: 0.02\n"
    file.write_text(text, "utf-8")
    with pytest.raises(ScenarioFileError, match="'war_end' is gone: wars are fought on fronts now"):
        load_scenario(str(file))
    file.write_text(text.replace("war_end", "front_silence"), "utf-8")
    assert load_scenario(str(file)).changes["front_silence"] == 0.02


def test_parameter_sets_with_an_old_name_are_refused_with_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "sets.csv"
    file.write_text("wage,taste_pay\n0.3,0.5\n", "utf-8")
    with pytest.raises(SetsError, match=r"line 1: parameter 'taste_pay' is now called 'utility_p"):
        read(file)
