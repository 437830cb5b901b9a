"""Policies over many sets and variants: regret as defined, paired runs, which verdicts hold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from plazas.analysis.cli.app import app
from plazas.analysis.experiment import parameter_sets
from plazas.analysis.experiment.outcomes import Window, outcomes, window_of
from plazas.analysis.experiment.run import run
from plazas.analysis.robustness import tables as tables
from plazas.analysis.robustness import variants
from plazas.analysis.robustness.regret import (
    RobustError,
    Runs,
    ranking,
    run_policies,
    shipped_policies,
)
from plazas.analysis.robustness.variants import VariantError, Verdicts, verdicts
from plazas.model.levers import Policy
from plazas.model.scenario import Scenario
from plazas.scenarios import load_scenario

START, STOP = date(2013, 1, 1), date(2025, 1, 1)
SETS = [{"recruitment": 2.5e-3}, {"recruitment": 4.0e-3}, {"bystanders": 5.0}]


def made_up(homicides: dict[str, list[float]], cost: dict[str, list[float]]) -> Runs:
    window = Window(157, START, STOP, 2012, False, True)
    index = pd.RangeIndex(len(homicides["base"]), name="set")
    return Runs(pd.DataFrame(homicides, index), pd.DataFrame(cost, index), window, 3, 1)


@pytest.fixture
def runs() -> Runs:
    """Return runs in which ``bold`` is best on average and ``steady`` has the least regret."""
    return made_up(
        {
            "base": [100.0, 100.0, 100.0, 100.0],
            "bold": [50.0, 50.0, 50.0, 130.0],
            "steady": [80.0, 80.0, 80.0, 98.0],
        },
        {"base": [1.0] * 4, "bold": [3.0] * 4, "steady": [2.0, 2.0, 2.0, 4.0]},
    )


def test_regret_is_what_the_best_would_have_saved(runs: Runs) -> None:
    table = ranking(runs, 0.05)
    assert list(table.index) == ["steady", "bold", "base"]
    assert table["regret_max"].to_dict() == {"steady": 30.0, "bold": 32.0, "base": 50.0}
    assert table.loc["bold", "regret_mean"] == 8.0
    assert table.loc["base", "regret_90"] == pytest.approx(np.percentile([50, 50, 50, 2], 90))
    assert (runs.regret.min(axis=1) == 0.0).all()


def test_criteria_may_disagree_and_each_is_shown(runs: Runs) -> None:
    table = ranking(runs, 0.05)
    assert table["rank_regret_max"].to_dict() == {"steady": 1, "bold": 2, "base": 3}
    assert table["rank_regret_mean"].to_dict() == {"bold": 1, "steady": 2, "base": 3}


def test_shares_effects_and_cost(runs: Runs) -> None:
    table = ranking(runs, 0.05)
    assert table["helps"].to_dict() == {"steady": 1.0, "bold": 0.75, "base": 0.0}
    assert table["satisfies"].to_dict() == {"steady": 0.75, "bold": 0.75, "base": 0.0}
    assert ranking(runs, 0.02).loc["steady", "satisfies"] == 1.0
    assert table.loc["steady", "effect"] == pytest.approx((-0.2 * 3 - 0.02) / 4)
    assert table["cost"].to_dict() == {"steady": 1.5, "bold": 2.0, "base": 0.0}


@pytest.fixture(scope="module")
def plain(small: Callable[..., Scenario]) -> Scenario:
    return small(60, name="plain")


@pytest.fixture(scope="module")
def arrests(small: Callable[..., Scenario], plain: Scenario) -> Scenario:
    policy = Policy("arrests", 3.0, date(2010, 3, 1), plain.stop, cost=2.0)
    return small(60, name="arrests", policies=(policy,))


@pytest.fixture(scope="module")
def truce(small: Callable[..., Scenario], plain: Scenario) -> Scenario:
    policy = Policy("tolerance", 0.9, date(2010, 3, 1), plain.stop)
    return small(60, name="truce", policies=(policy,))


def test_policies_run_in_pairs_over_the_sets(plain: Scenario, arrests: Scenario) -> None:
    found = run_policies([plain, arrests], SETS, 5, seed=4)
    assert found.sets == 3
    window = window_of((plain, arrests))
    for scenario in (plain, arrests):
        alone = outcomes(run(scenario, 5, 4, sets=SETS), window, ())[0]
        for row, members in ((0, [0, 3]), (1, [1, 4]), (2, [2])):
            expected = alone["homicides_total"].loc[members].mean()
            assert found.homicides.loc[row, scenario.name] == expected
            assert found.cost.loc[row, scenario.name] == alone["cost"].loc[members].mean()
    assert not found.homicides["plain"].equals(found.homicides["arrests"])


def test_with_a_single_set_replicates_take_the_place_of_sets(
    plain: Scenario, arrests: Scenario
) -> None:
    found = run_policies([plain, arrests], SETS[:1], 3, seed=4)
    assert (found.sets, found.over) == (1, "replicates")
    alone = outcomes(run(arrests, 3, 4, sets=SETS[:1]), window_of((plain, arrests)), ())[0]
    assert list(found.homicides["arrests"]) == list(alone["homicides_total"])


def test_batches_do_not_change_a_result(
    plain: Scenario, arrests: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_policies([plain, arrests], SETS, 5, seed=4)
    monkeypatch.setattr("plazas.analysis.robustness.regret.BATCH", 2)
    parts = run_policies([plain, arrests], SETS, 5, seed=4)
    pd.testing.assert_frame_equal(parts.homicides, whole.homicides)
    other = run_policies([plain, arrests], SETS, 5, seed=5)
    assert not other.homicides.equals(whole.homicides)


def test_shipped_policies_are_choices_of_a_government() -> None:
    names = {scenario.name for scenario in shipped_policies(load_scenario("historical"))}
    assert {"prevention-first", "double-incapacitation", "southbound-guns"} <= names
    counterfactuals = {"no-absorption", "leader-falls-2020", "sinaloa-alliance-holds", "classroom"}
    assert not names & (counterfactuals | {"historical"})


def test_mistakes_are_said(plain: Scenario) -> None:
    with pytest.raises(RobustError, match="a baseline and one policy or more"):
        run_policies([plain], SETS, 1)
    with pytest.raises(RobustError, match="'plain' is named twice"):
        run_policies([plain, plain], SETS, 1)


# --- variants -----------------------------------------------------------------------------------
def test_a_missing_switch_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "SWITCHES", {"square_lore": "square lore"})
    with pytest.raises(VariantError, match="no switch 'square_lore' among its parameters"):
        variants.variants()


def test_variants_are_all_combinations_the_model_as_it_is_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(variants, "SWITCHES", {"absorption": "a", "splits": "b", "retained": "c"})
    found = variants.variants()
    assert len(found) == len({tuple(each.changes.values()) for each in found}) == 8
    assert found[0].name == "standard rules"
    assert set(found[0].changes.values()) == {0.0}
    assert found[-1].name == "a + b + c"


def of_effects(effects: dict[str, list[list[float]]]) -> Verdicts:
    """Return verdicts of policies from their effects, a list a variant, a number a set."""
    count = len(next(iter(effects.values())))
    chosen = tuple(variants.Variant(f"v{i}", {}) for i in range(count))
    by_variant = {}
    for i, variant in enumerate(chosen):
        sets = len(next(iter(effects.values()))[0])
        levels = {"base": [1000.0] * sets}
        levels |= {p: [1000.0 * (1.0 + x) for x in each[i]] for p, each in effects.items()}
        by_variant[variant.name] = made_up(levels, {name: [0.0] * sets for name in levels})
    return Verdicts(variants._table(by_variant), chosen, by_variant)


def test_a_verdict_holds_where_it_is_the_same() -> None:
    found = of_effects(
        {
            "guns": [[-0.3, -0.2, -0.25], [-0.1, -0.12, -0.11], [-0.2, 0.2, 0.01]],
            "army": [[0.1, 0.12, 0.11], [-0.1, -0.12, -0.11], [0.0, 0.0, 0.0]],
            "talk": [[-0.1, 0.2, 0.0], [-0.2, 0.1, 0.1], [-0.3, 0.2, 0.1]],
        }
    )
    assert [found.kind(policy) for policy in found.policies] == ["fewer", "more", "unclear"]
    assert [found.holds(policy) for policy in found.policies] == [2, 1, 3]
    assert found.differing("guns") == ("v2",)
    assert found.row("army", "v2")["kind"] == "none"
    assert found.row("guns", "v0")["effect"] == pytest.approx(-0.25)
    assert found.row("guns", "v0")["effect_low"] < -0.25 < found.row("guns", "v0")["effect_high"]


def test_each_variant_runs_with_its_rules(
    plain: Scenario, truce: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "SWITCHES", {"hostility_local": "friendly", "splits": "splits"})
    found = verdicts([plain, truce], SETS, 3, seed=2)
    for variant in found.variants:
        alone = run_policies([plain, truce], SETS, 3, seed=2, changes=variant.changes)
        pd.testing.assert_frame_equal(found.runs[variant.name].homicides, alone.homicides)
    first, other = (found.runs[name].homicides for name in ("standard rules", "friendly"))
    assert not first.equals(other)


# --- the command --------------------------------------------------------------------------------
SHORT = """
title: {name}
start: 2010-01-01
stop: 2010-09-01
parameters: {{members_2010: 60000, local_gangs: 200}}
policies:
  - {{lever: arrests, level: {level}, unit: times, start: 2010-03-01, cost: 1.0, source: test}}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    made = []
    for name, level in (("few", 0.5), ("many", 3.0)):
        made.append(tmp_path / f"{name}.yaml")
        made[-1].write_text(SHORT.format(name=name, level=level), "utf-8")
    sets = tmp_path / "sets.csv"
    parameter_sets.write(sets, [{"recruitment": 2.5e-3}, {"recruitment": 4e-3}], [])
    return made[0], made[1], sets


