"""The command: what it prints and writes, and one line with exit code 2 for every mistake."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from plazas.analysis.cli import app as cli
from plazas.analysis.experiment.run import ReplicateError, read_results
from plazas.scenarios import load_scenario, scenario_names

SHORT = """\
title: Two short years
extends: classroom
stop: 2012-01-01
drop: [army, anvil-leader-captured]
"""
RAID = (
    SHORT.replace("Two short years", "A raid")
    + """\
policies:
  - {name: raid, lever: arrests, level: 3, unit: times, start: 2011-02-01, source: made up}
"""
)


def command(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)
    return path


@pytest.fixture
def raid(tmp_path: Path) -> Path:
    path = tmp_path / "raid.yaml"
    path.write_text(RAID)
    return path


def test_list_shows_every_scenario_with_its_title() -> None:
    found = command("list")
    assert found.exit_code == 0
    rows = [line.split(maxsplit=1) for line in found.stdout.splitlines()]
    assert [row[0] for row in rows] == list(scenario_names())
    assert [row[1] for row in rows] == [load_scenario(name).title for name in scenario_names()]


def test_list_help_and_version_load_no_compiler() -> None:
    code = (
        "import sys\n"
        "from plazas.analysis.cli.app import app\n"
        "for word in ('list', '--help', '--version'):\n"
        "    try: app([word])\n"
        "    except SystemExit as end: assert not end.code\n"
        "    assert 'numba' not in sys.modules and 'pandas' not in sys.modules, word\n"
        "print('end of list, help and version')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ended.stdout.endswith("end of list, help and version\n")


def test_no_word_at_all_is_a_question() -> None:
    found = command()
    assert found.exit_code == 0
    assert all(word in found.stdout for word in ("list", "run", "compare", "check", "show"))
    assert found.stdout == command("--help").stdout


def test_help_shows_every_command_once_in_its_group() -> None:
    text = command("--help").stdout
    heads = [line[:-1] for line in text.splitlines() if re.fullmatch(r"[A-Z].*:", line)]
    assert heads == ["Options", *cli.GROUPS]
    names_shown = re.findall(r"^  ([a-z]+)  +[A-Z]", text, re.MULTILINE)
    assert names_shown == [name for group in cli.GROUPS.values() for name in group]
    assert set(names_shown) == set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
    assert "..." not in text.split("Options:")[1]  # no first line is cut
    assert "plazas compare historical hugs-not-bullets" in text


def test_version() -> None:
    assert command("--version").stdout.startswith("plazas ")


def test_run_prints_years_and_writes_results(short: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = command("run", short, "--replicates", 2, "--seed", 4, "--out", out)
    assert found.exit_code == 0, found.output
    assert "short: Two short years (2 replicates, seed 4)" in found.stdout
    assert "2010" in found.stdout
    assert "2011" in found.stdout
    kept = read_results(out)
    assert (kept.seed, kept.replicates) == (4, (0, 1))
    middle = kept.yearly.loc[pd.IndexSlice[:, 2011], "homicides"].median()
    assert f"{middle:,.0f}" in found.stdout


def test_what_was_observed_stands_beside(tmp_path: Path) -> None:
    path = tmp_path / "mexico.yaml"
    path.write_text("title: A short past\ncountry: mexico\nstop: 2011-06-01\n")
    found = command("run", path, "--replicates", 1)
    assert "25,757" in found.stdout  # homicides registered in 2010
    assert "27,213" not in found.stdout  # 2011 is not run to its end


def test_compare_writes_everything(short: Path, raid: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = command("compare", short, raid, "--replicates", 3, "--out", out)
    assert found.exit_code == 0, found.output
    assert "when the scenarios first differ" in found.stdout
    assert "raid: " in found.stdout
    assert "3 replicates as asked" in found.stdout
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert {"report.html", "provenance.json", "tables/outcomes.csv"} <= files
    for name in ("homicides", "maps", "members"):
        assert {f"figures/{name}.{ending}" for ending in ("png", "svg", "pdf")} <= files
    assert read_results(out / "results" / "raid").replicates == (0, 1, 2)
    table = pd.read_csv(out / "tables" / "outcomes.csv").set_index(["scenario", "outcome"])
    row = table.loc[("raid", "arrests")]
    values = pd.read_csv(out / "tables" / "replicates.csv").set_index("scenario")["arrests"]
    means = values.groupby(level=0).mean()
    assert row["difference"] == pytest.approx(means["raid"] - means["short"])
    again = command("compare", short, raid, "--replicates", 2, "--out", out)
    assert (again.exit_code, again.stdout) == (2, "")
    again = command("compare", short, raid, "--replicates", 2, "--out", out, "--force")
    assert again.exit_code == 0
    assert read_results(out / "results" / "raid").replicates == (0, 1)
    assert json.loads((out / "provenance.json").read_text())["scenarios"] == ["short", "raid"]


def test_until_width_says_why_it_stopped(short: Path, raid: Path) -> None:
    words = ("--replicates", "2", "--until-width", "0.0001", "--cap", "4")
    found = command("compare", short, raid, *words)
    assert "stopped at the cap of 4 replicates short of the 0.01 % asked for" in found.stdout


def test_check_names_every_bad_file(short: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(SHORT.replace("extends", "extend"))
    found = command("check", short, "historical", bad)
    assert found.exit_code == 2
    assert f"{short}: good (Two short years)" in found.stdout
    assert "historical: good" in found.stdout
    assert found.stderr.count("\n") == 1
    assert "bad.yaml" in found.stderr
    assert "'extends'" in found.stderr
    assert command("check", short).exit_code == 0


def test_show(short: Path, raid: Path) -> None:
    found = command("show", raid)
    assert "lever: arrests" in found.stdout
    differs = command("show", raid, "--against", short).stdout
    assert differs.startswith("policy added: raid: arrests 3 times")
    assert "comes to the same" in command("show", short, "--against", short).stdout


MISTAKES = {
    "unknown scenario": (("run", "historicl"), "did you mean 'historical'?"),
    "no such file": (("compare", "historical", "nope.yaml"), "there is no such file"),
    "no replicates": (("run", "classroom", "--replicates", "0"), "replicates must be 1 or more"),
    "negative seed": (("run", "classroom", "--seed", "-1"), "seed must be a whole number from 0"),
    "no threads": (("run", "classroom", "--threads", "0"), "threads must be 1 or more"),
    "no number": (("run", "classroom", "--replicates", "many"), "--replicates"),
    "only one": (("compare", "classroom"), "name two scenarios or more"),
    "other places": (("compare", "historical", "classroom"), "classroom runs from"),
    "width": (("compare", "both", "historical", "--until-width", "3"), "a share between 0 and 1"),
    "start year": (("compare", "both", "historical", "--start-year", "1990"), "outside the run"),
    "unknown command": (("frobnicate",), "frobnicate"),
    "unknown option": (("run", "classroom", "--sed", "1"), "--sed"),
    "no scenario": (("run",), "scenario"),
    "unknown to show": (("show", "classrom"), "did you mean 'classroom'?"),
    "folder of others": (("run", "classroom", "--out", "."), "holds other files"),
    "file for folder": (("run", "classroom", "--out", __file__), "is a file"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_two(mistake: str) -> None:
    words, message = MISTAKES[mistake]
    found = command(*words)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert message.lower() in found.stderr.lower()
    assert found.stderr.startswith("plazas: ")
    assert found.stderr.count("\n") == 1
    assert "Traceback" not in found.stderr


def test_an_impossible_parameter_names_file_and_range(short: Path) -> None:
    short.write_text(SHORT + "parameters: {wage: 9}\n")
    found = command("run", short)
    assert found.exit_code == 2
    assert found.stderr.count("\n") == 1
    assert "short.yaml, line 5" in found.stderr
    assert "0.14 to 0.7" in found.stderr


def test_missing_data_is_one_line(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plazas.analysis.experiment import observed
    from plazas.model.geography import DataError

    def table(*_: object, **__: object) -> None:
        raise DataError("national.csv: cannot be read (gone)")

    monkeypatch.setattr(observed, "table", table)
    found = command("run", short, "--replicates", 1)
    assert (found.exit_code, found.stderr) == (2, "plazas: national.csv: cannot be read (gone)\n")


def test_a_failed_replicate_is_named(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plazas.analysis.experiment import run as module

    def fails(*_: object, **__: object) -> None:
        raise ReplicateError("replicate 7 of 'short' (seed 1) failed: X: y; 19 finished", {})

    monkeypatch.setattr(module, "run", fails)
    found = command("run", short)
    assert found.exit_code == 1
    assert found.stderr == "plazas: replicate 7 of 'short' (seed 1) failed: X: y; 19 finished\n"


def test_an_interrupt_says_that_nothing_was_written(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plazas.analysis.experiment import run as module

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "run", interrupted)
    found = command("run", short, "--out", tmp_path / "out")
    assert (found.exit_code, found.stderr) == (130, "plazas: stopped; nothing was written\n")
    assert not (tmp_path / "out").exists()


def test_a_fault_of_ours_is_not_hidden(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plazas.analysis.experiment import run as module

    def fails(*_: object, **__: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(module, "run", fails)
    found = command("run", short)
    assert isinstance(found.exception, ValueError)
    assert not isinstance(found.exception, SystemExit)
