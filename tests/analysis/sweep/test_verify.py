"""What was changed since it was written is noticed at every read, named, and run again."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_sweep import planned, rows_in
from typer.testing import CliRunner, Result

from plazas import read_sweep
from plazas.analysis.cli import app as cli
from plazas.analysis.experiment import disk
from plazas.analysis.sweep import array, engine, rows, store, task, verify
from plazas.analysis.sweep.plan import Plan
from plazas.analysis.sweep.status import lines, status
from plazas.model import results
from plazas.model.simulation import Simulation

SameRows = Callable[[Path], None]


def command(*words: str | Path | int) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of the finished sweep, to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def batch(folder: Path, number: int) -> Path:
    return store.batch_path(folder, number)


def looks(folder: Path) -> list[Callable[[], object]]:
    """Return every way to read a sweep."""
    return [lambda: status(folder), lambda: read_sweep(folder).runs, lambda: read_sweep(folder)]


def resumed(folder: Path) -> list[str]:
    """Continue a sweep; return the notes."""
    notes: list[str] = []
    array.run_share(folder, 0, 1, say=notes.append)
    return notes


def refused(folder: Path, words: str) -> None:
    """Check that nobody reads a folder, and that the command says so in one line."""
    for look in looks(folder):
        with pytest.raises(store.StoreError, match=words):
            look()
    for name in (["status", folder], ["query", folder, "select 1"]):
        found = command(*name)
        assert found.exit_code == 2
        assert found.stderr.count("\n") == 1


def repaired(folder: Path, same_rows: SameRows, words: str) -> None:
    """Check that continuing names what is damaged and runs it again."""
    (note,) = resumed(folder)
    assert words in note
    assert note.endswith("; it runs again")
    same_rows(folder)
    assert resumed(folder) == []


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def test_a_flipped_bit(copy: Path, same_rows: SameRows) -> None:
    flip(batch(copy, 7), 8 * 900 + 3)
    refused(copy, r"000007\.parquet: is damaged: its digest does not match; run again")
    repaired(copy, same_rows, "000007.parquet: is damaged: its digest does not match")


def test_several_damaged_files_are_named(copy: Path, same_rows: SameRows) -> None:
    for number in (2, 5, 11):
        batch(copy, number).write_bytes(b"")
    refused(copy, r"000002\.parquet: is damaged: .* \(and so are 000005\.parquet, 000011\.parquet")
    assert len(resumed(copy)) == 3
    same_rows(copy)


def test_an_edited_value(copy: Path, same_rows: SameRows) -> None:
    table = pq.read_table(batch(copy, 3), partitioning=None)
    place = table.schema.get_field_index("homicides")
    column = pa.array(table["homicides"].to_numpy() + np.float32(1.0))
    pq.write_table(table.set_column(place, table.field(place), column), batch(copy, 3))
    assert pq.read_metadata(batch(copy, 3)).metadata[b"plazas.digest"].endswith(b"0000")
    refused(copy, r"000003\.parquet: is damaged: its digest does not match")
    repaired(copy, same_rows, "000003.parquet: is damaged")


def test_a_batch_in_place_of_another(copy: Path, same_rows: SameRows) -> None:
    shutil.copy(batch(copy, 4), batch(copy, 5))
    refused(copy, r"its rows are not those of batch 5 of this sweep \(key\)")
    repaired(copy, same_rows, "000005.parquet: is damaged: its rows are not those of batch 5")


def test_a_batch_of_another_sweep(copy: Path, sweep_file: Path, same_rows: SameRows) -> None:
    other = copy.with_name("other")
    store.create(other, replace(planned(sweep_file), seed=6))
    task.run_batch(str(other), 8)
    shutil.copy(batch(other, 8), batch(copy, 8))
    refused(copy, r"its rows are not those of batch 8 of this sweep \(key\)")
    repaired(copy, same_rows, "000008.parquet")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda table: table.slice(0, 2), "it holds 2 runs instead of 3"),
        (lambda table: table.drop_columns(["homicides"]), "it has other columns than the sweep"),
        (lambda table: table.take([0, 2, 1]), r"not those of batch 9 of this sweep \(key\)"),
        (
            lambda table: table.set_column(
                5, table.field(5), pa.array(np.full(3, 0.0031), pa.float64())
            ),
            r"not those of batch 9 of this sweep \(recruitment\)",
        ),
    ],
)
def test_rows_that_the_plan_does_not_have(
    change: Callable[[pa.Table], pa.Table], words: str, copy: Path, same_rows: SameRows
) -> None:
    """Files with a digest that is right."""
    table = pq.read_table(batch(copy, 9), partitioning=None)
    store.write_batch(copy, 9, change(table), replace=True)
    refused(copy, words)
    repaired(copy, same_rows, "000009.parquet")


def test_a_sealed_file_that_is_no_table(copy: Path, same_rows: SameRows) -> None:
    batch(copy, 1).write_bytes(disk.seal(b"PAR1" + disk.BLANK.encode() + b"PAR1"))
    refused(copy, r"000001\.parquet: is damaged: it is no Parquet file")
    repaired(copy, same_rows, "000001.parquet")
    batch(copy, 1).unlink()
    batch(copy, 1).mkdir()
    refused(copy, r"000001\.parquet: is damaged: it cannot be read")
    with pytest.raises(store.StoreError, match="cannot be written"):
        resumed(copy)


STRANGE = ("000000 (1).parquet", "999999.parquet", "000018.parquet", "3.parquet", "notes.txt")
STRANGER = ("0000001.parquet", "٠٠٠٠٠١.parquet", "000001.PARQUET", "000001.parquet.bak")


@pytest.mark.parametrize("name", STRANGE + STRANGER)
def test_a_file_that_is_no_batch_is_reported(name: str, copy: Path, same_rows: SameRows) -> None:
    shutil.copy(batch(copy, 0), copy / store.RUNS / name)
    words = f"not counted, because the sweep has no batch of that name: {name}"
    found = status(copy)
    assert (found.done, found.finished) == (54, 18)
    assert words in lines(found, copy)[-1]
    with pytest.warns(UserWarning, match="not counted") as caught:
        kept = read_sweep(copy)
    assert caught[0].filename == __file__
    assert len(kept.runs) == 54
    (note,) = resumed(copy)
    assert words in note
    (copy / store.RUNS / name).unlink()
    same_rows(copy)


def test_a_strange_file_in_the_commands(copy: Path) -> None:
    pytest.importorskip("duckdb")
    shutil.copy(batch(copy, 0), copy / store.RUNS / "000000 (1).parquet")
    found = command("query", copy, "select count(*) n from runs", "--csv")
    assert (found.exit_code, found.stdout) == (0, "n\n54\n")
    assert "plazas: note: " in found.stderr
    assert "000000 (1).parquet" in found.stderr
    assert "000000 (1).parquet" in command("status", copy).stdout
    found = command("sweep", "--out", copy, "--task-id", 0, "--tasks", 1)
    assert found.exit_code == 0
    assert "000000 (1).parquet" in found.stderr


def edited(folder: Path, sealed: bool, **changes: Any) -> None:
    """Change the manifest of a sweep, with a digest that is right if ``sealed``."""
    details = json.loads((folder / store.MANIFEST).read_text("utf-8")) | changes
    plain = json.dumps(details, indent=1, ensure_ascii=False).encode()
    content = store.sealed_manifest(details) if sealed else plain
    (folder / store.MANIFEST).write_bytes(content)


def test_an_edited_seed_mixes_no_two_sweeps(begun: Path) -> None:
    array.run_share(begun, 0, 2)
    edited(begun, False, seed=6)
    refused(begun, r"sweep\.json: is damaged or was edited: its digest does not match")
    with pytest.raises(store.StoreError, match="was edited"):
        resumed(begun)
    edited(begun, True, seed=6)  # whoever forges the digest finds that no row fits
    refused(begun, r"its rows are not those of batch 0 of this sweep \(key\)")
    assert len(resumed(begun)) == 9
    assert status(begun).done == 54


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seed", "five"), ("seed", -1), ("seed", 5.0), ("seed", True), ("seed", None),
        ("replicates", 0), ("replicates", [3]), ("replicates", 10**30), ("batch", 0),
        ("batch", "3"), ("points", 10), ("points", None), ("runs", 53), ("title", 3),
        ("parameters", "recruitment"), ("parameters", 7), ("parameters", ["recruitment"]),
        ("parameters", [["a"], ["b"]]), ("parameters", ["recruitment", "no_such"]),
        ("scenarios", []), ("scenarios", {}), ("scenarios", [1, 2]), ("scenarios", [{}, {}]),
        ("scenarios", None), ("parameter_sets", 4), ("parameter_sets", [1]),
        ("parameter_sets", [{"signing": "x"}]), ("design", []), ("design", "grid"),
        ("code", 5), ("points_digest", 1), ("points_digest", None), ("libraries", 9),
        ("libraries", {"numpy": 2}),
    ],
)  # fmt: skip
def test_a_wrong_type_in_the_manifest_is_one_line(key: str, value: Any, copy: Path) -> None:
    edited(copy, True, **{key: value})
    for words in (
        ["status", copy],
        ["query", copy, "select 1"],
        ["sweep", "--out", copy, "--resume"],
        ["sweep", "--out", copy, "--task-id", 0, "--tasks", 18],
    ):
        found = command(*words)
        assert found.exit_code == 2, (found.output, found.exception)
        assert found.stderr.count("\n") == 1
        assert str(copy) in found.stderr
    with pytest.raises(store.StoreError):
        read_sweep(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, "\0", '"sweep"', "\xff"])
def test_a_manifest_that_is_none_is_one_line(text: str, copy: Path) -> None:
    (copy / store.MANIFEST).write_bytes(text.encode("latin-1"))
    refused(copy, r"sweep\.json: (cannot be read|is not the manifest of a sweep)")


def test_points_are_checked(copy: Path) -> None:
    (copy / store.POINTS).unlink()
    refused(copy, r"points\.parquet: cannot be read")
    (copy / store.POINTS).write_bytes(b"x")
    refused(copy, r"points\.parquet: is damaged")


def test_no_folder_of_batches_is_no_batch(copy: Path, same_rows: SameRows) -> None:
    shutil.rmtree(copy / store.RUNS)
    assert status(copy).done == 0
    assert resumed(copy) == []
    same_rows(copy)


def test_what_changes_after_it_was_opened(copy: Path) -> None:
    kept = read_sweep(copy)
    flip(batch(copy, 3), 8 * 1000)
    with pytest.raises(store.StoreError, match=r"000003\.parquet: has changed since"):
        _ = kept.runs
    pytest.importorskip("duckdb")
    with pytest.raises(store.StoreError, match=r"000003\.parquet: has changed since"):
        kept.sql("select 1 from runs")


def test_other_versions_of_libraries_are_reported(
    begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    array.run_share(begun, 0, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_sweep(begun)
    here = store.libraries()
    monkeypatch.setattr(store, "libraries", lambda: here | {"numpy": "9.9"})
    (note,) = resumed(begun)
    said = f"numpy 9.9 (the sweep was begun with {here['numpy']})"
    assert note == f"{begun}: continues with {said}; results may differ from those of one version"
    monkeypatch.undo()
    found = status(begun)
    assert found.done == 54
    assert found.notes == (f"{begun}: 9 of 18 batches were run with {said}",)
    with pytest.warns(UserWarning, match="9 of 18 batches were run with numpy 9.9"):
        read_sweep(begun)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let every replicate 1 fail, until it is undone."""
    real = task.run_one

    def run_one(simulation: Simulation) -> results.Results:
        if simulation.replicate == 1:
            raise MemoryError("no room")
        return real(simulation)

    monkeypatch.setattr(task, "run_one", run_one)
    return monkeypatch


