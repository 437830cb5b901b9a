"""What a terminal shows: no name and no number is cut, however wide it is."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from plazas.analysis.cli.console import outcome_table
from plazas.analysis.experiment.compare import Comparison, _labels, compare
from plazas.analysis.report.verdicts import verdict
from plazas.model.levers import Policy
from plazas.model.scenario import Scenario
from plazas.scenarios import load_scenario


@pytest.mark.parametrize("width", [80, 100, 120, 150, 200])
def test_every_row_keeps_its_name(compared: Comparison, width: int) -> None:
    screen = Console(file=io.StringIO(), width=width)
    screen.print(outcome_table(compared, width))
    text = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "…" not in text
    for label in compared.labels:
        assert text.count(f"  {label} ") >= len(compared.outcomes)


def test_a_wider_terminal_shows_more(compared: Comparison) -> None:
    columns = [len(outcome_table(compared, width).columns) for width in (80, 120, 200)]
    assert columns == sorted(columns)
    assert columns[0] < columns[-1]


def test_labels_differ_whatever_the_names() -> None:
    assert _labels(["a", "a (2)", "a", "a"]) == ("a", "a (2)", "a (3)", "a (4)")
    assert _labels(["Both", "both", "..", "BOTH (2)"]) == (
        "Both",
        "both (2)",
        ".. (2)",
        "BOTH (2) (2)",
    )


def test_no_replicates_is_reported(plain: Scenario, arrests: Scenario) -> None:
    with pytest.raises(ValueError, match="replicate"):
        compare([plain, arrests], replicates=0)


def test_a_verdict_names_the_assumption_it_rests_on(compared: Comparison) -> None:
    assert "works through" not in verdict(compared, compared.policies[0])
    both = compare(
        [load_scenario("classroom"), _with_prevention(load_scenario("classroom"))], replicates=2
    )
    assert "prevention_elasticity = 0.03 (assumed" in verdict(both, both.policies[0])


def _with_prevention(scenario: Scenario) -> Scenario:
    policy = Policy("prevention", 20.0, scenario.start, scenario.stop, layer=1)
    return replace(scenario, name="prevention", policies=(policy,))
