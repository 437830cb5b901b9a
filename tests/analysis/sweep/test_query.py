"""What a sweep has kept, as pandas, as xarray and by SQL: the same figures each way."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_sweep import planned

from plazas import read_sweep
from plazas.analysis.sweep import array, query, store, task
from plazas.model.errors import MissingLibraryError
from plazas.model.results import Results
from plazas.model.simulation import Simulation


@pytest.fixture
def failing(sweep_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a sweep half of which is finished, and in which every replicate 1 failed."""
    real = task.run_one

    def run_one(simulation: Simulation) -> Results:
        if simulation.replicate == 1:
            raise MemoryError("no room")
        return real(simulation)

    monkeypatch.setattr(task, "run_one", run_one)
    folder = tmp_path / "failing"
    store.create(folder, planned(sweep_file))
    array.run_share(folder, 0, 2)
    return folder


def test_pandas_has_every_run_in_order(whole: Path) -> None:
    runs = read_sweep(whole).runs
    order = runs[["point", "scenario", "replicate"]]
    assert len(order.drop_duplicates()) == len(runs) == 54
    assert order.equals(order.sort_values(["point", "scenario", "replicate"]))
    assert list(runs["scenario"].cat.categories) == ["plain", "raid"]
    assert runs["recruitment"].nunique() == runs["hostility_war"].nunique() == 3
    assert runs["error"].isna().all()


def test_years_add_up_to_the_runs(whole: Path) -> None:
    kept = read_sweep(whole)
    assert len(kept.years) == 54 * 2
    keys = ["point", "scenario", "replicate"]
    cost = kept.years.groupby(keys, observed=True)["policy_cost"].sum() / 1000
    ends = kept.runs.set_index(keys)["cost"]
    assert (ends.xs("raid", level="scenario") > 0).all()
    # Years are scaled to their days, the run is as long as its weeks.
    np.testing.assert_allclose(cost.loc[ends.index], ends, rtol=0.03)
    last = kept.years[kept.years["year"] == 2011].set_index(keys)["led_lantern"]
    assert last.equals(kept.runs.set_index(keys)["led_lantern"])


def test_xarray_has_the_same_figures(whole: Path) -> None:
    pytest.importorskip("xarray")
    kept = read_sweep(whole)
    cube = kept.xarray()
    assert dict(cube.sizes) == {"scenario": 2, "point": 9, "replicate": 3, "year": 2}
    row = kept.runs.iloc[31]
    at = {name: row[name] for name in ("scenario", "point", "replicate")}
    assert float(cube["homicides"].sel(at)) == row["homicides"]
    assert float(cube["recruitment"].sel(point=row["point"])) == row["recruitment"]
    year = kept.years.set_index(["scenario", "point", "replicate", "year"])
    wanted = year.loc[(*at.values(), 2011)]["members"]
    assert float(cube["year_members"].sel({**at, "year": 2011})) == wanted
    assert not cube["homicides"].isnull().any()


def test_what_failed_or_is_missing_is_nan(failing: Path) -> None:
    pytest.importorskip("xarray")
    kept = read_sweep(failing)
    assert len(kept.runs) == 27
    assert len(kept.failed) == 9
    assert set(kept.failed["error"]) == {"MemoryError: no room"}
    assert len(kept.years) == 18 * 2
    known = kept.xarray()["homicides"].notnull()
    assert int(known.sum()) == 18
    assert not known.sel(replicate=1).any()


def test_sql_agrees_with_pandas(whole: Path) -> None:
    pytest.importorskip("duckdb")
    kept = read_sweep(whole)
    found = kept.sql("select scenario, avg(homicides) h from runs group by all order by all")
    wanted = kept.runs.groupby("scenario", observed=True)["homicides"].mean()
    np.testing.assert_allclose(found["h"], wanted, rtol=1e-6)
    found = kept.sql(
        "select r.recruitment, y.year, avg(y.members) m from years y join runs r using (key) "
        "group by all order by all"
    )
    joined = kept.years.merge(kept.runs[["point", "scenario", "replicate", "recruitment"]])
    wanted = joined.groupby(["recruitment", "year"])["members"].mean()
    np.testing.assert_allclose(found["m"], wanted, rtol=1e-6)


def test_sql_of_a_folder_with_strange_signs(whole: Path, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    folder = tmp_path / "it's [a] *test*"
    shutil.copytree(whole, folder)
    assert read_sweep(folder).sql("select count(*) n from runs")["n"].tolist() == [54]


def test_sql_sees_failures(failing: Path) -> None:
    pytest.importorskip("duckdb")
    found = read_sweep(failing).sql("select count(error) f, count(homicides) h from runs")
    assert found.iloc[0].tolist() == [9, 18]
    assert read_sweep(failing).sql("select count(*) n from years")["n"].tolist() == [36]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select homicide from runs", "homicides"),
        ("select * from run", "runs"),
        ("selec 1", "syntax error"),
    ],
)
def test_a_mistake_in_sql_is_one_line(sql: str, words: str, whole: Path) -> None:
    pytest.importorskip("duckdb")
    with pytest.raises(query.QueryError, match=words) as caught:
        read_sweep(whole).sql(sql)
    assert "\n" not in str(caught.value)
    assert "LINE" not in str(caught.value)


def test_a_sweep_of_which_nothing_is_finished(begun: Path) -> None:
    pytest.importorskip("duckdb")
    kept = read_sweep(begun)
    assert kept.runs.empty
    assert kept.years.empty
    assert "homicides" in kept.runs
    with pytest.raises(query.QueryError, match="no batch is finished yet"):
        kept.sql("select 1 from runs")


@pytest.mark.parametrize("library", ["duckdb", "xarray"])
def test_what_is_not_installed_is_said_so(
    library: str, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    kept = read_sweep(whole)
    assert isinstance(kept.runs, pd.DataFrame)  # needs neither
    with pytest.raises(MissingLibraryError, match=r"pip install 'plazas\["):
        kept.sql("select 1") if library == "duckdb" else kept.xarray()
