"""Sensitivity: what is varied, chance as an input, SALib's indices, and runs that go on."""

from __future__ import annotations

import _thread
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from plazas.analysis.cli import app as cli
from plazas.analysis.sensitivity import design as designs
from plazas.analysis.sensitivity import runs as points
from plazas.analysis.sensitivity.design import Design, design
from plazas.analysis.sensitivity.indices import by_replicate, indices, noise, results
from plazas.analysis.sensitivity.inputs import (
    CHANCE,
    DEPENDS_ON,
    SensitivityError,
    chosen,
    input_of,
)
from plazas.analysis.sensitivity.runs import Runs, Study, at, opened, run_points, study_of
from plazas.analysis.sensitivity.show import Findings, above_chance_in, shown_outcomes
from plazas.model.errors import MissingLibraryError
from plazas.model.levers import LEVERS, Policy
from plazas.model.parameters import CALIBRATED, declarations, defaults, parameters
from plazas.model.scenario import Scenario

NAMES = ("war_deaths", "bystanders", "wage")
BASE = """\
title: Half a year
extends: historical
stop: 2010-07-01
parameters: {members_2010: 60000, local_gangs: 200}
"""
RAID = """\
title: A raid
extends: base.yaml
policies:
  - {name: raid, lever: arrests, level: 9, unit: times, start: 2010-02-01, source: made up}
"""


def command(*words: object) -> Result:
    return CliRunner().invoke(cli.app, ["sensitivity", *(str(word) for word in words)])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    base, raid = tmp_path / "base.yaml", tmp_path / "raid.yaml"
    base.write_text(BASE)
    raid.write_text(RAID)
    return base, raid


@pytest.fixture(scope="module")
def scenarios(small: Callable[..., Scenario]) -> tuple[Scenario, Scenario]:
    base = small(26, name="base")
    policy = Policy("arrests", 9.0, base.start, base.stop)
    return base, small(26, name="raid", policies=(policy,))


def study(scenarios: tuple[Scenario, ...], blocks: int = 3, replicates: int = 2) -> Study:
    inputs = tuple(input_of(name) for name in NAMES)
    return study_of(scenarios, design("morris", inputs, blocks, 1, replicates))


# --- what is varied


def test_by_default_the_calibrated_and_what_the_policies_rest_on(
    scenarios: tuple[Scenario, Scenario],
) -> None:
    known = declarations()
    calibrated = {name for name, about in known.items() if about.status == CALIBRATED}
    assert set(chosen(scenarios[:1])) == calibrated
    assert set(chosen(scenarios)) == calibrated | set(DEPENDS_ON["arrests"])
    assert chosen(scenarios, names=["wage"]) == ("wage",)
    assert chosen(scenarios, everything=True) == tuple(known)
    measured = chosen(scenarios, names=["bystanders"], statuses=["measured"])
    assert {known[name].status for name in measured} == {"measured", CALIBRATED}


def test_every_lever_says_what_it_rests_on() -> None:
    assert set(DEPENDS_ON) == {lever.name for lever in LEVERS}
    assert {name for rests in DEPENDS_ON.values() for name in rests} <= set(declarations())


@pytest.mark.parametrize("width", [1.0, 0.3])
def test_every_parameter_stays_in_its_range_and_reaches_its_ends(width: float) -> None:
    for name, about in declarations().items():
        each = input_of(name, width)
        drawn = [each.value(u) for u in (0.0, 0.25, 0.5, 0.75, 1.0)]
        assert drawn == sorted(drawn)
        parameters({name: drawn[0]})
        parameters({name: drawn[-1]})
        if width == 1.0:
            assert drawn[0] == pytest.approx(about.low)
            assert drawn[-1] == pytest.approx(about.high)
        assert drawn[0] <= defaults()[name] <= drawn[-1]
    assert input_of("wage", 0.3).high < input_of("wage").high
    assert input_of("bribe_price").scale == "logarithmic"
    assert {input_of("splits").value(u) for u in (0.0, 0.4, 0.6, 1.0)} == {0.0, 1.0}


