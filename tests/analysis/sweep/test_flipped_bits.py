"""One bit flips in a file of a sweep, or of results: nobody reads another value without a word.

Every bit of every file is as likely as any other. Each flip is either noticed (an error or a note
names the file), or whatever is read is what it was.
"""

from __future__ import annotations

import functools
import os
import random
import shutil
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from plazas.analysis.experiment import disk
from plazas.analysis.experiment.run import run
from plazas.analysis.experiment.store import read_results, save
from plazas.analysis.sweep import array, query, store
from plazas.analysis.sweep.status import status
from plazas.model.errors import PlazasError
from plazas.scenarios import load_scenario

pytestmark = pytest.mark.attack
SHORT, LONG = 50, 1500
SHORTENED = bool(os.environ.get("PLAZAS_SHORT"))
FLIPS = pytest.mark.parametrize(
    "flips", [SHORT, pytest.param(SHORT if SHORTENED else LONG, marks=pytest.mark.slow)]
)
NOTICED, SAME, SILENT = "noticed", "same values", "silent"

Values = dict[str, Any]
Read = Callable[[Path], Values]


def read_sweep(folder: Path) -> Values:
    """Return all that can be read of a sweep."""
    store._load_plan.cache_clear()  # as a process that begins now, however soon after the last look
    result = query.read_sweep(folder)
    answer = {"SQL": result.sql("select * from runs order by key")} if _has_duckdb() else {}
    state = replace(status(folder), pace=0.0, quiet=None)
    return {
        "runs": result.runs,
        "years": result.years,
        "plan": result.plan.manifest(),
        "status": state,
        **answer,
    }


def read_folder(folder: Path) -> Values:
    """Return all that can be read of results."""
    result = read_results(folder)
    names = (result.name, result.title, result.seed, result.replicates, result.sets)
    return {**result.frames(), "names": names, "provenance": dict(result.provenance)}


@functools.cache
def _has_duckdb() -> bool:
    try:
        import duckdb  # noqa: F401
    except ImportError:
        return False
    return True


def same(a: Any, b: Any) -> bool:
    """Return whether two values that were read are the same, to the bit for frames."""
    if isinstance(a, pd.DataFrame) and isinstance(b, pd.DataFrame):
        return a.equals(b) and a.dtypes.equals(b.dtypes) and list(a) == list(b)
    return bool(a == b)


def flipped(folder: Path, read: Read, flips: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Flip bits one at a time; return how each ended, and which were silent."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sizes = [path.stat().st_size for path in files]
    wanted = read(folder)
    generator = random.Random(seed)
    ends: Counter[str] = Counter()
    silent: list[str] = []
    for _ in range(flips):
        (path,) = generator.choices(files, sizes)
        content = path.read_bytes()
        bit = generator.randrange(8 * len(content))
        wrong = bytearray(content)
        wrong[bit // 8] ^= 1 << bit % 8
        path.write_bytes(wrong)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)
                found = read(folder)
            end = SAME if all(same(found[name], wanted[name]) for name in wanted) else SILENT
        except (PlazasError, UserWarning):
            end = NOTICED
        finally:
            path.write_bytes(content)
        ends[end] += 1
        if end == SILENT:
            silent.append(f"{path.relative_to(folder)}, bit {bit}")
    print(f"{folder.name}: {flips:,} flips in {len(files)} files: {dict(ends)}")
    assert all(same(value, wanted[name]) for name, value in read(folder).items())
    return ends, silent


@pytest.fixture
def sweep(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of a finished sweep."""
    return Path(shutil.copytree(whole, tmp_path / "sweep"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small folder of results."""
    scenario = replace(load_scenario("classroom"), stop=date(2010, 7, 1), events=(), policies=())
    return save(run(scenario, 2), tmp_path_factory.mktemp("saved") / "results")


@pytest.fixture
def results(saved: Path, tmp_path: Path) -> Path:
    """Return a copy of a small folder of results."""
    return Path(shutil.copytree(saved, tmp_path / "results"))


@FLIPS
def test_no_flip_in_a_sweep_is_silent(flips: int, sweep: Path) -> None:
    ends, silent = flipped(sweep, read_sweep, flips, seed=flips)
    assert silent == []
    assert ends[NOTICED] > 0.9 * flips
    notes: list[str] = []
    array.run_share(sweep, 0, 1, say=notes.append)
    assert notes == []  # every bit was put back


@FLIPS
def test_no_flip_in_results_is_silent(flips: int, results: Path) -> None:
    ends, silent = flipped(results, read_folder, flips, seed=flips)
    assert silent == []
    assert ends[NOTICED] > 0.9 * flips


def test_without_digests_some_flips_are_silent(
    sweep: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is the digests that notice them, and the attack finds what is not noticed."""
    monkeypatch.setattr(disk, "sealed", lambda _: "whatever")
    monkeypatch.setattr(disk, "read_checked", Path.read_bytes)

    def careless(read: Read) -> Read:
        def attempt(folder: Path) -> Values:
            try:
                return read(folder)
            except Exception as error:  # what pyarrow says of bytes that are no table
                raise PlazasError(str(error)) from error

        return attempt

    for folder, read in ((sweep, read_sweep), (results, read_folder)):
        ends, silent = flipped(folder, careless(read), 150, seed=1)
        assert ends[SILENT] == len(silent) > 0
