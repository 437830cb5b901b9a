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


def test_a_wrong_name_is_answered_with_the_columns(whole: Path) -> None:
    pytest.importorskip("duckdb")
    for sql in ("select homicide from runs", "select * from run"):
        with pytest.raises(query.QueryError) as caught:
            read_sweep(whole).sql(sql)
        message = str(caught.value)
        assert "; runs has key, scenario, point, replicate, " in message
        assert ", recruitment, " in message
        assert "; years has key, scenario, point, replicate, year, " in message
        assert "\n" not in message


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("", "is empty"),
        (" ; ", "is empty"),
        ("-- nothing", "is empty"),
        ("select 1; select 2", "2 statements"),
        ("set threads = 1", "only SELECT"),
        ("explain analyze copy (select 1) to '{batch}' (use_tmp_file false)", "only SELECT"),
        ("copy (select 1) to '{batch}' (format csv, use_tmp_file false)", "only SELECT"),
        ("copy runs to '{outside}.csv'", "only SELECT"),
        ("attach '{outside}'", "only SELECT"),
        ("export database '{outside}'", "only SELECT"),
        ("install httpfs", "only SELECT"),
        ("load httpfs", "only SELECT"),
        ("create secret s (type s3)", "only SELECT"),
        ("create view runs as select 1", "only SELECT"),
        ("pragma database_list", "only SELECT"),
    ],
)
def test_only_one_select_is_answered(sql: str, words: str, whole: Path, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    kept = read_sweep(whole)
    batch = kept.files[0]
    before = batch.read_bytes()
    with pytest.raises(query.QueryError, match=words):
        kept.sql(sql.format(batch=batch, outside=tmp_path / "outside"))
    assert batch.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{path}')",
        "select * from '{path}'",
        "select content from read_text('{path}')",
        "select content from read_blob('{path}')",
        "select * from glob('{folder}/*')",
        "select * from read_parquet('{folder}/*.parquet')",
        "select * from read_json('{path}')",
        "select * from sniff_csv('{path}')",
        "select * from parquet_metadata('{parquet}')",
        "select getenv('HOME')",
        "select * from query('copy runs to ''{path}'' ')",
        "with x as (select * from read_csv('{path}')) select * from x",
        "select * from runs where key = (select any_value(content) from read_text('{path}'))",
        "select * from read_parquet('https://127.0.0.1/x.parquet')",
        "select * from read_parquet('s3://bucket/x.parquet')",
        "select * from secret_of_the_caller",
    ],
)
def test_a_query_reads_only_its_own_folder(sql: str, whole: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path, parquet = tmp_path / "secret.csv", tmp_path / "secret.parquet"
    path.write_text("word\nsesame\n")
    pd.DataFrame({"word": ["sesame"]}).to_parquet(parquet)
    secret_of_the_caller = pd.DataFrame({"word": ["sesame"]})
    sql = sql.format(path=path, folder=tmp_path, parquet=parquet)
    with pytest.raises(query.QueryError) as caught:
        read_sweep(whole).sql(sql)
    assert "sesame" not in str(caught.value)
    assert len(secret_of_the_caller) == 1
    # The control: without the lock, DuckDB reads such a file.
    assert duckdb.sql(f"select word from read_csv('{path}')").fetchall() == [("sesame",)]


def test_a_query_that_needs_too_much_memory_ends(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("duckdb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(query.LIMITS, "memory_limit", "30MB")
    kept = read_sweep(whole)
    assert kept.sql("select count(*) n from runs")["n"].tolist() == [54]
    with pytest.raises(query.QueryError, match="Out of Memory") as caught:
        kept.sql("select range a, hash(range) b from range(20000000) order by b")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []  # and it fills no disk


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
