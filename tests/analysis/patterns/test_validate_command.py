"""The command: every pattern is shown, a broken model fails, one line for every mistake."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from plazas.analysis.cli import app as cli
from plazas.analysis.patterns.catalogue import NUMBERS, PATTERNS, ensembles, find
from plazas.analysis.patterns.docking import FOLDER

BROKEN = "war_deaths\n5e-09\n"  # the lower end of its range: a third of the deaths
SHORT = bool(os.environ.get("PLAZAS_SHORT"))


def command(*words: str | Path | int) -> Result:
    return CliRunner().invoke(cli.app, ["validate", *(str(word) for word in words)])


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.csv"
    path.write_text(BROKEN)
    return path


def test_one_pattern_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = command("--pattern", 12, "--replicates", 2, "--out", out)
    assert found.exit_code == 0, found.output
    assert "Violence against the number of equal groups" in found.stdout
    assert "1 of 1 patterns pass" in found.stdout
    assert "Homicides a year" not in found.stdout
    kept = json.loads((out / "patterns.json").read_text())
    assert (kept["replicates"], kept["seed"]) == (2, 1)
    assert [each["pattern"] for each in kept["patterns"]] == [12]
    rows = pd.read_csv(out / "patterns.csv")
    assert len(rows) == len(kept["patterns"][0]["rows"])
    assert (rows["verdict"] == "passes").all()
    for name in ("overview", "pattern-12"):
        assert (out / "figures" / f"{name}.png").stat().st_size > 10_000
        assert (out / "figures" / f"{name}.svg").is_file()
    assert command("--pattern", 12, "--out", out).exit_code == 2  # earlier results stay


def test_a_broken_model_fails_and_strict_says_so(broken: Path) -> None:
    words = ("--pattern", 1, "--replicates", 2, "--sets", broken)
    found = command(*words)
    assert found.exit_code == 0, found.output
    assert "0 of 1 patterns pass; failing: 1" in found.stdout
    assert command(*words, "--strict").exit_code == 1
    assert command("--pattern", 12, "--replicates", 2, "--strict").exit_code == 0


def test_later_years_are_marked_as_held_out(broken: Path, tmp_path: Path) -> None:
    data = tmp_path / "made-up"
    data.mkdir()
    years = "".join(f"{year},{10 * year}\n" for year in (2019, 2020, 2030))
    (data / "homicides_national_made_up.csv").write_text("year,inegi_registered\n" + years)
    out = tmp_path / "out"
    found = command("--pattern", 4, "--replicates", 2, "--data", data, "--out", out)
    assert found.exit_code == 0, found.output
    assert "Homicides a year (held out)" in found.stdout
    assert "20,190" in found.stdout
    assert "the runs end with 2024; left out: 2030" in found.stdout
    kept = json.loads((out / "patterns.json").read_text())["patterns"]
    assert [(each["pattern"], each["held_out"]) for each in kept] == [(4, False), (1, True)]
    assert (out / "figures" / "pattern-01-held-out.png").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--pattern", 19), "there is no pattern 19; allowed: 1, 2, 3, "),
        (("--sets", "nowhere.csv"), "nowhere.csv: there is no such file"),
        (("--data", "nowhere"), "nowhere: there is no such folder"),
        (("--docking",), "from Dryad, doi:10.5061/dryad.zw3r228d7"),
        (("--pattern", 4, "--replicates", 0), "replicates must be 1 or more, not 0"),
    ],
)
def test_a_mistake_is_one_line(
    words: tuple[str | int, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    found = command(*words)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.count("\n") == 1
    assert message in found.stderr


def test_patterns_are_numbered_and_found() -> None:
    assert (*range(1, 19), 20, 21) == NUMBERS  # as they were fixed; 19 is measured elsewhere
    assert [pattern.number for pattern in find([14, 3])] == [3, 14]
    assert find([]) == list(PATTERNS)
    assert ensembles(find([1, 4])) == 1
    assert ensembles(find([8])) == ensembles(find([8, 9])) == 2  # they share their experiments


@pytest.mark.slow
@pytest.mark.patterns
def test_every_pattern_is_shown(tmp_path: Path) -> None:
    """Whatever the parameters, each pattern gets rows and a verdict; some hold in any fit."""
    replicates = 4 if SHORT else 40
    out = tmp_path / "out"
    found = command("--replicates", replicates, "--out", out)
    assert found.exit_code == 0, found.output
    kept = json.loads((out / "patterns.json").read_text())["patterns"]
    assert [each["pattern"] for each in kept] == list(NUMBERS)
    verdicts = {each["pattern"]: each["verdict"] for each in kept}
    assert set(verdicts.values()) <= {"passes", "fails", "a range"}
    assert verdicts[12] == "passes"
    assert verdicts[16] == "a range"
    assert all(each["rows"] for each in kept)
    assert len(list((out / "figures").glob("*.png"))) == len(NUMBERS) + 1


@pytest.mark.slow
@pytest.mark.patterns
def test_docking(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(shared_data))
    found = command("--docking", "--strict", "--replicates", 10 if SHORT else 200)
    assert found.exit_code == 0, found.output
    assert "Docking passes: 150 groups" in found.stdout
    assert "Homicides a year" not in found.stdout
