"""Damaged inputs of every kind: each command says in one line what is wrong, and never a traceback.

The environment variable PLAZAS_ATTACK is how many are drawn for each input.
"""

from __future__ import annotations

import functools
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from plazas.analysis.cli import app as cli

DRAWN = int(os.environ.get("PLAZAS_ATTACK", "6"))  # damages drawn for each input
ALLOWED = {0, 1, 2}  # exit codes; an exit by an exception is none of them
WORD = "x" * 200_000  # longer than a cell may be for Python's csv

PLAN = """\
title: A plan
extends: classroom
stop: 2011-01-01
policies:
  - {name: raid, lever: arrests, level: 3, unit: times, start: 2010-02-01, source: made up}
parameters: {recruitment: 0.0035}
"""
SWEEP = """\
title: Few runs
scenarios: [classroom]
replicates: 1
seed: 5
parameters:
  recruitment: [0.003, 0.004]
"""
SETS = "# sets\nrecruitment,lethality\n0.0035,0.9\n0.003,0.8\n"


def truncated(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def flipped(content: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << dice.randrange(8)]) + content[place + 1 :]


def noise(content: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(content))
    return content[:place] + dice.randbytes(dice.choice((1, 8, 300))) + content[place:]


def doubled(content: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(content))
    return content[place:] + content


def replaced(content: bytes, dice: random.Random) -> bytes:
    words = (b"\0", b"\xff\xfe", b"{", b"[" * 5000, b"-", b"null", b"1e999", b"NaN", WORD.encode())
    lines = content.split(b"\n")
    lines[dice.randrange(len(lines))] = dice.choice(words)
    return b"\n".join(lines)


def other(_: bytes, dice: random.Random) -> bytes:
    whole = (
        b"",
        b"\0" * 64,
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"PAR1",
        b"[]",
        b"7",
        b'"x"',
        b"null",
    )
    return dice.choice((*whole, "título: ñ\n".encode("utf-16"), "título".encode("cp1252")))


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    truncated,
    flipped,
    noise,
    doubled,
    replaced,
    other,
)


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def as_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def missing(path: Path) -> None:
    path.unlink()


