"""Results on disk: whole or not at all, never over other files, and the same when read back."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from plazas.analysis.experiment import disk, store
from plazas.analysis.experiment.ensemble import FRAMES, Ensemble
from plazas.analysis.experiment.run import ResultError, read_results, run, save
from plazas.analysis.explain import explain
from plazas.model.scenario import Scenario
from plazas.scenarios import from_resolved


@pytest.fixture(scope="module")
def ensemble(arrests: Scenario) -> Ensemble:
    return run(arrests, 2, seed=9)


def test_round_trip(ensemble: Ensemble, tmp_path: Path) -> None:
    found = read_results(save(ensemble, tmp_path / "results"))
    assert (found.name, found.title, found.seed) == ("arrests", "Three <times> the arrests", 9)
    assert found.replicates == (0, 1)
    for name in FRAMES:
        pd.testing.assert_frame_equal(found.frames()[name], ensemble.frames()[name])
    assert found.keys == ensemble.keys
    assert (found.led("cjng") == ensemble.led("cjng")).all()


def test_provenance_says_where_results_come_from(ensemble: Ensemble, tmp_path: Path) -> None:
    folder = save(ensemble, tmp_path / "results")
    about = json.loads((folder / "provenance.json").read_text("utf-8"))
    assert about["program"] == "plazas"
    assert (about["seed"], about["replicates"]) == (9, [0, 1])
    assert {"version", "git", "date", "python", "system", "libraries"} <= set(about)
    assert {"numpy", "numba", "pandas", "pyarrow"} <= set(about["libraries"])
    again = from_resolved(about["scenario"])
    assert again.policies == ensemble.scenario.policies  # type: ignore[union-attr]
    assert read_results(folder).provenance == about
    # What was read is written again with the provenance it came with.
    copy = save(read_results(folder), tmp_path / "copy")
    assert json.loads((copy / "provenance.json").read_text("utf-8")) == about


def test_commit_and_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store.py").write_text("a\n")
    monkeypatch.setattr(store, "__file__", str(tmp_path / "store.py"))
    assert store.git_state() is None  # no checkout

    def git(*words: str) -> None:
        author = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", "-C", str(tmp_path), *author, *words], check=True)

    git("init", "-q")
    assert store.git_state() is None  # in a folder of git, but not part of it
    git("add", "store.py")
    git("commit", "-q", "-m", "first")
    clean = store.git_state()
    assert clean is not None
    assert (len(clean["commit"]), clean["dirty"]) == (40, False)
    (tmp_path / "store.py").write_text("b\n")
    assert store.git_state() == {"commit": clean["commit"], "dirty": True}


class Killed(BaseException):
    """What ends a run from outside."""


@pytest.fixture
def killed_while_writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """End the writing after two files."""
    written: list[object] = []
    original = pd.DataFrame.to_parquet

    def to_parquet(self: pd.DataFrame, *args: object, **kwargs: object) -> None:
        if len(written) == 2:
            raise Killed
        written.append(args)
        original(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(pd.DataFrame, "to_parquet", to_parquet)
    yield
    assert len(written) == 2


@pytest.mark.usefixtures("killed_while_writing")
def test_killed_while_writing_leaves_nothing(ensemble: Ensemble, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        save(ensemble, tmp_path / "results")
    assert list(tmp_path.iterdir()) == []


def test_killed_without_time_to_clean_up(
    ensemble: Ensemble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    killed_while_writing: None,
) -> None:
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(Killed):
        save(ensemble, tmp_path / "results")
    assert not (tmp_path / "results").exists()
    with pytest.raises(ResultError, match="holds no results"):
        read_results(tmp_path / "results")


def test_killed_while_replacing_leaves_the_old(
    ensemble: Ensemble, plain: Scenario, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = save(run(plain, 1), tmp_path / "results")
    request.getfixturevalue("killed_while_writing")
    with pytest.raises(Killed):
        save(ensemble, folder, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert read_results(folder).name == "plain"


def test_other_files_are_never_replaced(ensemble: Ensemble, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ResultError, match="holds other files"):
        save(ensemble, tmp_path, force=True)
    with pytest.raises(ResultError, match="is a file"):
        save(ensemble, tmp_path / "thesis.txt", force=True)
    with pytest.raises(ResultError, match="cannot be made"):
        save(ensemble, tmp_path / "thesis.txt" / "results")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    (tmp_path / "empty").mkdir()
    assert read_results(save(ensemble, tmp_path / "empty")).name == "arrests"


def test_damage_is_named(ensemble: Ensemble, tmp_path: Path) -> None:
    folder = save(ensemble, tmp_path / "results")
    (folder / "events.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(ResultError, match=r"events\.parquet: is damaged"):
        read_results(folder)
    (folder / "events.parquet").unlink()
    with pytest.raises(ResultError, match=r"events\.parquet: is missing"):
        read_results(folder)
    about = {"program": "plazas", "format": store.FORMAT, "name": "x"}
    (folder / "provenance.json").write_text(json.dumps(about))
    with pytest.raises(ResultError, match=r"provenance\.json: is damaged: its digest is not"):
        read_results(folder)
    disk.write_sums(folder)
    with pytest.raises(ResultError, match="has no 'title'"):
        read_results(folder)


def test_an_edited_value_is_noticed(ensemble: Ensemble, tmp_path: Path) -> None:
    """A file that reads well, but not as it was written."""
    folder = save(ensemble, tmp_path / "results")
    frame = pd.read_parquet(folder / "weekly.parquet")
    frame.loc[3, "homicides"] += 1
    frame.to_parquet(folder / "weekly.parquet", index=False)
    with pytest.raises(
        ResultError, match=r"weekly\.parquet: is damaged: its digest is not the one"
    ):
        read_results(folder)
    disk.write_sums(folder)
    assert read_results(folder).weekly.equals(frame)


def test_digests_are_those_of_sha256sum(ensemble: Ensemble, tmp_path: Path) -> None:
    folder = save(ensemble, tmp_path / "results")
    command = ["sha256sum", "--check", "--strict", "--quiet", disk.SUMS]
    subprocess.run(command, cwd=folder, check=True)
    listed = {line.split("  ")[1] for line in (folder / disk.SUMS).read_text().splitlines()}
    assert listed == {path.name for path in folder.iterdir()} - {disk.SUMS}
    (folder / disk.SUMS).unlink()
    with pytest.raises(ResultError, match="SHA256SUMS: is missing; run the scenario again"):
        read_results(folder)


@pytest.mark.parametrize(
    ("key", "value"), [("seed", "nine"), ("replicates", 2), ("title", None), ("name", ["x"])]
)
def test_a_wrong_type_is_named(ensemble: Ensemble, tmp_path: Path, key: str, value: object) -> None:
    folder = save(ensemble, tmp_path / "results")
    about = json.loads((folder / "provenance.json").read_text("utf-8"))
    (folder / "provenance.json").write_text(json.dumps(about | {key: value}))
    disk.write_sums(folder)
    with pytest.raises(ResultError, match=rf"provenance\.json: '{key}' is not of type"):
        read_results(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "null", '{"program": 1}', "\0"])
def test_what_is_no_provenance_is_one_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "provenance.json").write_text(text)
    with pytest.raises(ResultError, match="holds no results"):
        read_results(tmp_path)


@pytest.mark.parametrize("written", [1, 2, 3, store.FORMAT + 1])
def test_results_of_another_format_are_refused(
    ensemble: Ensemble, tmp_path: Path, written: int
) -> None:
    """Format 1 did not say so; its tables have other names. Formats 2 and 3 have no fronts."""
    folder = save(ensemble, tmp_path / "results")
    about = json.loads((folder / "provenance.json").read_text("utf-8"))
    assert about.pop("format") == store.FORMAT
    if written > 1:
        about["format"] = written
    (folder / "provenance.json").write_text(json.dumps(about))
    with pytest.raises(ResultError, match=rf"have format {written} and .* only format 4; run the"):
        read_results(folder)
    with pytest.raises(ResultError, match="only format 4"):
        explain(folder, "Sinaloa")
