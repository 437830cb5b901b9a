"""Calibration: terms as said, trials that survive what happens, sets that do not fit by luck."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from plazas.analysis.calibration import choose as choosing
from plazas.analysis.calibration import objective, show, study
from plazas.analysis.calibration import search as searching
from plazas.analysis.calibration.choose import choose, farthest
from plazas.analysis.calibration.objective import TERMS, Terms, deviation, evaluate, loss
from plazas.analysis.calibration.search import Progress, search
from plazas.analysis.calibration.study import CalibrationError, Study, free_parameters
from plazas.analysis.cli.app import app
from plazas.analysis.experiment import parameter_sets
from plazas.analysis.patterns import observed
from plazas.analysis.patterns.findings import ANYTHING, UNKNOWN, Finding, row, single
from plazas.model.geography import states
from plazas.model.parameters import CALIBRATED, declarations, defaults

pytest.importorskip("optuna")
pytest.importorskip("cmaes")
BEST = {each.name: 0.3 for each in free_parameters()}  # where the made-up loss is least


def far_from_best(values: Mapping[str, float]) -> float:
    """Return the distance of a set from BEST, as shares of the ranges."""
    return math.dist(
        [each.unit(values[each.name]) for each in free_parameters()], list(BEST.values())
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Terms]], None]:
    """Put a made-up measure of a set in the place of runs; call it to put in another."""

    def put(made_up: Callable[..., Terms]) -> None:
        for module in (study, searching, choosing):
            monkeypatch.setattr(module, "evaluate", made_up)

    def plain(
        sets: Sequence[Mapping[str, float]], replicates: int, seed: int, *more: Any, **_: Any
    ) -> Terms:
        away = float(np.mean([far_from_best(values) for values in sets]))
        return {term.name: away for term in TERMS}

    put(plain)
    monkeypatch.setattr(study, "earlier_sets", list)
    return put


def nobody(progress: Progress) -> None:
    """Hear of progress and do nothing."""


# --- the terms ----------------------------------------------------------------------------------
def test_a_deviation_is_0_as_observed_and_1_where_acceptance_ends() -> None:
    def at(value: float, accepted: Any = (6.0, 18.0), seen: Any = (10.0, 12.0)) -> float:
        return deviation(row("x", "", [value], accepted, seen))

    assert at(10.0) == at(11.0) == at(12.0) == 0.0
    assert at(6.0) == at(18.0) == 1.0
    assert (at(2.0), at(15.0)) == (2.0, 0.5)
    assert at(math.nan) == at(-1e9) == objective.FURTHEST
    assert at(5.0, (4.0, math.inf), UNKNOWN) == 0.0
    assert at(1.0, (4.0, math.inf), UNKNOWN) == 0.75
    assert at(3.0, ANYTHING, UNKNOWN) == 0.0


def test_loss_grows_with_each_term_and_no_term_drowns_the_others() -> None:
    assert loss({"a": 0.0, "b": 0.0}) == 0.0
    assert loss({"a": 0.5, "b": 1.0}) == 1.25
    assert loss({"a": 10.0}) == 19.0 < 10.0**2
    assert loss({"a": 1.0 - 1e-9}) == pytest.approx(loss({"a": 1.0 + 1e-9}))


def homicides(values: Sequence[float]) -> Finding:
    seen = observed.by_year(1, "homicides")["value"]
    series = {"years": seen.index, "observed": seen.to_numpy(), "simulated": np.array([values])}
    rms = single("error of the median (RMS)", "", 0.15, (0.0, 0.15))
    return Finding(1, (rms,), "", series=series)


def test_the_turn_of_homicides_is_fall_and_rise() -> None:
    term = next(term for term in TERMS if term.name == "turn")
    seen = observed.by_year(1, "homicides")["value"].to_numpy()
    assert term.distance(homicides(seen)) == pytest.approx(0.0)
    assert term.distance(homicides(2.0 * seen)) == pytest.approx(0.0)  # the level is another term
    flat = term.distance(homicides(np.full(9, 25000.0)))
    assert flat == pytest.approx(2.0)  # each off by all that was observed, twice the half
    assert term.distance(homicides(50000.0 - seen)) > 2.0  # a hump instead of a V
    level = next(term for term in TERMS if term.name == "homicides")
    assert level.distance(homicides(seen)) == 1.0


@pytest.mark.parametrize(
    ("ratio", "contested", "expected"), [(3.4, 1.0, 0.0), (2.5, 0.5, 0.7), (1.0, 0.0, 2.9)]
)
def test_guanajuato_counts_rise_and_contest(
    ratio: float, contested: float, expected: float
) -> None:
    seen = observed.by_year(6, "guanajuato_homicides")
    low = seen.loc[2018, "low"] / seen.loc[2015, "value"]
    rows = (
        row("homicides 2018 over 2015", "times", ratio, (2.5, math.inf), (low, 3.8), False),
        single("replicates with a challenger", "share", contested, judged=False),
    )
    term = next(term for term in TERMS if term.name == "guanajuato")
    assert term.distance(Finding(6, rows, "")) == pytest.approx(expected, abs=0.06)


def test_only_years_up_to_2018_are_run_and_looked_at() -> None:
    scenario = objective.past()
    assert scenario.stop == date(2019, 1, 1)
    assert scenario.start + timedelta(weeks=scenario.weeks) <= date(2019, 1, 1)
    assert observed.figures()["year"].max() <= 2018
    assert {term.pattern for term in TERMS} == {1, 4, 5, 6, 7, 17, 18, 20, 21}


def test_free_are_the_calibrated_parameters_and_none_names_a_cartel_a_state_or_the_seed() -> None:
    names = [each.name for each in free_parameters()]
    assert names == [n for n, about in declarations().items() if about.status == CALIBRATED]
    barred = {row.key for row in objective.past().country.start.cartels}
    barred |= {name.lower() for name in (*states().names, *states().abbreviations)}
    assert not barred & {word for name in names for word in (name, *name.split("_"))}
    assert "cjng" in barred
    assert "guanajuato" in barred
    assert not any("seed" in name for name in names)


def test_a_set_has_the_same_terms_again_on_any_threads_and_others_differ() -> None:
    few = {**parameter_sets.default_set(), "bystanders": 1.0}
    once = evaluate([few], 2, 1)
    assert list(once) == [term.name for term in TERMS]
    assert all(0.0 <= value < math.inf for value in once.values())
    assert evaluate([few], 2, 1, threads=2) == once
    assert evaluate([few], 2, 2) != once
    assert evaluate([parameter_sets.default_set()], 2, 1)["homicides"] < once["homicides"]


# --- the study ----------------------------------------------------------------------------------
@pytest.mark.usefixtures("quick")
def test_a_study_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    search(Study(path, 2, 1), 3, None, 1, nobody)
    first = {t.number: t for t in Study(path, 2, 1).trials()}
    assert set(first) == {0, 1, 2}
    assert first[0].values == parameter_sets.default_set()
    done = search(Study(path, 2, 1), 6, None, 1, nobody)
    assert (done.trials, done.new) == (6, 3)
    after = {t.number: t for t in Study(path, 2, 1).trials()}
    assert set(after) == set(range(6))
    assert all(after[number] == first[number] for number in first)
    assert search(Study(path, 2, 1), 6, None, 1, nobody).new == 0


def test_a_study_begins_with_the_default_values_and_the_sets_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {**parameter_sets.default_set(), "bystanders": 4.0}
    strange = {"bystanders": 4.0}
    monkeypatch.setattr(study, "shipped", lambda: [other, strange])
    monkeypatch.setattr(searching, "evaluate", lambda *_, **__: {"homicides": 1.0})
    kept = Study(tmp_path / "study.sqlite", 2, 1)
    search(kept, 4, None, 1, nobody)
    values = [trial.values for trial in sorted(kept.trials(), key=lambda t: t.number)]
    assert values[:2] == [parameter_sets.default_set(), other]
    assert kept.earlier == 1
    assert len({tuple(each.values()) for each in values}) == 4


@pytest.mark.usefixtures("quick")
def test_trials_stay_within_their_ranges_and_get_better(tmp_path: Path) -> None:
    kept = Study(tmp_path / "study.sqlite", 2, 1)
    search(kept, 12, None, 2, nobody)
    trials = kept.trials()
    assert len({tuple(trial.values.values()) for trial in trials}) == 12
    for trial in trials:
        for each in free_parameters():
            assert each.low <= trial.values[each.name] <= each.high
        assert trial.loss == pytest.approx(loss(trial.terms))
    assert [t.loss for t in trials] == sorted(t.loss for t in trials)


@pytest.mark.usefixtures("quick")
def test_what_was_under_way_when_a_process_died_is_no_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "study.sqlite"
    Study(path, 2, 1).ask()  # and never reported
    kept = Study(path, 2, 1)
    assert kept.trials() == []
    search(kept, 2, None, 1, nobody)
    assert len(Study(path, 2, 1).trials()) == 2
    monkeypatch.setattr(study, "STALE", timedelta(0))
    kept = Study(path, 2, 1)
    kept.mark_stale()
    assert {t.state.name for t in kept.kept.trials} == {"COMPLETE", "FAIL"}


def test_an_interrupt_keeps_what_is_finished(
    tmp_path: Path, quick: Callable[[Callable[..., Terms]], None]
) -> None:
    begun = threading.Event()

    def slow(sets: Any, replicates: int, seed: int, threads: int = 1, tick: Any = None) -> Terms:
        if begun.is_set():
            for _ in range(500):
                tick(1)
                time.sleep(0.01)
        return {term.name: 1.0 for term in TERMS}

    quick(slow)
    kept = Study(tmp_path / "study.sqlite", 2, 1)

    def interrupt(progress: Progress) -> None:
        if begun.is_set():
            raise KeyboardInterrupt
        if progress.trials >= 2:
            begun.set()

    with pytest.raises(KeyboardInterrupt):
        search(kept, 10_000, None, 2, interrupt)
    assert len(kept.trials()) >= 2
    assert "RUNNING" not in {t.state.name for t in kept.kept.trials}


def test_a_study_of_another_question_or_of_other_rules_is_refused(
    tmp_path: Path, quick: Callable[[Callable[..., Terms]], None]
) -> None:
    path = tmp_path / "study.sqlite"
    search(Study(path, 2, 1), 2, None, 1, nobody)
    with pytest.raises(
        CalibrationError, match=r"other replicates \(2, not 3\); name a new --study"
    ):
        Study(path, 3, 1)
    with pytest.raises(CalibrationError, match="other seed"):
        Study(path, 2, 7)
    quick(lambda *_, **__: {term.name: 0.123 for term in TERMS})
    with pytest.raises(CalibrationError, match="rules or figures have changed: trial"):
        Study(path, 2, 1)


def test_a_file_that_is_no_study_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look like one " * 50, "utf-8")
    before = path.read_bytes()
    with pytest.raises(CalibrationError, match="cannot be used as a study"):
        Study(path, 2, 1)
    assert path.read_bytes() == before
    with pytest.raises(CalibrationError, match="there is no folder"):
        Study(tmp_path / "nowhere" / "study.sqlite", 2, 1)


# --- the choice ---------------------------------------------------------------------------------
def test_the_farthest_points_are_taken_after_the_first() -> None:
    line = np.array([[0.5], [0.52], [0.0], [0.49], [1.0], [0.2]])
    assert farthest(line, 3) == [0, 2, 4]
    assert farthest(line, 4) == [0, 2, 4, 5]
    assert sorted(farthest(line, 99)) == list(range(6))
    assert farthest(np.zeros((3, 2)), 3) == [0, 1, 2]


def test_a_set_that_fits_by_luck_falls_out(
    tmp_path: Path, quick: Callable[[Callable[..., Terms]], None]
) -> None:
    lucky = parameter_sets.default_set()  # trial 0

    def of_seed(sets: Any, replicates: int, seed: int, *_: Any, **__: Any) -> Terms:
        value = far_from_best(sets[0])
        if sets[0] == lucky:
            value = 0.0 if seed == 1 else 9.0
        return {term.name: value for term in TERMS}

    quick(of_seed)
    kept = Study(tmp_path / "study.sqlite", 2, 1)
    search(kept, 12, None, 1, nobody)
    assert kept.trials()[0].values == lucky
    chosen = choose(kept, 2, 2)
    assert len(chosen.trials) == 2
    assert lucky not in chosen.sets
    best = sorted(kept.trials()[1:], key=lambda t: far_from_best(t.values))
    assert chosen.trials[0] == best[0]
    assert chosen.trials[1] in best[:4]
    assert (chosen.looked, chosen.finished) == (8, 12)


def test_the_second_look_is_kept(
    tmp_path: Path, quick: Callable[[Callable[..., Terms]], None]
) -> None:
    seen: list[int] = []

    def count(sets: Any, replicates: int, seed: int, *_: Any, **__: Any) -> Terms:
        seen.append(seed)
        return {term.name: far_from_best(sets[0]) for term in TERMS}

    quick(count)
    path = tmp_path / "study.sqlite"
    kept = Study(path, 2, 1)
    search(kept, 5, None, 1, nobody)
    first = choose(kept, 2, 1)
    assert seen.count(2) == 5
    again = choose(Study(path, 2, 1), 2, 1)
    assert seen.count(2) == 5
    assert again.sets == first.sets
    assert seen.count(3) == 2  # the sets together, on draws that neither search nor choice has used


@pytest.mark.usefixtures("quick")
def test_too_few_trials_are_said(tmp_path: Path) -> None:
    kept = Study(tmp_path / "study.sqlite", 2, 1)
    search(kept, 2, None, 1, nobody)
    with pytest.raises(CalibrationError, match="2 finished trials are too few for 3 sets"):
        choose(kept, 3, 1)


# --- the command --------------------------------------------------------------------------------
def call(*words: str | Path) -> Any:
    return CliRunner().invoke(app, ["calibrate", *map(str, words)])


@pytest.mark.usefixtures("quick")
def test_the_command_writes_sets_that_read_back(tmp_path: Path) -> None:
    path, out = tmp_path / "study.sqlite", tmp_path / "sets.csv"
    words = ("--study", path, "--trials", "6", "--replicates", "8", "--sets", "3", "--out", out)
    done = call(*words)
    assert done.exit_code == 0, done.output
    sets = parameter_sets.read(out)
    assert len(sets) == 3
    assert all(tuple(values) == parameter_sets.calibrated_names() for values in sets)
    assert sets == choose(Study(path, 8, 1), 3, 1).sets
    about = "\n".join(parameter_sets.provenance(out))
    command = "made by: plazas calibrate --trials 6 --replicates 8 --sets 3 --seed 1"
    for word in (
        command,
        "started from: the default values and 0 sets",
        "trials: 6, each of 8 replicates (seed 1)",
        "commit",
    ):
        assert word in about
    for term in TERMS:
        assert term.name in done.stdout
        assert term.name in about
    again = call(*words)
    assert again.exit_code == 2
    assert "exists already; use --force" in again.stderr
    assert call(*words, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--trials", "-1"), "--trials must be 0 or more; got -1"),
        (("--sets", "0"), "--sets must be 1 or more; got 0"),
        (("--minutes", "0"), "--minutes must be more than 0; got 0"),
        (("--out", "nowhere/sets.csv"), "there is no folder nowhere"),
    ],
)
def test_mistakes_are_said_before_anything_is_made(
    words: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "study.sqlite"
    done = call("--study", path, *words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not path.exists()


@pytest.mark.parametrize("library", ["optuna", "cmaes"])
def test_a_missing_library_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    done = call("--study", tmp_path / "study.sqlite", "--trials", "1", "--sets", "1")
    assert done.exit_code == 2
    assert "needs optuna and cmaes; run: pip install 'plazas[analysis]'" in done.stderr


def test_progress_is_shown_with_the_time_left() -> None:
    words = show.progress_text(Progress(120, 60, 3.21, 120.0, 3900.0))
    assert words == "120 trials (30 per minute), best loss 3.21, 1 h 05 min left"
    assert show.progress_text(Progress(0, 0, None, 0.0, None)) == "0 trials"


@pytest.mark.slow
def test_a_search_that_is_killed_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    words = [
        "calibrate",
        "--study",
        str(path),
        "--sets",
        "1",
        "--replicates",
        "1",
        "--workers",
        "2",
    ]
    command = [sys.executable, "-m", "plazas.analysis.cli", *words]
    process = subprocess.Popen([*command, "--trials", "1000"], env=os.environ.copy())
    try:
        deadline = time.monotonic() + 900.0
        kept: list[Any] = []
        while len(kept) < 3 and time.monotonic() < deadline:
            time.sleep(1.0)
            kept = Study(path, 1, 1).trials() if path.exists() else []
        assert len(kept) >= 3
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    left = {trial.number: trial.loss for trial in Study(path, 1, 1).trials()}
    wanted = str(len(left) + 2)
    done = subprocess.run([*command, "--trials", wanted], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    after = {trial.number: trial.loss for trial in Study(path, 1, 1).trials()}
    assert len(after) == len(left) + 2
    assert {number: after[number] for number in left} == left


def test_default_values_lie_in_the_searched_ranges() -> None:
    for each in free_parameters():
        assert 0.0 <= each.unit(defaults()[each.name]) <= 1.0
        assert each.unit(each.low) == pytest.approx(0.0)
        assert each.unit(each.high) == pytest.approx(1.0)
