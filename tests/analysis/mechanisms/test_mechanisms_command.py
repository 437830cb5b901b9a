"""The command: table, files, JSON, and one line for every mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from plazas.analysis.cli import app as cli
from plazas.analysis.experiment import workers

CLASS = ("--scenario", "classroom", "--sets", "default")


def command(*words: str | Path | int) -> Result:
    return CliRunner().invoke(cli.app, ["mechanisms", *(str(word) for word in words)])


def test_two_rows_print_and_write(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = command(*CLASS, "--rows", "guns,protection", "--replicates", 5, "--out", out)
    assert ended.exit_code == 0, ended.output
    text = ended.stdout
    assert "Protection deters (protection)" in text
    assert "Guns from the north kill (guns)" in text
    assert "expected: Fewer people are killed if no guns come from the United States" in text
    assert text.splitlines()[-1].startswith(("0 of 2", "1 of 2", "2 of 2"))
    kept = pd.read_csv(out / "mechanisms.csv").set_index("row")
    assert list(kept.index) == ["protection", "guns"]
    assert (kept["low"] <= kept["effect"]).all()
    assert (kept["effect"] <= kept["high"]).all()
    assert (kept["pairs"] == 5).all()
    content = json.loads((out / "mechanisms.json").read_text())
    assert (content["replicates"], content["seed"], content["of"]) == (5, 1, 2)
    assert content["show"] == (kept["verdict"] == "shows").sum()
    for ending in ("png", "svg", "pdf"):
        assert (out / f"mechanisms.{ending}").stat().st_size > 5_000
    assert command(*CLASS, "--rows", "guns", "--out", out).exit_code == 2  # earlier results stay


def test_json(tmp_path: Path) -> None:
    words = (*CLASS, "--rows", "guns", "--replicates", 2, "--seed", 7, "--json")
    ended = command(*words)
    assert ended.exit_code == 0, ended.output
    content = json.loads(ended.stdout)
    assert (content["seed"], content["scenario"]) == (7, "classroom")
    assert [row["row"] for row in content["rows"]] == ["guns"]
    assert content["rows"][0]["verdict"] == "too few replicates"
    assert command(*words).stdout == ended.stdout


def test_rows_may_be_repeated() -> None:
    words = ("--rows", "protection", "--rows", "guns", "--replicates", 2, "--json")
    content = json.loads(command(*CLASS, *words).stdout)
    assert [row["row"] for row in content["rows"]] == ["protection", "guns"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rows", "absorbtion"), "did you mean 'absorption'"),
        ((*CLASS, "--rows", "guanajuato"), "needs 'Guanajuato'; Classroom has none"),
        (("--replicates", 0), "replicates must be between 1 and"),
        (("--seed", -1), "seed must be"),
        (("--threads", 0), "threads must be 1 or more"),
        (("--scenario", "historicl"), "did you mean 'historical'"),
        (("--sets", "nowhere.csv"), "nowhere.csv: there is no such file"),
        (("--rows", ","), "--rows names no row"),
    ],
)
def test_a_mistake_is_one_line(words: tuple[str | int, ...], said: str) -> None:
    ended = command(*words)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert said in ended.stderr


def test_a_scenario_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(
        "title: Short\nextends: classroom\nstop: 2014-01-01\ndrop: [army, anvil-leader-captured]\n"
    )
    ended = command("--scenario", path)
    assert ended.exit_code == 2
    assert "from 2010 to the end of 2018" in ended.stderr


def test_an_interrupt_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, "wait", interrupted)
    out = tmp_path / "out"
    ended = command(*CLASS, "--rows", "guns", "--replicates", 2, "--out", out)
    assert ended.exit_code == 130
    assert "stopped; nothing was written" in ended.stderr
    assert not list(tmp_path.iterdir())
