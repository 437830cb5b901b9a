"""The small sweep that tests of sweeps share: begun, and run without interruption."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_sweep import planned, rows_in, write_files

from plazas.analysis.sweep import array, store


@pytest.fixture(scope="session")
def sweep_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the small sweep: 54 runs in 18 batches."""
    return write_files(tmp_path_factory.mktemp("files"))


@pytest.fixture
def begun(sweep_file: Path, tmp_path: Path) -> Path:
    """Return a folder in which the small sweep has begun and nothing is finished."""
    folder = tmp_path / "begun"
    store.create(folder, planned(sweep_file))
    return folder


@pytest.fixture(scope="session")
def whole(sweep_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which nothing interrupted the small sweep."""
    folder = tmp_path_factory.mktemp("whole") / "sweep"
    store.create(folder, planned(sweep_file))
    array.run_share(folder, 0, 1)
    return folder


@pytest.fixture(scope="session")
def same_rows(whole: Path) -> Callable[[Path], None]:
    """Return a check that a folder has the rows of the uninterrupted sweep, bit for bit."""
    wanted = rows_in(whole)

    def check(folder: Path) -> None:
        assert rows_in(folder) == wanted
        left = {path.name for path in (folder / store.RUNS).iterdir()} - set(wanted)
        assert all(name.startswith(".") for name in left)

    return check
