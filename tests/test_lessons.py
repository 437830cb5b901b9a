"""The lessons: what they tell students to run works, and what they say the model shows is so.

The two languages have the same parts. What a lesson claims is a sign or an order, never a number,
and is checked on the very commands and pieces of Python that stand in it, with fewer replicates.
"""

from __future__ import annotations

import os
import re
import runpy
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from plazas.analysis.cli import app as cli
from plazas.analysis.dashboard.words import table
from plazas.analysis.experiment.run import read_results
from plazas.model.parameters import defaults
from plazas.scenarios import load_scenario

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "classroom"
LESSONS = ("1-monopoly", "2-kingpin", "3-absorption", "4-hugs-or-bullets", "5-limits")
LANGUAGES = ("en", "es")
SHORT = bool(os.environ.get("PLAZAS_SHORT"))

HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)]+)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")


def text(lesson: str, language: str) -> str:
    return (FOLDER / language / f"{lesson}.md").read_text("utf-8")


def prose(lesson: str, language: str) -> str:
    """Return a lesson without its blocks."""
    return BLOCK.sub("", text(lesson, language))


def blocks(lesson: str, kind: str) -> list[str]:
    return [body for found, body in BLOCK.findall(text(lesson, "en")) if found == kind]


def commands(lesson: str) -> list[list[str]]:
    """Return the commands of a lesson, as words after ``plazas``."""
    lines = [line for block in blocks(lesson, "sh") for line in block.splitlines() if line]
    assert all(line.startswith("plazas ") for line in lines), lines
    return [shlex.split(line)[1:] for line in lines]


# --- two languages -------------------------------------------------------------------------
def test_there_are_five_lessons_in_both_languages() -> None:
    for language in LANGUAGES:
        assert sorted(path.stem for path in (FOLDER / language).iterdir()) == sorted(LESSONS)
    index = (FOLDER / "README.md").read_text("utf-8")
    for lesson in LESSONS:
        for language in LANGUAGES:
            title = HEADING.findall(text(lesson, language))[0][1]
            assert f"[{title.split('. ', 1)[1]}]({language}/{lesson}.md)" in index


@pytest.mark.parametrize("lesson", LESSONS)
def test_both_languages_have_the_same_parts(lesson: str) -> None:
    english, spanish = (text(lesson, language) for language in LANGUAGES)
    levels = [
        [len(marks) for marks, _ in HEADING.findall(BLOCK.sub("", t))] for t in (english, spanish)
    ]
    assert levels[0] == levels[1]
    assert len(levels[0]) > 8
    assert BLOCK.findall(english) == BLOCK.findall(spanish)
    assert BLOCK.findall(english)
    questions = [len(re.findall(r"^\d\. ", t, re.MULTILINE)) for t in (english, spanish)]
    assert questions[0] == questions[1] >= 5
    code = [set(re.findall(r"`[^`]+`", BLOCK.sub("", t))) for t in (english, spanish)]
    assert code[0] <= code[1]
    assert code[1] - code[0] <= {"`--lang es`"}


@pytest.mark.parametrize("lesson", LESSONS)
def test_headings_are_those_of_every_lesson(lesson: str) -> None:
    for language, wanted in (
        ("en", ("Aim", "Time and needs", "What to do", "What you should see", "Questions")),
        ("es", ("Objetivo", "Tiempo y material", "Qué hacer", "Qué se debe ver", "Preguntas")),
    ):
        second = [
            title for marks, title in HEADING.findall(prose(lesson, language)) if marks == "##"
        ]
        assert second[: len(wanted)] == list(wanted)
        assert second[len(wanted) :] == [
            {"en": "Notes for the teacher", "es": "Notas para el docente"}[language]
        ]
        minutes = re.search(r"^(\d+) minut[eo]s", text(lesson, language), re.MULTILINE)
        assert minutes, language
        assert 20 <= int(minutes[1]) <= 40


@pytest.mark.parametrize("lesson", LESSONS)
def test_pictures_are_there_and_described_in_words(lesson: str) -> None:
    stems = []
    for language in LANGUAGES:
        found = PICTURE.findall(text(lesson, language))
        for description, link in found:
            path = FOLDER / language / link
            assert path.is_file(), link
            assert path.stem.endswith(f".{language}"), link
            assert path.stat().st_size < 100_000, link
            assert len(description) > 40, link
        stems.append([Path(link).stem.rpartition(".")[0] for _, link in found])
    assert stems[0] == stems[1]
    assert stems[0]
    assert all(stem.startswith(lesson[0]) for stem in stems[0])


