"""Ablations: each mechanism can be switched off, and the verdict on each pattern is right."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from plazas.analysis.cli import app as cli
from plazas.analysis.patterns import ablation
from plazas.analysis.patterns.ablation import DIES, MECHANISMS, PASS, REVIVES, STILL_FAILS, Ablation
from plazas.analysis.patterns.catalogue import find
from plazas.analysis.patterns.findings import FAILS, PASSES, Finding, single
from plazas.model.errors import UserError
from plazas.model.parameters import defaults, parameters


def command(*words: str | Path | int) -> Result:
    return CliRunner().invoke(cli.app, ["ablate", *(str(word) for word in words)])


def findings(*verdicts: str) -> tuple[Finding, ...]:
    row = single("a figure", "", 1.0, (0.0, 2.0))
    return tuple(Finding(i + 1, (row,), verdict) for i, verdict in enumerate(verdicts))


@pytest.fixture
def found() -> Ablation:
    whole = findings(PASSES, PASSES, FAILS, FAILS)
    without = {
        "absorption": findings(PASSES, FAILS, PASSES, FAILS),
        "arms": findings(PASSES, PASSES, FAILS, FAILS),
    }
    return Ablation(tuple(find([1, 2, 3, 4])), whole, without)


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda each: each.name)
def test_every_mechanism_can_be_switched_off(mechanism: ablation.Mechanism) -> None:
    parameters(mechanism.off)  # known, and within their ranges
    moved = {name for name, value in mechanism.off.items() if defaults()[name] != value}
    assert moved == set(mechanism.off), "it is off already"


def test_what_becomes_of_a_pattern(found: Ablation) -> None:
    table = found.table()
    assert list(table.loc["absorption"]) == [PASS, DIES, REVIVES, STILL_FAILS]
    assert list(table.loc["arms"]) == list(table.loc[ablation.WHOLE])
    assert found.summary() == [
        "without absorption: dies 2; revives 3",
        "without arms: no verdict changes",
    ]


def test_files(found: Ablation, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ablation.write(found, {"command": "ablate"}, out)
    kept = pd.read_csv(out / "ablation.csv", index_col="mechanism")
    assert kept.loc["absorption", "2"] == DIES
    written = json.loads((out / "ablation.json").read_text())
    assert written["absorption"][1]["verdict"] == FAILS
    assert (out / "ablation.png").stat().st_size > 10_000


def test_a_mistake_names_the_nearest_word() -> None:
    with pytest.raises(UserError, match="did you mean 'absorption'"):
        ablation.find(["absorbtion"])
    with pytest.raises(UserError, match="no mechanism affects patterns 12 and 16"):
        ablation.testable(find([12]))
    bad = command("--mechanism", "gunz-for-hire")
    assert (bad.exit_code, bad.stdout) == (2, "")
    assert "did you mean 'guns-for-hire'?" in bad.stderr
    assert [each.name for each in ablation.find([])] == [each.name for each in MECHANISMS]


def test_without_absorption_the_thesis_has_nothing_to_stand_on(tmp_path: Path) -> None:
    """Pattern 14 needs the rise with absorption, so it cannot hold where there is none."""
    out = tmp_path / "out"
    words = ("--mechanism", "absorption", "--pattern", 14, "--replicates", 2, "--out", out)
    found = command(*words)
    assert found.exit_code == 0, found.output
    assert "absorption" in found.stdout
    written = json.loads((out / "ablation.json").read_text())
    assert written["absorption"][0]["verdict"] == FAILS
    led = {row["quantity"]: row["median"] for row in written["absorption"][0]["rows"]}
    assert led["states led, absorption on"] == led["states led, absorption off"]
    whole = {row["quantity"]: row["median"] for row in written[ablation.WHOLE][0]["rows"]}
    assert whole["states led, absorption on"] > whole["states led, absorption off"]
