"""Replicates on threads: the same results on any number, and no failure goes unsaid."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from plazas.analysis.experiment import workers
from plazas.analysis.experiment.ensemble import FRAMES, Ensemble
from plazas.analysis.experiment.run import ReplicateError, RunError, extended, run, run_all
from plazas.model.errors import MissingLibraryError
from plazas.model.results import Results
from plazas.model.scenario import Scenario
from plazas.model.simulation import Simulation


def same(a: Ensemble, b: Ensemble) -> bool:
    """Return whether two ensembles agree in every frame."""
    return a.replicates == b.replicates and all(
        a.frames()[name].equals(b.frames()[name]) for name in FRAMES
    )


@pytest.fixture(scope="module")
def four(plain: Scenario) -> Ensemble:
    return run(plain, 4, seed=5, threads=1)


def test_threads_do_not_change_a_result(plain: Scenario, four: Ensemble) -> None:
    assert same(run(plain, 4, seed=5, threads=3), four)
    assert not same(run(plain, 4, seed=6, threads=3), four)


def test_replicates_may_be_added_later(plain: Scenario, four: Ensemble) -> None:
    more = extended(run(plain, 1, seed=5), run(plain, 3, seed=5, first=1))
    assert same(more, four)
    assert not same(extended(run(plain, 1, seed=5), run(plain, 3, seed=5, first=2)), four)


def test_scenarios_run_together_are_as_run_alone(
    plain: Scenario, arrests: Scenario, four: Ensemble
) -> None:
    together = run_all([arrests, plain], 4, seed=5, threads=2)
    assert [ensemble.name for ensemble in together] == ["arrests", "plain"]
    assert same(together[1], four)
    assert not same(together[0], four)


@pytest.fixture(scope="module")
def single(plain: Scenario) -> Results:
    return Simulation(plain, 5, 2).run()


def test_series_are_those_of_the_simulation(four: Ensemble, single: Results) -> None:
    for column in ("homicides", "members", "policy_cost"):
        np.testing.assert_array_equal(four.series(column)[2], single.weekly[column])
    np.testing.assert_array_equal(four.led("sinaloa")[2], single.states_led("sinaloa"))
    assert list(four.weeks) == list(single.weekly.index)
    assert list(four.months) == list(single.months)
    yearly = four.yearly.loc[2]
    pd.testing.assert_frame_equal(yearly, single.yearly, check_index_type=False)


def test_frames_are_those_of_the_simulation(four: Ensemble, single: Results) -> None:
    def of_two(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["replicate"] == 2].drop(columns="replicate").reset_index(drop=True)

    ours, theirs = of_two(four.presence), single.presence
    assert list(ours["cartel"].astype(str)) == list(theirs["cartel"])
    assert list(ours["code"].astype(str)) == list(theirs["code"])
    assert list(ours["members"]) == list(theirs["members"])
    places, known = of_two(four.places), single.places.reset_index()
    assert list(places["primary"].astype(object)) == list(known["primary"])
    assert list(places["members"]) == list(known["members"])
    np.testing.assert_allclose(places["homicides"], known["homicides"])
    largest = theirs.groupby(["month", "code"])["share"].max()
    at = [largest.get(key, 0.0) for key in zip(known["month"], known["code"], strict=True)]
    np.testing.assert_allclose(places["share"], at, rtol=1e-6)
    events = of_two(four.events)
    for column in ("kind", "place", "cartel", "other"):
        assert list(events[column].astype(object).where(events[column].notna(), None)) == [
            word if isinstance(word, str) else None for word in single.events[column]
        ]
    assert list(events["amount"]) == list(single.events["amount"])
    assert list(of_two(four.cartels)["key"]) == list(single.cartels["key"])
    assert len(of_two(four.cartel_months)) == len(single.cartel_months)
    fought = of_two(four.fought).astype({"code": object, "cartel": object})
    pd.testing.assert_frame_equal(fought, single.fought, check_dtype=False)
    assert len(fought)
    fronts = of_two(four.fronts).astype({"code": object, "cartel": object, "other": object})
    pd.testing.assert_frame_equal(fronts, single.fronts, check_dtype=False, rtol=1e-6)
    assert len(fronts) > 100


def test_fronts_by_place_are_sums_of_their_rows(four: Ensemble) -> None:
    deaths, active = four.front_series("deaths"), four.front_series("active")
    assert deaths.shape == (4, 30, 32)
    rows = four.fronts
    assert deaths.sum() == pytest.approx(rows["deaths"].sum())
    here = (rows["replicate"] == 3) & (rows["code"] == "08") & (rows["month"] == four.months[9])
    p = four.codes.index("08")
    assert deaths[3, 9, p] == pytest.approx(rows.loc[here, "deaths"].sum())
    assert active[3, 9, p] == rows.loc[here, "active"].sum()
    np.testing.assert_array_equal(active[:, -1].sum(axis=1), four.series("fronts")[:, -1])


def test_progress_counts_every_week(plain: Scenario) -> None:
    weeks: list[int] = []
    lock = threading.Lock()

    def progress(done: int) -> None:
        with lock:
            weeks.append(done)

    run(plain, 3, progress=progress)
    assert sum(weeks) == 3 * plain.weeks
    assert len(weeks) > 3


class Breaks(Simulation):
    """A simulation of which replicate 1 fails."""

    def run(self, weeks: int | None = None) -> Results:
        if self.replicate == 1:
            raise ZeroDivisionError("no such luck")
        return super().run(weeks)


def test_a_failure_names_the_replicate_and_keeps_the_others(
    plain: Scenario, four: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "Simulation", Breaks)
    with pytest.raises(ReplicateError) as caught:
        run(plain, 4, seed=5)
    words = "replicate 1 of 'plain' (seed 5) failed: ZeroDivisionError: no such luck; 3 finished"
    assert str(caught.value) == words
    left = caught.value.done["plain"]
    assert left.replicates == (0, 2, 3)
    np.testing.assert_array_equal(left.series("homicides"), four.series("homicides")[[0, 2, 3]])


def test_who_asked_may_go_away(plain: Scenario) -> None:
    def progress(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, ReplicateError)):
        run(plain, 2, threads=1, progress=progress)


IMPOSSIBLE: list[tuple[dict[str, int], str]] = [
    ({"replicates": 0}, "replicates must be 1 or more, not 0"),
    ({"replicates": 1, "seed": -1}, "seed must be a whole number from 0"),
    ({"replicates": 1, "seed": 2**32}, "seed must be a whole number from 0"),
    ({"replicates": 1, "threads": 0}, "threads must be 1 or more, not 0"),
    ({"replicates": 1, "first": 2**32}, "replicates are numbered from 0"),
]


@pytest.mark.parametrize(("numbers", "message"), IMPOSSIBLE)
def test_impossible_numbers(plain: Scenario, numbers: dict[str, int], message: str) -> None:
    with pytest.raises(RunError, match=message):
        run(plain, **numbers)


def test_xarray_holds_the_same_numbers(four: Ensemble) -> None:
    pytest.importorskip("xarray")
    cube = four.xarray()
    assert dict(cube.sizes) == {"replicate": 4, "week": 130, "month": 30, "code": 32}
    frame = four.places.set_index(["replicate", "month", "code"])
    at = (2, four.months[7], "14")
    where = {"replicate": 2, "month": four.months[7], "code": "14"}
    assert float(cube["place_homicides"].sel(where)) == frame.loc[at, "homicides"]
    assert str(cube["place_primary"].sel(where).item()) == frame.loc[at, "primary"]
    deaths = four.front_series("deaths")[2, 7, four.codes.index("14")]
    assert float(cube["place_front_deaths"].sel(where)) == deaths
    assert float(cube["members"][3, 9]) == four.series("members")[3, 9]


def test_xarray_missing_is_said(four: Ensemble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(MissingLibraryError, match="pip install xarray"):
        four.xarray()


def test_memory_of_an_ensemble_is_modest(small: Callable[..., Scenario], four: Ensemble) -> None:
    size = sum(f.memory_usage(deep=True).sum() for f in four.frames().values())
    full_run = 782 / 130  # weeks of fifteen years against these
    twenty_of_three = 3 * 20 / 4
    assert size * full_run * twenty_of_three < 400e6