def test_every_picture_is_shown() -> None:
    shown = {
        Path(link).name
        for lesson in LESSONS
        for language in LANGUAGES
        for _, link in PICTURE.findall(text(lesson, language))
    }
    assert {path.name for path in (FOLDER / "images").iterdir()} == shown


def test_links_lead_somewhere() -> None:
    pages = [FOLDER / "README.md"]
    pages += [FOLDER / language / f"{lesson}.md" for lesson in LESSONS for language in LANGUAGES]
    for page in pages:
        for link in LINK.findall(page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize("lesson", LESSONS)
def test_spanish_is_spanish(lesson: str) -> None:
    assert re.search(r"[áéíóúñ¿]", prose(lesson, "es"))
    for language, foreign in (("es", ("the", "and", "which")), ("en", ("los", "para", "qué"))):
        bare = re.sub(r"`[^`]*`|«[^»]*»|\"[^\"]*\"|\([^)]*\)", " ", prose(lesson, language))
        for word in foreign:
            assert not re.search(rf"\b{word}\b", bare.casefold().replace("los zetas", "")), word


# --- what the lessons name -----------------------------------------------------------------
@pytest.mark.parametrize("lesson", LESSONS)
def test_words_of_the_page_are_those_of_the_page(lesson: str) -> None:
    """Bold words are what the dashboard shows, in the same order of languages."""
    named = []
    for language in LANGUAGES:
        shown = {row[language]: key for key, row in table().items()}
        bold = [" ".join(word.split()) for word in BOLD.findall(prose(lesson, language))]
        assert set(bold) <= set(shown), set(bold) - set(shown)
        named.append({shown[word] for word in bold})
    assert named[0] == named[1]


@pytest.mark.parametrize("lesson", LESSONS)
def test_commands_and_their_options_exist(lesson: str) -> None:
    inline = re.findall(r"`plazas ([^`]+)`", prose(lesson, "en") + prose(lesson, "es"))
    for words in [*commands(lesson), *(shlex.split(line) for line in inline)]:
        shown = CliRunner().invoke(cli.app, [words[0], "--help"])
        assert shown.exit_code == 0, words
        for option in (word for word in words if word.startswith("--")):
            assert f"{option} " in shown.stdout, words


def test_files_of_the_lessons_are_good_and_used() -> None:
    everything = "".join(text(lesson, "en") for lesson in LESSONS)
    for path in sorted((FOLDER / "files").iterdir()):
        assert load_scenario(str(path)).title
        assert f"docs/classroom/files/{path.name}" in everything


# --- what the lessons say the model shows --------------------------------------------------
@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder in which a lesson's commands and pieces of Python can be run.

    Reports and figures, which take longest and have tests of their own, are not drawn.
    """
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("plazas.analysis.report.report.write_report", lambda _, path: path.touch())
    monkeypatch.setattr("plazas.analysis.report.figures.write_figures", lambda *_: [])
    return tmp_path


def run_commands(lesson: str, replicates: int, *more: str) -> list[str]:
    """Run a lesson's commands but those that open a page; return what they print."""
    printed = []
    for words in commands(lesson):
        if words[0] == "dashboard":
            continue
        if "--replicates" in words:
            words[words.index("--replicates") + 1] = str(replicates)
        if words[0] == "compare" and "--out" not in words:
            words += more
        found = CliRunner().invoke(cli.app, words)
        assert found.exit_code == 0, (words, found.output)
        printed.append(found.stdout)
    return printed


def run_python(lesson: str, **changed: int) -> dict[str, Any]:
    """Run a lesson's Python, with other numbers for some names; return its names."""
    names: dict[str, Any] = {}
    for block in blocks(lesson, "python"):
        for name, value in changed.items():
            block, n = re.subn(rf"^{name} = \d+$", f"{name} = {value}", block, flags=re.MULTILINE)
            assert n == 1, name
        exec(compile(block, f"{lesson}.md", "exec"), names)
    return names


@pytest.mark.slow
@pytest.mark.patterns
def test_monopoly_is_calm_and_parity_is_war(desk: Path) -> None:
    curve = run_python("1-monopoly", SEEDS=2)["curve"]
    shares = list(curve)
    assert curve[0.5] == max(curve.values())
    assert curve[0.5] > 1.5 * max(curve[0], curve[1])
    rising = [curve[share] for share in shares if share <= 0.5]
    falling = [curve[share] for share in shares if share >= 0.5]
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    assert min(curve.values()) > 0


@pytest.mark.slow
@pytest.mark.patterns
def test_a_fall_without_an_heir_bleeds_most_where_one_held_all(desk: Path) -> None:
    printed = run_commands("2-kingpin", 4 if SHORT else 12)
    assert "Northgate: where no-fall and leader-falls diverge" in printed[-1]
    table = run_python("2-kingpin")["table"]
    share, no_heir, heir = (
        table[name] for name in ("share of The Lantern", "no heir", "clear heir")
    )
    assert share.idxmax() == "Northgate"
    assert share["Northgate"] > 0.7
    assert share["Copperhill"] < 0.5
    assert set(no_heir.nlargest(2).index) == set(share.nlargest(2).index)
    assert no_heir["Northgate"] > 0.1
    assert (heir.abs() < 0.5 * no_heir["Northgate"]).all()
    assert abs(heir["Northgate"]) < 0.5 * no_heir["Northgate"]


@pytest.mark.slow
@pytest.mark.patterns
def test_a_cartel_rises_by_absorption(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run_commands("3-absorption", 2 if SHORT else 6)
    assert (desk / "absorption" / "report.html").is_file()
    assert "The Jalisco New Generation Cartel here" in printed[-1]
    with_it, without = (
        read_results(f"absorption/results/{name}") for name in ("historical", "no-absorption")
    )
    keys = [row.key for row in load_scenario("historical").country.start.cartels]
    led = [each.led("cjng")[:, -1] for each in (with_it, without)]
    assert led[0].mean() > led[1].mean()
    assert led[1].max() <= with_it.led("cjng")[:, 0].max()
    largest = [
        np.mean([max(each.led(key)[r, -1] for key in keys) for r in range(len(each))])
        for each in (with_it, without)
    ]
    assert largest[0] > largest[1]
    tolls = [each.series("homicides").sum() for each in (with_it, without)]
    assert tolls[1] < tolls[0]
    names = run_python("3-absorption")
    assert len(names["joined"]) > len(names["serving"]) / 2
    assert len(names["joined"]) > len(names["own"])
    assert capsys.readouterr().out.count("\n") >= 3
    cost = defaults()
    a_gang = cost["local_size"] * (cost["signing"] + cost["gun_price"])
    assert cost["cell_cost"] > 10 * a_gang, "a cell costs many times what a gang costs"


@pytest.mark.slow
@pytest.mark.patterns
def test_hugs_gain_through_their_programme_alone(desk: Path) -> None:
    run_commands("4-hugs-or-bullets", 3 if SHORT else 10, "--out", "worlds")
    worlds = desk / "worlds" / "results"
    found = {path.name: read_results(path) for path in worlds.iterdir()}
    found["hugs-not-bullets"] = read_results("policies/results/hugs-not-bullets")
    nothing, fewer = found["hugs-without-effect"], found["fewer-bullets"]
    assert np.array_equal(nothing.series("homicides"), fewer.series("homicides"))
    tolls = [
        found[name].series("homicides").sum()
        for name in ("hugs-without-effect", "hugs-not-bullets", "hugs-with-strong-effect")
    ]
    assert tolls[0] > tolls[1] > tolls[2]
    assert defaults()["crossfire"] < defaults()["bystanders"]
    elasticity = "prevention_elasticity"
    strong = load_scenario(str(FOLDER / "files" / "hugs-with-strong-effect.yaml"))
    assert strong.changes[elasticity] == pytest.approx(3 * defaults()[elasticity])


@pytest.mark.slow
@pytest.mark.patterns
def test_replicates_tell_other_stories(desk: Path) -> None:
    printed = run_commands("5-limits", 3 if SHORT else 5)
    assert printed[-1] != printed[-2]
    leaders = run_python("5-limits")["leaders"]
    assert (leaders == 1).any()
    assert (leaders > 1).any()


@pytest.mark.slow
def test_pictures_can_be_drawn_anew(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["pictures.py", "--replicates", "2", "--out", "drawn"])
    runpy.run_path(str(FOLDER / "pictures.py"), run_name="__main__")
    drawn = {path.name for path in (desk / "drawn").iterdir()}
    assert drawn == {path.name for path in (FOLDER / "images").iterdir()}
