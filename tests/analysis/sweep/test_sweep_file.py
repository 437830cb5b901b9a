"""Sweep files are read strictly: one bad file a mistake, and the words that the user sees.

The control: with its one mistake put right, each file is read.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from small_sweep import write_files

from plazas.analysis.sweep import form
from plazas.scenarios import ScenarioFileError

FOLDER = Path(__file__).parent / "invalid"

# file: (line, words that the user sees, (what is wrong, what is right))
MISTAKES: dict[str, tuple[int | None, tuple[str, ...], tuple[str, str]]] = {
    # --- keys
    "unknown_key": (3, ("'replicats'", "'replicates'"), ("replicats", "replicates")),
    "unknown_key_in_design": (5, ("design.pionts", "'points'"), ("pionts", "points")),
    "unknown_key_in_range": (4, ("parameters.recruitment.step", "'steps'"), ("step:", "steps:")),
    "missing_title": (1, ("title: is missing",), ("scen", "title: x\nscen")),
    "missing_scenarios": (1, ("scenarios: is missing",), ("x\n", "x\nscenarios: [historical]\n")),
    "duplicate_key": (4, ("replicates", "line 3 already"), ("replicates: 3\n", "")),
    # --- scenarios
    "unknown_scenario": (2, ("scenarios[1]", "'histrical'", "'historical'"), ("histr", "histor")),
    "no_such_file": (2, ("scenarios[0]", "there is no file"), ("mine.yaml", "historical")),
    "scenario_twice": (
        2,
        ("scenarios[1]", "'both' is already the name of another scenario"),
        (", both", ""),
    ),
    "no_scenario": (2, ("scenarios", "is empty"), ("[]", "[historical]")),
    # --- numbers
    "replicates_zero": (3, ("replicates", "0 is too small", "1"), ("0", "1")),
    "replicates_fraction": (3, ("2.5 is not a whole number",), ("2.5", "2")),
    "seed_negative": (3, ("seed", "-1 is too small"), ("-1", "1")),
    "too_many_runs": (3, ("1,000,000,000 runs", "100,000,000"), ("1000000", "1000")),
    # --- parameters
    "unknown_parameter": (4, ("'recruitmnt'", "'recruitment'"), ("mnt", "ment")),
    "value_out_of_range": (4, ("recruitment[1]", "3 is outside 0.002 to"), ("3]", "0.003]")),
    "value_twice": (4, ("recruitment[2]", "0.003 is given twice"), (", 0.003]", "]")),
    "value_not_a_number": (4, ("recruitment[0]", "'many' is not a number"), ("many", "0.002")),
    "value_infinite": (4, ("recruitment[0]", "inf is not a finite number"), (".inf", "0.002")),
    "no_values": (4, ("recruitment", "is empty"), ("[]", "[0.003]")),
    "single_number": (4, ("a list of values, low and high", "0.003"), ("0.003", "[0.003]")),
    "range_reversed": (
        4,
        ("recruitment.high", "0.003 is not above low, 0.004"),
        ("0.004", "0.002"),
    ),
    "range_too_wide": (4, ("recruitment.high", "0.1 is outside"), ("0.1", "0.004")),
    "range_without_low": (4, ("recruitment.low: is missing",), ("{high", "{low: 0.002, high")),
    "grid_without_steps": (4, ("a grid needs 'steps'",), ("04}", "04, steps: 3}")),
    "grid_declared": (4, ("a grid takes a list of values",), ("declared", "[0.003]")),
    "log_of_zero": (
        5,
        ("hire_rate.low", "must be above 0 for a log scale; got 0"),
        ("low: 0", "low: 0.01"),
    ),
    "unknown_scale": (
        4,
        ("'logarithm'", "unknown scale 'logarithm'; allowed: linear, log"),
        ("logarithm", "log"),
    ),
    "undoes_a_scenario": (
        4,
        ("historical (1) and no-absorption (0) differ in this parameter", "undo the difference"),
        ("absorption: [0, 1]", "recruitment: [0.003]"),
    ),
    # --- designs
    "unknown_design": (
        3,
        ("'latin'", "unknown design 'latin'; did you mean 'latin-hypercube'?"),
        ("latin", "latin-hypercube"),
    ),
    "design_without_points": (3, ("sobol needs 'points'",), ("sobol", "sobol, points: 8")),
    "design_without_parameters": (3, ("needs 'parameters'",), ("\n#", "\n")),
    "not_a_power_of_two": (3, ("100 is not a power of two", "64 or 128"), ("100", "128")),
    "grid_with_points": (3, ("design.points", "is not allowed for a grid"), (", points: 8", "")),
    "pairs_without_saltelli": (
        3,
        ("design.second_order", "is allowed only for saltelli"),
        ("sobol", "saltelli"),
    ),
    "list_in_a_hypercube": (5, ("takes low and high",), ("[0.003, 0.004]", "declared")),
    "steps_in_a_hypercube": (
        5,
        ("steps", "is allowed only for a grid; latin-hypercube has no steps"),
        (", steps: 3", ""),
    ),
    "switch_in_a_hypercube": (5, ("absorption", "is a switch"), ("absorption", "recruitment")),
    # --- sets
    "no_such_sets": (3, ("parameter_sets", "there is no such file"), ("mine.csv", "calibrated")),
    # --- text
    "tab": (4, ("a tab", "spaces"), ("\t", "  ")),
    "empty": (None, ("is empty",), ("", "title: x\nscenarios: [historical]\n")),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_user_reads_where_the_mistake_is_and_what_to_write(name: str) -> None:
    line, words, _ = MISTAKES[name]
    path = FOLDER / f"{name}.yaml"
    with pytest.raises(ScenarioFileError) as caught:
        form.read(path)
    message = str(caught.value)
    assert "\n" not in message
    where = str(path) if line is None else f"{path}, line {line}: "
    assert message.startswith(where)
    assert caught.value.line == line
    for word in words:
        assert word in message.removeprefix(where)


@pytest.mark.parametrize("name", MISTAKES)
def test_the_mistake_is_the_only_one(name: str, tmp_path: Path) -> None:
    wrong, right = MISTAKES[name][2]
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert wrong in text
    path = tmp_path / "right.yaml"
    path.write_text(text.replace(wrong, right, 1))
    assert form.read(path).runs > 0


def test_every_bad_file_is_in_the_table() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(MISTAKES)


def test_a_mistake_in_a_scenario_names_the_scenario(tmp_path: Path) -> None:
    path = write_files(tmp_path)
    raid = tmp_path / "raid.yaml"
    raid.write_text(raid.read_text().replace("level: 3", "level: 30"))
    with pytest.raises(ScenarioFileError, match="30 is outside") as caught:
        form.read(path)
    assert caught.value.file == str(raid)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match="there is no such file"):
        form.read(tmp_path / "none.yaml")


def test_what_a_file_says_is_what_is_read(tmp_path: Path) -> None:
    path = write_files(tmp_path)
    sweep = form.read(path)
    assert [scenario.name for scenario in sweep.scenarios] == ["plain", "raid"]
    assert sweep.scenarios[1].policies[0].level == 3.0
    assert (sweep.replicates, sweep.seed, sweep.points, sweep.runs) == (3, 5, 9, 54)
    assert [axis.name for axis in sweep.axes] == ["recruitment", "hostility_war"]