# --- where it is run


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_within_a_block_chance_has_two_sets_of_draws_of_its_own(method: str) -> None:
    found = design(method, tuple(input_of(name) for name in NAMES), 8, 1, 5)
    assert found.names == (*NAMES, CHANCE)
    firsts = [found.first(point) for point in range(len(found))]
    blocks = [set(firsts[i : i + found.block]) for i in range(0, len(found), found.block)]
    assert [len(block) for block in blocks] == [2] * 8
    assert len(set.union(*blocks)) == 16
    assert all(first % 5 == 0 for first in firsts)
    for point in range(1, len(found)):
        moved = found.unit[point, -1] != found.unit[point - 1, -1]
        if point % found.block:
            assert moved == (firsts[point] != firsts[point - 1])


def test_the_seed_decides_the_design() -> None:
    inputs = tuple(input_of(name) for name in NAMES)
    same, again, other = (design("sobol", inputs, 8, seed, 1).unit for seed in (0, 0, 1))
    assert np.array_equal(same, again)
    assert not np.array_equal(same, other)


# --- what SALib makes of it, on results that are known


def known(method: str, blocks: int, law: Callable[..., float], sd: float) -> tuple[Design, object]:
    """Return a design, and a row a point and replicate of a law of its inputs with noise."""
    found = design(method, tuple(input_of(name) for name in NAMES), blocks, 1, 4)
    rows = {}
    for point, unit in enumerate(found.unit):
        for replicate in range(found.first(point), found.first(point) + 4):
            shake = sd * np.random.default_rng(replicate).standard_normal()
            rows[point, replicate] = law(*unit[:-1]) + shake
    values = pd.Series(rows).rename_axis(["point", "replicate"]).to_frame("y")
    return found, values


def test_sobol_finds_known_shares_and_two_ways_agree_on_the_noise() -> None:
    # Variances: a 16/12, b 4/12, of c nothing; noise 1/4 of 2/3 in the mean of four replicates.
    found, values = known("sobol", 256, lambda a, b, c: 4 * a + 2 * b, (2 / 3) ** 0.5)
    table = indices(found, results(values)).loc["y"]
    total = 16 / 12 + 4 / 12 + 1 / 6
    shares = [16 / 12 / total, 4 / 12 / total, 0.0, 1 / 6 / total]
    assert table["S1"].to_numpy() == pytest.approx(shares, abs=0.06)
    assert table["ST"].to_numpy() == pytest.approx(shares, abs=0.06)
    assert noise(values)["y"] == pytest.approx(shares[3], abs=0.03)
    assert noise(values)["y"] == pytest.approx(table["ST"][CHANCE], abs=0.06)
    assert table["above_chance"].to_dict() == {
        **dict(zip(NAMES, (True, True, False), strict=True)),
        CHANCE: False,
    }
    assert ((table["ST_low"] < shares) & (shares < table["ST_high"])).sum() >= 3


def test_morris_ranks_and_noise_hides_a_small_effect() -> None:
    law = lambda a, b, c: 4 * a - 2 * b + 0.2 * c  # noqa: E731
    quiet = indices(*_pair(known("morris", 20, law, 0.01))).loc["y"]
    assert quiet["mu"].to_numpy()[:3] == pytest.approx([4.0, -2.0, 0.2], abs=0.02)
    assert quiet["mu_star"].to_numpy()[:3] == pytest.approx([4.0, 2.0, 0.2], abs=0.02)
    assert list(quiet["above_chance"]) == [True, True, True, False]
    loud = indices(*_pair(known("morris", 20, law, 1.0))).loc["y"]
    assert list(loud["above_chance"]) == [True, True, False, False]
    bent = indices(*_pair(known("morris", 20, lambda a, b, c: 4 * a * b, 0.0))).loc["y"]
    assert bent["sigma"]["war_deaths"] > 10 * quiet["sigma"]["war_deaths"]


def _pair(both: tuple[Design, object]) -> tuple[Design, pd.DataFrame]:
    return both[0], results(pd.DataFrame(both[1]))


