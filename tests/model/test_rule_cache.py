"""The cache of compiled rules: damage counts as missing, and only a private folder is trusted."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import pytest

from plazas.model import rule_cache
from plazas.model.rule_cache import FOLDER_VARIABLE, RuleCache, Store, open_store, untrusted

posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners and modes of files")

#: run in a process of its own: prints the folder of the rules, and what one of them returns
PROGRAM = """
import os
from plazas.model import jit
result = jit.rule(lambda x: 2 * x + 1)(20)
folder = jit._store().folder
print(folder, len(os.listdir(folder)) if folder else 0, result)
"""


def triple(x: int) -> int:
    """Return three times a number."""
    return 3 * x


def compiled(store: Store) -> tuple[Any, int]:
    """Return the rule compiled afresh, with its cache in a store, after one call."""
    rule = numba.njit(triple)
    rule._cache = RuleCache(triple, store)
    return rule, int(rule(7))


def hits(store: Store) -> int:
    """Return how many forms of the rule came from the store; its result is right either way."""
    rule, result = compiled(store)
    assert result == 21
    return sum(rule.stats.cache_hits.values())


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Store, Path]:
    """Return a store that holds the rule, and its one file."""
    store = Store(tmp_path)
    assert hits(store) == 0
    (file,) = tmp_path.iterdir()
    return store, file


def test_a_rule_is_compiled_once(filled: tuple[Store, Path]) -> None:
    store, file = filled
    before = file.stat().st_mtime_ns
    assert hits(store) == 1
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("kept", [0.0, 0.001, 0.5, 0.999])
def test_a_file_that_is_cut_off_counts_as_missing(filled: tuple[Store, Path], kept: float) -> None:
    store, file = filled
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept * len(whole))])
    assert hits(store) == 0
    assert hits(store) == 1  # it has been written again


@pytest.mark.parametrize("place", [0.0, 0.01, 0.3, 0.6, 1.0])
def test_a_flipped_bit_counts_as_missing(filled: tuple[Store, Path], place: float) -> None:
    store, file = filled
    content = bytearray(file.read_bytes())
    content[int(place * (len(content) - 1))] ^= 1
    file.write_bytes(content)
    assert hits(store) == 0
    assert hits(store) == 1


def test_another_file_under_the_name_counts_as_missing(filled: tuple[Store, Path]) -> None:
    store, file = filled
    file.write_bytes(b"not a cache")
    assert hits(store) == 0
    file.unlink()
    file.mkdir()
    assert hits(store) == 0


def test_a_full_disk_is_one_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    store = Store(tmp_path)
    with caplog.at_level(logging.WARNING, "plazas"):
        assert hits(store) == 0
        assert hits(store) == 0
    (record,) = caplog.records
    assert "No space left on device" in record.getMessage()
    assert "\n" not in record.getMessage()
    assert list(tmp_path.iterdir()) == []


def test_no_store_at_all_still_computes() -> None:
    assert hits(Store(None)) == 0
    assert hits(Store(None)) == 0


@posix
def test_a_folder_that_others_can_write_is_not_trusted(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir(mode=0o755)
    assert untrusted(folder) is None
    folder.chmod(0o777)
    assert f"other users can write in {folder}" in str(untrusted(folder))
    folder.chmod(0o1777)  # in such a folder anybody can make a file, so it is not trusted either
    assert untrusted(folder) is not None
    folder.chmod(0o755)
    tmp_path.chmod(0o777)  # others can put another folder in its place
    assert f"other users can write in {tmp_path}" in str(untrusted(folder))
    tmp_path.chmod(0o1777)
    assert untrusted(folder) is None


@posix
def test_a_group_of_others_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    folder.chmod(0o775)
    monkeypatch.setattr(rule_cache, "_own_group", lambda group: False)
    assert "other users can write" in str(untrusted(folder))
    monkeypatch.setattr(rule_cache, "_own_group", lambda group: True)
    assert untrusted(folder) is None


@posix
def test_a_folder_of_another_user_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert untrusted(tmp_path) is None
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    monkeypatch.setattr(rule_cache, "ROOT", -1)
    assert str(untrusted(tmp_path)) == f"{tmp_path} belongs to another user"


@posix
def test_a_link_into_an_open_folder_is_not_trusted(tmp_path: Path) -> None:
    opened = tmp_path / "open"
    (opened / "rules").mkdir(parents=True)
    opened.chmod(0o777)
    link = tmp_path / "link"
    link.symlink_to(opened / "rules")
    assert f"other users can write in {opened}" in str(untrusted(link))


@pytest.fixture
def fallback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for temporary files, in a process that has not set up a cache."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in rule_cache.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(rule_cache.tempfile, "tempdir", str(temporary))
    return temporary


def test_without_a_home_there_is_a_temporary_folder(
    fallback: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(rule_cache.atexit, "register", lambda remove: None)
    store = open_store("digest")
    assert store.folder is not None
    assert store.folder.is_relative_to(fallback)
    assert hits(store) == 0
    assert hits(store) == 1
    # A child process, which gets the variable, shares the folder and does not warn again.
    assert open_store("digest").folder == store.folder
    assert len(caplog.records) == 1
    assert "home directory" in caplog.text


def test_without_any_folder_there_is_no_cache(
    fallback: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*args: Any, **more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    monkeypatch.setattr(rule_cache.tempfile, "mkdtemp", full)
    assert open_store("digest").folder is None
    assert len(caplog.records) == 1


def run_alone(**variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process with these variables instead of the usual ones."""
    kept = {name: value for name, value in os.environ.items() if name not in rule_cache.VARIABLES}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


@posix
def test_a_temporary_folder_is_removed_at_the_end(tmp_path: Path) -> None:
    opened, temporary = tmp_path / "open", tmp_path / "temporary"
    for folder in (opened, temporary):
        folder.mkdir()
    opened.chmod(0o777)
    done = run_alone(NUMBA_CACHE_DIR=str(opened), TMPDIR=str(temporary))
    folder, files, result = done.stdout.split()
    assert (files, result) == ("1", "41")
    assert Path(folder).is_relative_to(temporary)
    assert list(temporary.iterdir()) == []
    assert done.stderr.count("\n") == 1
    assert f"other users can write in {opened}" in done.stderr


def test_the_usual_folder_is_kept_and_private(tmp_path: Path) -> None:
    done = run_alone(**{FOLDER_VARIABLE: str(tmp_path / "cache")})
    folder, files, result = done.stdout.split()
    assert (files, result) == ("1", "41")
    assert done.stderr == ""
    assert Path(folder).is_relative_to(tmp_path / "cache" / "plazas")
    assert len(list(Path(folder).iterdir())) == 1
    if hasattr(os, "getuid"):
        assert Path(folder).stat().st_mode & 0o777 == 0o700