def test_failed_runs_run_again(
    begun: Path, same_rows: SameRows, failing: pytest.MonkeyPatch
) -> None:
    first = array.run_share(begun, 0, 1)
    assert (first.done, first.failed) == (54, 18)
    before = rows_in(begun)
    (note,) = resumed(begun)
    assert note == f"{begun}: 18 runs failed before; they run again"
    assert rows_in(begun) == before  # they failed as before
    failing.undo()
    ran: list[int] = []
    real = task.run_rows
    failing.setattr(task, "run_rows", lambda plan, runs: (ran.extend(runs), real(plan, runs))[1])
    done = array.run_share(begun, 0, 1)
    assert (done.done, done.failed, done.batches) == (54, 0, 18)
    assert ran == [*range(1, 54, 3)]
    same_rows(begun)


def test_good_runs_are_kept_where_a_batch_runs_again(
    begun: Path, failing: pytest.MonkeyPatch
) -> None:
    array.run_share(begun, 0, 18)
    wanted = read_sweep(begun).runs

    def fail(_: object) -> None:
        raise MemoryError("less room than ever")

    failing.setattr(task, "run_one", fail)
    array.run_share(begun, 0, 18)
    now = read_sweep(begun).runs
    assert now["error"].isna().tolist() == [True, False, True]
    assert now["error"][1] == "MemoryError: less room than ever"
    assert now.drop(columns="error").equals(wanted.drop(columns="error"))