def test_noise_is_the_variance_within_over_that_of_the_results() -> None:
    index = pd.MultiIndex.from_product([[0, 1, 2], [0, 1]], names=["point", "replicate"])
    values = pd.DataFrame({"y": [0.0, 2.0, 10.0, 12.0, 20.0, 22.0], "z": 1.0}, index)
    found = noise(values)
    assert found["y"] == pytest.approx((2.0 / 2) / 100.0)
    assert np.isnan(found["z"])
    assert noise(values.xs(0, level="replicate", drop_level=False)).isna().all()


def test_an_outcome_that_never_moves_has_no_indices() -> None:
    for method in ("morris", "sobol"):
        found, values = known(method, 2, lambda a, b, c: 7.0, 0.0)
        table = indices(found, results(values)).loc["y"]
        assert table.drop(columns="above_chance").isna().all(axis=None)
        assert not table["above_chance"].any()


def test_an_analysis_needs_two_whole_blocks() -> None:
    found, values = known("morris", 3, lambda a, b, c: a, 0.1)
    whole = results(values)
    assert len(indices(found, whole[: 2 * found.block])) == 4
    for n in (found.block, 2 * found.block + 1):
        with pytest.raises(SensitivityError, match="two whole blocks"):
            indices(found, whole[:n])


# --- running it


def test_a_point_is_what_its_scenarios_give_with_its_parameters(
    scenarios: tuple[Scenario, Scenario],
) -> None:
    from plazas.analysis.experiment.run import run

    about = study(scenarios)
    frame = points.run_point(about, 7)
    changes, first = about.design.changes(7), about.design.first(7)
    raid = at(scenarios, changes)[1]
    assert raid.changes == {**scenarios[0].changes, **changes}
    whole = run(raid, 2, 1, first=first).series("homicides").sum(axis=1)
    mine = frame[frame["scenario"] == "raid"]
    assert list(mine["homicides_total"]) == list(whole)
    assert list(mine["replicate"]) == [first, first + 1]


def test_effects_are_differences_within_pairs(scenarios: tuple[Scenario, Scenario]) -> None:
    about = study(scenarios)
    frame = points.run_point(about, 0)
    values = by_replicate(about, frame)
    split = {label: part.set_index("replicate") for label, part in frame.groupby("scenario")}
    apart = split["raid"]["arrests"] - split["base"]["arrests"]
    assert list(values["raid: arrests"]) == list(apart)
    assert (apart > 0).all()
    lives = split["raid"]["homicides_total"] - split["base"]["homicides_total"]
    share = lives / split["base"]["homicides_total"]
    assert list(values["raid: homicides_share"]) == list(share)


def test_what_a_policy_itself_changes_stays(small: Callable[..., Scenario]) -> None:
    base = small(26, {"wage": 0.3})
    ablated = small(26, {"wage": 0.3, "absorption": 0.0})
    worlds = at((base, ablated), {"wage": 0.5, "absorption": 1.0})
    assert [each.changes["wage"] for each in worlds] == [0.5, 0.5]
    assert [each.changes["absorption"] for each in worlds] == [1.0, 0.0]


def test_one_scenario_alone_has_no_effects(scenarios: tuple[Scenario, Scenario]) -> None:
    about = study(scenarios[:1])
    assert shown_outcomes(about)[:2] == ["homicides_total", "members"]
    values = by_replicate(about, points.run_point(about, 0))
    assert not [name for name in values if ": " in name]


