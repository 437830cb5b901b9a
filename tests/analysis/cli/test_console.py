"""What a terminal shows: no name and no number is cut, however wide it is."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from plazas.analysis.cli.console import Screen, outcome_table, yearly_table
from plazas.analysis.experiment.compare import Comparison, _labels, compare
from plazas.analysis.report.verdicts import verdict
from plazas.model.levers import Policy
from plazas.model.scenario import Scenario
from plazas.scenarios import load_scenario

HOSTILE = "Plan [bold]A[/bold] [2013] [/A] [x] :smile: $a$ <b> \\[n]"


def printed(*items: Any, **options: Any) -> str:
    """Return what a terminal shows, with its colours."""
    screen = Screen(file=io.StringIO(), width=400, force_terminal=True, **options)
    for item in items:
        screen.print(item)
    return str(screen.file.getvalue())  # type: ignore[attr-defined]


def test_titles_and_names_are_shown_as_written(compared: Comparison) -> None:
    short = [replace(load_scenario("classroom"), policies=(), events=()) for _ in range(2)]
    ensemble = replace(compared.ensembles[0], name="plan [copy]", title=HOSTILE)
    text = printed(yearly_table(ensemble))
    assert f"plan [copy]: {HOSTILE} (" in text
    labels = ("[/A]", HOSTILE)
    named = [replace(scenario, name=name) for scenario, name in zip(short, labels, strict=True)]
    both = compare(named, replicates=2)
    text = printed(outcome_table(both, 400))
    for label in labels:
        assert text.count(f"  {label} ") >= len(both.outcomes)
    assert "[bold]Homicides" not in text


def test_a_terminal_is_not_steered_by_a_name(compared: Comparison) -> None:
    name = "a\x1b[2J\x07b\u202ec\x00"
    text = printed(yearly_table(replace(compared.ensembles[0], name=name)), name)
    assert text.count(r"a\x1b[2J\x07b\u202ec\x00") == 2
    without_styles = re.sub("\x1b\\[[0-9;]*m", "", text)
    assert not set("\x1b\x07\u202e\x00") & set(without_styles)


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
