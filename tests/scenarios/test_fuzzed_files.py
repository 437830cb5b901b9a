"""Files with random slips of the hand: each is read, or refused in one line that names the file."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import plazas.scenarios
from plazas.analysis.experiment import parameter_sets
from plazas.analysis.sweep import form
from plazas.model.errors import UserError
from plazas.scenarios import load_scenario

pytestmark = pytest.mark.attack
ROOT = Path(__file__).parents[2]
SHIPPED = Path(str(plazas.scenarios.__file__)).parent
SHORTENED = bool(os.environ.get("PLAZAS_SHORT"))
SHORT, LONG = 60, 2200
NUMBER = pytest.mark.parametrize(
    "number", [SHORT, pytest.param(SHORT if SHORTENED else LONG, marks=pytest.mark.slow)]
)
#: what takes the place of a word
WORDS = (
    "", "null", "~", "yes", "NaN", ".inf", "-1", "0", "1e999", "1e-400", "007", "0x1F", "1_000",
    "[]", "{}", "[[[[", "}", "'", '"', "|", ">", "&a", "*a", "!!python/none", "!x", "# ", "- ",
    ": ", "? ", "2010-13-45", "9999-12-31", "0001-01-01", "é", "\t", "\0", "\x1b[31m", "\u202e",
    "\u00a0", "\ufeff", "\U0001f600", "a" * 5000, "9" * 400, "historical", "<<: *a", "...", "---",
    "%YAML 1.1", ",", ";", "1;2", "0,5",
)  # fmt: skip


def slipped(text: str, generator: random.Random) -> bytes:
    """Return a text with one to three slips: of letters, of words, of lines, of bytes."""
    for _ in range(generator.randint(1, 3)):
        lines = text.split("\n")
        i, j = generator.randrange(len(lines)), generator.randrange(len(lines))
        at = generator.randrange(len(text) + 1)
        kind = generator.randrange(8)
        if kind == 0:
            text = text[:at] + generator.choice(WORDS) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + generator.randint(1, 12) :]
        elif kind == 2:
            lines[i], lines[j] = lines[j], lines[i]
            text = "\n".join(lines)
        elif kind == 3:
            text = "\n".join([*lines[:i], *lines[i + 1 :]])
        elif kind == 4:
            text = "\n".join([*lines[:i], lines[j], *lines[i:]])
        elif kind == 5:
            lines[i] = " " * generator.randint(0, 9) + lines[i].lstrip()
            text = "\n".join(lines)
        else:
            words = lines[i].split(" ")
            words[generator.randrange(len(words))] = generator.choice(WORDS)
            lines[i] = " ".join(words)
            text = "\n".join(lines)
    content = bytearray(text.encode())
    if content and generator.random() < 0.1:
        content[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
    return bytes(content)


def attacked(
    texts: list[str], path: Path, read: Callable[[Path], object], number: int
) -> Counter[str]:
    """Read files with slips; return how many were read and how many refused, each in one line."""
    generator = random.Random(number)
    ends: Counter[str] = Counter()
    for i in range(number):
        content = slipped(texts[i % len(texts)], generator)
        path.write_bytes(content)
        try:
            read(path)
            ends["read"] += 1
        except UserError as error:
            assert "\n" not in str(error), content
            assert path.stem in str(error), (str(error), content)
            ends["refused"] += 1
        except Exception as error:
            raise AssertionError(f"{type(error).__name__} for {content!r}") from error
    print(f"{path.name}: {number:,} files: {dict(ends)}")
    return ends


@NUMBER
def test_scenarios(number: int, tmp_path: Path) -> None:
    texts = [path.read_text("utf-8") for path in sorted(SHIPPED.glob("*.yaml"))]
    ends = attacked(texts, tmp_path / "attacked.yaml", load_scenario, number)
    assert min(ends["read"], ends["refused"]) > number / 20


@NUMBER
def test_sweep_files(number: int, tmp_path: Path) -> None:
    texts = [(ROOT / "examples" / "sweep.yaml").read_text("utf-8")]
    ends = attacked(texts, tmp_path / "attacked.yaml", form.read, number)
    assert min(ends["read"], ends["refused"]) > number / 20


@NUMBER
def test_parameter_sets(number: int, tmp_path: Path) -> None:
    lines = parameter_sets.SHIPPED.read_text("utf-8").split("\n")
    texts = ["\n".join(lines[-4:]), "\n".join([*lines[:6], *lines[-3:]]), "signing\n4\n3\n"]
    ends = attacked(texts, tmp_path / "attacked.csv", parameter_sets.read, number)
    assert min(ends["read"], ends["refused"]) > 0