def test_threads_change_nothing_and_a_cut_run_goes_on_to_the_same_end(
    scenarios: tuple[Scenario, Scenario], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = study(scenarios)
    whole = Runs(about)
    run_points(whole, threads=1)
    folder = tmp_path / "kept"
    work = points.run_point

    def interrupted(study: Study, point: int, progress: object = None) -> pd.DataFrame:
        if point == 6:
            _thread.interrupt_main()
        return work(study, point)

    monkeypatch.setattr(points, "run_point", interrupted)
    cut = opened(folder, about)
    with pytest.raises(KeyboardInterrupt):
        run_points(cut, threads=2)
    assert 5 <= len(cut) < len(about.design)
    with (folder / "runs.csv").open("a") as stream:  # and the machine went down within a line
        stream.write("14,base,28,1234")
    ran = []
    monkeypatch.setattr(points, "run_point", lambda s, p, g=None: ran.append(p) or work(s, p))
    again = opened(folder, about)
    assert again.frames.keys() == cut.frames.keys()
    run_points(again, threads=3)
    assert sorted([*ran, *cut.frames]) == list(range(len(about.design)))
    pd.testing.assert_frame_equal(again.whole_blocks(), whole.whole_blocks())
    pd.testing.assert_frame_equal(Findings(again).table, Findings(whole).table)


def test_a_folder_of_another_analysis_is_not_touched(
    scenarios: tuple[Scenario, Scenario], tmp_path: Path
) -> None:
    opened(tmp_path / "a", study(scenarios, blocks=3))
    with pytest.raises(SensitivityError, match=r"another analysis \(different blocks\)"):
        opened(tmp_path / "a", study(scenarios, blocks=2))
    with pytest.raises(SensitivityError, match="different scenarios"):
        opened(tmp_path / "a", study(scenarios[:1], blocks=3))
    assert len(opened(tmp_path / "a", study(scenarios, blocks=2), force=True)) == 0


DAMAGED_RUNS = {
    "no number": ("0,base,0", "x", "line 2, column 'homicides': 'x' is not a number; allowed: any"),
    "no finite number": ("0,base,0", "inf", "column 'homicides': 'inf' is not a number"),
    "a point": ("99,base,0", "1", "'99' is not a point of this analysis; allowed: 0 to 14"),
    "a scenario": ("0,bass,0", "1", "column 'scenario': unknown scenario 'bass'; did you mean "),
    "a replicate": ("0,base,-1", "1", "column 'replicate': '-1' is not a replicate; allowed: 0 to"),
}


@pytest.fixture(scope="module")
def three_blocks(scenarios: tuple[Scenario, Scenario]) -> Study:
    return study(scenarios)


@pytest.mark.parametrize("damage", DAMAGED_RUNS)
def test_a_mistake_in_kept_runs_names_file_line_and_column(
    damage: str, three_blocks: Study, tmp_path: Path
) -> None:
    keys, cell, message = DAMAGED_RUNS[damage]
    opened(tmp_path / "a", three_blocks)
    path = tmp_path / "a" / "runs.csv"
    names = list(three_blocks.outcomes)
    cells = ["1.5"] * len(names)
    cells[names.index("homicides")] = cell
    head = ",".join(["point", "scenario", "replicate", *names])
    path.write_text(f"{head}\n{keys},{','.join(cells)}\n")
    with pytest.raises(SensitivityError) as error:
        opened(tmp_path / "a", three_blocks)
    assert str(error.value).startswith(f"{path}: line 2, column ")
    assert message in str(error.value)
    assert str(error.value).endswith("; give --force to start again")
    path.write_text(head.replace(",homicides,", ",") + "\n")
    with pytest.raises(SensitivityError, match="line 1: there is no column 'homicides'; there are"):
        opened(tmp_path / "a", three_blocks)
    assert len(opened(tmp_path / "a", three_blocks, force=True)) == 0


GOOD_INDICES = """outcome,input,mu_star,above_chance
homicides_total,wage,3,True
homicides_total,illness,1,False
homicides_total,chance,2,False
members,wage,1,False
"""
DAMAGED_INDICES = {
    "a parameter": ("total,wage", "total,wages", "line 2, column 'input': unknown parameter "),
    "an answer": ("True", "yes", "line 2, column 'above_chance': unknown answer 'yes'; allowed: "),
    "twice": ("total,illness", "total,wage", "line 3: outcome 'homicides_total', input 'wage' is "),
    "a column": ("outcome,", "", "line 2: 4 cells; allowed: 3, one per column"),
    "a name": ("above_chance", "above", "line 1: there is no column 'above_chance'; there are "),
    "no parameter": ("True", "False", "no parameter is above chance in this analysis"),
    "no outcome": ("members", "arrests", "indices.csv: unknown outcome 'members'; allowed: "),
}


def test_parameters_above_chance_are_read_from_the_table(tmp_path: Path) -> None:
    (tmp_path / "indices.csv").write_text(GOOD_INDICES)
    assert above_chance_in(tmp_path, ["base"]) == ("wage",)
    with pytest.raises(SensitivityError, match="no parameter is above chance"):
        above_chance_in(tmp_path, ["base"], ["members"])


@pytest.mark.parametrize("damage", DAMAGED_INDICES)
def test_a_mistake_in_indices_names_file_line_and_column(damage: str, tmp_path: Path) -> None:
    right, wrong, message = DAMAGED_INDICES[damage]
    (tmp_path / "indices.csv").write_text(GOOD_INDICES.replace(right, wrong, 1))
    with pytest.raises(SensitivityError) as error:
        above_chance_in(tmp_path, ["base"])
    assert message in str(error.value)
    assert str(error.value).startswith(str(tmp_path))


# --- the command


def test_the_command_screens_and_goes_on_with_what_stood_out(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    base, raid = files
    out = tmp_path / "screen"
    words = ("--parameter", "bystanders", "--parameter", "illness", "--size", 4, "--out", out)
    found = command(base, raid, *words)
    assert found.exit_code == 0, found.output
    assert "2 parameters and chance, 4 trajectories: 16 points × 2 scenarios" in found.stderr
    assert "Effect of raid on homicides" in found.stdout
    assert "noise of replicates: " in found.stdout
    for name in ("indices.csv", "points.csv", "sensitivity.png", "sensitivity.pdf"):
        assert (out / name).stat().st_size > 500
    table = pd.read_csv(out / "indices.csv").set_index(["outcome", "input"])
    assert table.loc[("homicides_total", "bystanders"), "above_chance"]
    assert not table.loc[("homicides_total", "illness"), "above_chance"]
    kept = pd.read_csv(out / "points.csv")
    assert kept["bystanders"].between(0.5, 10).all()
    again = command(base, raid, *words)
    assert "16 points are done" in again.stderr
    assert again.stdout == found.stdout
    on = command(
        *(base, raid, "--method", "sobol", "--size", 2, "--from", out),
        *("--outcome", "homicides_total"),
    )
    assert on.exit_code == 0, on.output
    assert "sobol: 1 parameter and chance" in on.stderr
    assert "illness" not in on.stdout


def test_an_interrupt_shows_what_is_done(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = points.run_point

    def interrupted(study: Study, point: int, progress: object = None) -> pd.DataFrame:
        if point == 9:
            _thread.interrupt_main()
        return work(study, point)

    monkeypatch.setattr(points, "run_point", interrupted)
    out = tmp_path / "out"
    found = command(
        files[0], "--parameter", "bystanders", "--size", 8, "--threads", 1, "--out", out
    )
    assert found.exit_code == 130
    assert "of 24 points were done; they are in" in found.stderr
    assert "of 8 blocks of points" in found.stdout
    assert (out / "indices.csv").exists()


MISTAKES = {
    "parameter": (("--parameter", "war_deths"), "did you mean 'war_deaths'?"),
    "status": (("--status", "guessed"), "unknown status 'guessed'"),
    "method": (("--method", "fast"), "unknown method 'fast'; allowed: morris, sobol"),
    "no power of two": (("--method", "sobol", "--size", "6"), "a power of two"),
    "too few": (("--size", "1"), "must be 2 or more, for the intervals; got 1"),
    "no replicates": (("--replicates", "0"), "replicates per point must be between 1 and "),
    "width": (("--width", "2"), "a share above 0 and at most 1"),
    "outcome": (("--outcome", "homicide_total"), "did you mean 'homicides_total'?"),
    "folder of others": (("--out", "."), "holds other files"),
    "nothing to go on from": (("--from", "."), "no finished analysis found"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_two(mistake: str, files: tuple[Path, Path]) -> None:
    words, message = MISTAKES[mistake]
    found = command(files[0], *words)
    assert found.exit_code == 2, found.output
    assert found.stdout == ""
    assert message in found.stderr
    assert found.stderr.count("\n") == 1


def test_without_salib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample.morris", None)
    monkeypatch.setitem(__import__("sys").modules, "SALib", None)
    with pytest.raises(MissingLibraryError, match="pip install"):
        designs.design("morris", (input_of("wage"),), 2, 1, 1)