def test_the_command_writes_table_values_and_figure(
    files: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    few, many, sets = files
    out = tmp_path / "out"
    done = CliRunner().invoke(
        app, ["robust", str(few), str(many), "--sets", str(sets), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "2 sets of parameters" in done.stdout
    table = pd.read_csv(out / "ranking.csv", index_col="scenario")
    assert set(table.index) == {"few", "many"}
    by_set = pd.read_csv(out / "sets.csv", index_col=["quantity", "set"])
    regret = by_set.loc["homicides"].sub(by_set.loc["homicides"].min(axis=1), axis=0)
    assert table["regret_max"].to_dict() == pytest.approx(regret.max().to_dict())
    about = json.loads((out / "provenance.json").read_text("utf-8"))
    assert about["parameter_sets"] == parameter_sets.read(sets)
    assert about["replicates"] == 4
    assert (out / "robust.png").stat().st_size > 5000
    again = CliRunner().invoke(
        app, ["robust", str(few), str(many), "--sets", str(sets), "--out", str(out)]
    )
    assert again.exit_code == 2
    assert "use --force" in again.stderr


def test_the_command_says_in_how_many_variants_a_verdict_holds(
    files: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many, sets = files
    monkeypatch.setattr(variants, "SWITCHES", {"splits": "splits"})
    out = tmp_path / "out"
    command = ["robust", str(few), str(many), "--variants", "--sets", str(sets), "--out", str(out)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "of 2 variants" in done.stdout
    table = pd.read_csv(out / "variants.csv", index_col=["policy", "variant"])
    assert set(table.index) == {("many", "standard rules"), ("many", "splits")}
    assert (out / "variants.png").stat().st_size > 5000
    shutil.rmtree(out)
    monkeypatch.setattr(variants, "SWITCHES", {"square_lore": "square lore"})
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert not out.exists()


def test_a_single_set_is_said_to_show_no_doubt(runs: Runs) -> None:
    one = replace(runs, over="replicates")
    assert one.sets == 1
    assert "no uncertainty of parameters" in tables.ranking_text(one, 0.05)
    assert "no uncertainty of parameters" not in tables.ranking_text(runs, 0.05)