def test_rows_of_two_versions_name_both(begun: Path, failing: pytest.MonkeyPatch) -> None:
    task.run_batch(str(begun), 0)
    failing.undo()
    here = store.libraries()
    failing.setattr(store, "libraries", lambda: here | {"numba": "9.9"})
    task.run_batch(str(begun), 0, again=True)
    plan = store.load_plan(begun)
    assert verify.contents(begun, plan).good[0].libraries == (here, here | {"numba": "9.9"})


def test_only_who_is_asked_runs_failed_runs_again(begun: Path, failing: pytest.MonkeyPatch) -> None:
    task.run_batch(str(begun), 0)
    failing.undo()
    done = task.run_batch(str(begun), 0)
    assert (done.runs, done.failed, done.seconds) == (3, 1, 0.0)


def test_dask_runs_again_what_failed_or_is_damaged(
    begun: Path, same_rows: SameRows, failing: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    array.run_share(begun, 0, 9)
    failing.undo()
    array.run_share(begun, 1, 9)
    flip(batch(begun, 1), 8 * 700)
    notes: list[str] = []
    done = engine.run(begun, workers=1, say=notes.append)
    assert (done.done, done.failed) == (54, 0)
    assert "000001.parquet: is damaged" in notes[0]
    assert notes[1] == f"{begun}: 2 runs failed before; they run again"
    same_rows(begun)


def test_keys_of_many_are_those_of_one(sweep_file: Path, tmp_path: Path) -> None:
    plan = planned(sweep_file)
    with_sets = replace(plan, sets=({"signing": 4.0}, {"signing": 3.0}))
    for each in (plan, with_sets):
        assert each.keys(range(54)) == [each.key(*each.run(i)) for i in range(54)]
        assert len(set(each.keys(range(54)))) == 54


def test_identity_is_that_of_the_rows(sweep_file: Path) -> None:
    plan: Plan = planned(sweep_file)
    assert [*rows.identity(plan, [3, 1])] == [*rows.IDENTITY, *plan.names]
    assert rows.identity(plan, [3, 1])["replicate"].to_pylist() == [0, 1]


def test_a_seal_covers_every_bit() -> None:
    content = b'{"a": "x", "digest": "' + disk.BLANK.encode() + b'"}'
    good = disk.seal(content)
    assert disk.sealed(good) is not None
    assert len(good) == len(content)
    for bit in range(8 * len(good)):
        wrong = bytearray(good)
        wrong[bit // 8] ^= 1 << bit % 8
        assert disk.sealed(bytes(wrong)) is None, bit
    assert disk.sealed(b"") is None
    assert disk.sealed(good[:-1]) is None
    assert disk.sealed(good + b" ") is None