def write(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def damages(path: Path, seed: str) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Return ways to damage a file, with their names."""
    content = path.read_bytes()
    for damage in (as_folder, as_loop, missing):
        yield damage.__name__, damage
    for number in range(DRAWN):
        dice = random.Random(f"{seed} {number}")
        change = CHANGES[number % len(CHANGES)]
        new = change(content, dice)
        yield f"{change.__name__} {number}", functools.partial(write, new)


def complaint(words: list[str]) -> str | None:
    """Return how a command failed otherwise than by one line; None where it did not."""
    ended = CliRunner().invoke(cli.app, words)
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        return f"{type(ended.exception).__name__}: {ended.exception}"[:300]
    if ended.exit_code not in ALLOWED:
        return f"exit code {ended.exit_code}"
    if ended.exit_code and (
        ended.stderr.count("\n") != 1 or not ended.stderr.startswith("plazas: ")
    ):
        return f"not one line: {ended.stderr[:300]!r}"
    return None


def attacked(path: Path, words: list[str]) -> list[str]:
    """Damage a file in all ways, run a command on it each time, and return the complaints."""
    copy = path.with_name(path.name + ".copy")
    shutil.copy(path, copy)
    complaints = []
    for name, damage in damages(path, f"{path.name} {words[0]}"):
        damage(path)
        said = complaint(words)
        if said is not None:
            complaints.append(f"{' '.join(words)[-60:]} with {path.name} {name}: {said}")
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        path.unlink(missing_ok=True)
        shutil.copy(copy, path)
    copy.unlink()
    return complaints


def test_a_damaged_scenario(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    for words in (["check", str(path)], ["show", str(path), "--against", "classroom"]):
        assert complaint(words) is None
        assert attacked(path, words) == []


def files(folder: Path) -> dict[str, tuple[Path, list[str]]]:
    """Return an input of each other kind, with a command that stops before it runs the model.

    The commands stop at an option that is wrong, so that inputs that are good cost nothing.
    """
    inputs: dict[str, tuple[Path, str, list[str]]] = {
        "sets": (folder / "sets.csv", SETS, ["run", "classroom", "--replicates", "0", "--sets"]),
        "sets of robust": (
            folder / "sets.csv",
            SETS,
            ["robust", "historical", "fewer-bullets", "--replicates", "0", "--sets"],
        ),
        "sweep": (folder / "sweep.yaml", SWEEP, ["sweep", "--out", str(folder / "no" / "\0"), ""]),
    }
    made = {}
    for name, (path, text, words) in inputs.items():
        path.write_text(text)
        made[name] = (path, [*(word for word in words if word), str(path)])
    return made


@pytest.mark.parametrize("name", ["sets", "sets of robust", "sweep"])
def test_a_damaged_file(tmp_path: Path, name: str) -> None:
    path, words = files(tmp_path)[name]
    assert attacked(path, words) == []


WRONG: dict[str, list[Any]] = {
    "a cell too long": ["run", "classroom", "--sets", "long.csv"],
    "a folder for sets": ["run", "classroom", "--sets", "folder"],
    "a folder for a scenario": ["check", "folder"],
    "a folder for a sweep file": ["sweep", "folder", "--out", "out"],
    "no sweep there": ["status", "folder"],
    "no sweep to query": ["query", "folder", "select 1"],
    "no results": ["explain", "folder", "--state", "Sonora"],
    "a file for results": ["explain", "long.csv", "--state", "Sonora"],
    "a loop for results": ["explain", "loop", "--state", "Sonora"],
    "a loop for a scenario": ["check", "loop.yaml"],
    "a loop for a folder": ["run", "classroom", "--out", "loop"],
    "a loop for a sweep": ["status", "loop"],
    "a name too long": ["check", "x" * 300 + ".yaml"],
    "a folder's name too long": ["run", "classroom", "--out", "x" * 300],
    "sets' name too long": ["run", "classroom", "--sets", "x" * 300],
    "a sweep's name too long": ["status", "x" * 300],
    "results' name too long": ["explain", "x" * 300, "--state", "Sonora"],
    "a study's name too long": ["calibrate", "--trials", "0", "--study", "x" * 300],
    "a folder for a study": ["calibrate", "--trials", "0", "--study", "folder"],
    "no analysis": ["sensitivity", "historical", "--from", "folder"],
    "a file for an analysis": ["sensitivity", "historical", "--from", "long.csv"],
    "a file for data": ["validate", "--data", "long.csv", "--pattern", "1", "--replicates", "0"],
    "a scenario of bytes": ["check", "bytes.yaml"],
    "a scenario of surrogates": ["check", "surrogate.yaml"],
    "a file of bytes for a sweep": ["sweep", "bytes.yaml", "--out", "out"],
    "letters that are no text": ["check", os.fsdecode(b"\xff\xfe.yaml")],
    "NUL in a name": ["check", "a\0b.yaml"],
    "NUL in a folder": ["run", "classroom", "--out", "a\0b"],
    "NUL in a sweep": ["status", "a\0b"],
    "NUL in results": ["explain", "a\0b", "--state", "Sonora"],
    "NUL in sets": ["run", "classroom", "--sets", "a\0b"],
    "a folder for --against": ["show", "historical", "--against", "folder"],
    "a scenario for --against": ["explain", "folder", "--state", "Sonora", "--against", "loop"],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    Path("loop.yaml").symlink_to("loop.yaml")
    Path("long.csv").write_text(f"recruitment\n{WORD}\n")
    Path("bytes.yaml").write_bytes(bytes(range(256)))
    Path("surrogate.yaml").write_text('title: "\\ud800"\nextends: classroom\n')
    ended = CliRunner().invoke(cli.app, WRONG[name])
    said = complaint(WRONG[name])
    assert said is None, said
    assert ended.exit_code == 2
