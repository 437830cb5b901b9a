"""Sets of parameters: strict files, who takes which set, and that results say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from plazas import read_results, save
from plazas.analysis.cli.app import app
from plazas.analysis.experiment import parameter_sets
from plazas.analysis.experiment.compare import compare
from plazas.analysis.experiment.ensemble import FRAMES, Ensemble
from plazas.analysis.experiment.outcomes import first_difference
from plazas.analysis.experiment.parameter_sets import SetsError, read, shipped, write
from plazas.analysis.experiment.run import RunError, extended, run
from plazas.model.parameters import parameters
from plazas.model.scenario import Scenario

FEW, MANY = {"recruitment": 2.5e-3}, {"recruitment": 4.0e-3}


def same(a: Ensemble, b: Ensemble) -> bool:
    return all(a.frames()[name].equals(b.frames()[name]) for name in FRAMES)


@pytest.fixture(scope="module")
def year(small: Callable[..., Scenario]) -> Scenario:
    return small(52, name="year")


@pytest.fixture(scope="module")
def mixed(year: Scenario) -> Ensemble:
    return run(year, 4, seed=5, sets=[FEW, MANY])


def test_the_shipped_sets_vary_the_free_parameters_within_their_ranges() -> None:
    sets = shipped()
    assert len(sets) >= 30
    assert len({tuple(values.values()) for values in sets}) == len(sets)
    for values in sets:
        assert tuple(values) == parameter_sets.calibrated_names()
        parameters(values)
    assert any("made by" in line for line in parameter_sets.provenance())


def test_sets_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "sets.csv"
    sets = [{"war_deaths": 1.0 / 3.0 * 5e-8, "bystanders": 0.1 + 2.0}, {**FEW, "bystanders": 3.0}]
    write(path, sets[:1], ["made by: hand"])
    assert read(path) == sets[:1]
    assert parameter_sets.provenance(path) == ["made by: hand"]
    with pytest.raises(ValueError, match="all of the same parameters"):
        write(path, sets, [])
    assert read(path) == sets[:1]
    assert [each.name for each in tmp_path.iterdir()] == ["sets.csv"]


MISTAKES = [
    ("# nothing\n", "holds no names of parameters"),
    ("recruitment\n", "holds no set; below the names must stand a line a set"),
    (
        "# x\n\nrecruitmnt\n0.003\n",
        "line 3: unknown parameter 'recruitmnt'; did you mean 'recruitment'?",
    ),
    (
        "recruitment,recruitment\n1,1\n",
        "line 1: parameter 'recruitment' is repeated; allowed: once",
    ),
    ("recruitment\n0.003\nmuch\n", "line 3: recruitment: 'much' is not a number"),
    ("recruitment\nnan\n", "line 2: parameter recruitment: nan is outside 0.002..0.0045"),
    ("recruitment\n0.3\n", "line 2: parameter recruitment: 0.3 is outside 0.002..0.0045"),
    ("recruitment,bystanders\n0.003\n", "line 2: has 1 values for 2 parameters"),
]


@pytest.mark.parametrize(("text", "words"), MISTAKES)
def test_a_mistake_names_file_line_and_word(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(SetsError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert words in str(caught.value)
    path.write_text("recruitment\n0.003\n", "utf-8")
    assert read(path) == [{"recruitment": 0.003}]


def test_the_command_tells_a_missing_file_in_one_line() -> None:
    done = CliRunner().invoke(app, ["run", "historical", "--sets", "callibrated"])
    assert done.exit_code == 2
    assert "callibrated: there is no such file of parameter sets" in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_replicate_r_takes_set_r_over_and_over(
    small: Callable[..., Scenario], mixed: Ensemble
) -> None:
    for values, first in ((FEW, 0), (MANY, 1)):
        alone = run(small(52, values, name="year"), 4, seed=5)
        for r in (first, first + 2):
            for column in ("homicides", "members"):
                np.testing.assert_array_equal(
                    mixed.series(column)[r], alone.series(column)[r], f"replicate {r}"
                )
        other = (first + 1) % 2
        assert not np.array_equal(mixed.series("recruits")[other], alone.series("recruits")[other])
    assert mixed.sets_taken == 2


def test_a_scenario_s_own_changes_lie_over_the_set(small: Callable[..., Scenario]) -> None:
    own = small(52, {"recruitment": 3e-3}, name="year")
    plain = run(own, 2, seed=5)
    assert same(run(own, 2, seed=5, sets=[FEW, MANY]), plain)
    assert not same(run(own, 2, seed=5, sets=[{"bystanders": 5.0}]), plain)


def test_replicates_of_the_same_sets_may_be_added(year: Scenario, mixed: Ensemble) -> None:
    start = run(year, 1, seed=5, sets=[FEW, MANY])
    assert start.sets_taken == 1
    more = run(year, 3, seed=5, sets=[FEW, MANY], first=1)
    assert same(extended(start, more), mixed)
    with pytest.raises(RunError, match="other sets of parameters"):
        extended(start, run(year, 3, seed=5, first=1))


def test_no_set_at_all_is_a_mistake(year: Scenario) -> None:
    with pytest.raises(RunError, match="no set of parameters"):
        run(year, 1, sets=[])


def test_results_say_their_sets_and_load_again(mixed: Ensemble, tmp_path: Path) -> None:
    again = read_results(save(mixed, tmp_path / "results"))
    assert again.sets == (FEW, MANY)
    assert again.sets_taken == 2
    assert same(again, mixed)
    assert read_results(save(again, tmp_path / "copy")).sets == (FEW, MANY)


def test_a_comparison_over_sets_pairs_them(small: Callable[..., Scenario], year: Scenario) -> None:
    guns = small(52, {"bystanders": 6.0}, name="guns")
    found = compare([year, guns], 4, seed=5, sets=[FEW, MANY])
    assert found.sets == 2
    for scenario, ensemble in zip(found.scenarios, found.ensembles, strict=True):
        assert same(ensemble, run(scenario, 4, seed=5, sets=[FEW, MANY]))


def test_scenarios_that_differ_only_over_a_set_differ(small: Callable[..., Scenario]) -> None:
    a, b = small(20), small(20, {"recruitment": parameters().recruitment})
    assert first_difference(a, b) is None
    assert first_difference(a, b, [FEW]) == 0
    assert first_difference(a, b, [{"bystanders": 6.0}]) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("recruitment;lethality\n0,0034;1,0\n", "columns separated by ';'"),
        ("recruitment\tlethality\n0.0034\t1.0\n", "columns separated by a tab"),
        ('recruitment,lethality\n"0,0034",1.0\n', "'0,0034' is not a number"),
    ],
)
def test_a_table_saved_with_other_separators(content: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "excel-es.csv"
    path.write_text(content)
    with pytest.raises(parameter_sets.SetsError) as caught:
        parameter_sets.read(path)
    assert words in str(caught.value)
    assert "separate columns by ',' and write decimals with '.'" in str(caught.value)
    path.write_text("recruitment,lethality\n0.0034,1.0\n")
    assert parameter_sets.read(path) == [{"recruitment": 0.0034, "lethality": 1.0}]


def test_a_cell_that_is_too_long_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"recruitment\n{200_000 * '1'}\n")
    with pytest.raises(parameter_sets.SetsError, match="line 2: is not CSV: field larger"):
        parameter_sets.read(path)
