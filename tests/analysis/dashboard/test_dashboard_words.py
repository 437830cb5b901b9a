"""Every text of the page exists in both languages, and every text is used."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from plazas.analysis.dashboard import timeline, words
from plazas.analysis.dashboard.places import COUNTED, REPORTED
from plazas.analysis.dashboard.session import SPEEDS, TABS
from plazas.model import labels
from plazas.model.labels import LabelError
from plazas.model.levers import LEVERS
from plazas.model.scenario import mexico
from plazas.scenarios import scenario_names
from plazas.scenarios.classroom import classroom

FOLDER = Path(words.__file__).parent
#: keys of the page's own table that the code puts together
FAMILIES = ("speed.", "mark.", "panel.", "group.", "layer.", "chart.")
MAY_BE_EMPTY = "chart.members.hint"


@pytest.fixture(scope="module")
def own() -> dict[str, dict[str, str]]:
    """Return the page's own table."""
    return labels.read_texts("plazas.analysis.dashboard", "words.csv")


def test_every_key_has_both_languages() -> None:
    assert words.table()
    for key, row in words.table().items():
        assert set(row) == set(words.LANGUAGES), key
        assert all(row.values()) or key == MAY_BE_EMPTY, key
        fields = [set(re.findall(r"\{(\w*)\}", text)) for text in row.values()]
        assert fields[0] == fields[1], f"{key}: {fields}"


def test_cartels_that_rise_from_local_gangs() -> None:
    name = "Guanajuato, local group 1"
    assert words.cartel("gto-1", name, "en") == name
    assert words.cartel("gto-1", name, "es") == "Guanajuato, grupo local 1"
    assert words.cartel("gto-1/2", f"{name}, faction 2", "es") == (
        "Guanajuato, grupo local 1, facción 2"
    )
    assert words.short("gto-1", name, "en") == "GTO 1"


def test_the_languages_differ(own: dict[str, dict[str, str]]) -> None:
    same = [key for key, row in own.items() if row["en"] == row["es"]]
    assert len(same) < 0.15 * len(own), same


def needed() -> set[str]:
    """Return the keys that follow from what the model declares."""
    keys = {f"lever.{lever.name}" for lever in LEVERS}
    keys |= {f"lever.{lever.name}.meaning" for lever in LEVERS}
    keys |= {f"unit.{lever.unit}" for lever in LEVERS}
    keys |= {f"scenario.{name}" for name in scenario_names()}
    for country in (mexico(), classroom()):
        keys |= {f"cartel.{row.key}" for row in country.start.cartels}
        keys |= {f"cartel.{row.key}.short" for row in country.start.cartels}
    keys |= {f"headline.{kind.name.lower()}" for kind in (*REPORTED, *timeline.MARKS)}
    keys |= {f"count.{kind.name.lower()}" for kind in COUNTED}
    keys |= {f"mark.{mark}" for mark in timeline.SHAPES}
    keys |= {f"speed.{speed}" for speed in SPEEDS} | {f"panel.{tab}" for tab in TABS}
    return keys | {f"month.{number}" for number in range(1, 13)}


def test_whatever_the_model_declares_has_words() -> None:
    assert needed() - set(words.table()) == set()


def test_no_text_is_left_over(own: dict[str, dict[str, str]]) -> None:
    sources = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    unused = [key for key in own if f'"{key}"' not in sources and not key.startswith(FAMILIES)]
    assert unused == []


def test_templates_use_only_words_they_are_given() -> None:
    sources = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    for path in FOLDER.glob("*.vue"):
        text = path.read_text("utf-8")
        found = re.findall(r"words\[[\"']([\w.]+)[\"']\]", text) + re.findall(
            r"\bwords\.(\w+)", text
        )
        for key in found:
            assert key in words.table(), f"{path.name}: {key}"
            assert f'"{key}"' in sources, f"{path.name}: {key} is never handed over"


def test_english_names_are_those_of_the_model() -> None:
    for country in (mexico(), classroom()):
        for row in country.start.cartels:
            assert words.cartel(row.key, row.name, "en") == row.name
    assert words.cartel("sinaloa/3", "", "en") == "Sinaloa Cartel, faction 3"
    assert words.cartel("sinaloa/3", "", "es") == "Cártel de Sinaloa, facción 3"
    assert words.cartel("unheard_of", "As the file says", "es") == "As the file says"


def test_dates_and_unknown_words() -> None:
    assert words.day(date(2018, 12, 1), "en") == "1 December 2018"
    assert words.day(date(2018, 12, 1), "es") == "1 de diciembre de 2018"
    assert words.short_day(date(2018, 1, 9), "es") == "9 ene 2018"
    with pytest.raises(LabelError, match="unknown text 'pauze'; did you mean 'pause'"):
        words.text("pauze", "en")
