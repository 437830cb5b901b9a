"""The common table of labels: complete, in both languages, and read with clear errors."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from plazas.model import labels
from plazas.model.events import EventKind
from plazas.model.labels import LabelError, event_key, label, members
from plazas.model.levers import LEVERS
from plazas.scenarios import scenario_names

#: what the clause of an event may use
FIELDS = {"cartel", "other", "place", "members", "amount"}
NOBODY_S = {EventKind.CENTRE_ATTACK}  # no cartel is named


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_text_exists_in_both_languages_with_the_same_fields() -> None:
    for key, row in labels.table().items():
        assert set(row) == set(labels.LANGUAGES), key
        assert all(row.values()), key
        assert fields(row["en"]) == fields(row["es"]), key


@pytest.mark.parametrize("kind", EventKind, ids=lambda kind: kind.name.lower())
@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_every_event_kind_has_a_clause(kind: EventKind, language: str) -> None:
    key = event_key("event", kind.name.lower(), cartel=True, other=True)
    text = labels.table()[key][language]
    assert fields(text) <= FIELDS
    parts = {"cartel": "A", "other": "B", "place": "P", "members": "3 members", "amount": "3"}
    filled = label(key, language, **parts)
    assert bool(re.search(r"\bA\b", filled)) == (kind not in NOBODY_S)


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_every_lever_has_its_labels(lever: object) -> None:
    name, unit = lever.name, lever.unit  # type: ignore[attr-defined]
    keys = {f"lever.{name}", f"lever.{name}.clause", f"lever.{name}.meaning", f"unit.{unit}"}
    assert keys <= set(labels.table())


def test_every_event_lever_and_scenario_label_belongs_to_one() -> None:
    kinds = {kind.name.lower() for kind in EventKind}
    levers = {lever.name for lever in LEVERS}
    known = {"event": kinds, "headline": kinds, "count": kinds, "lever": levers}
    known["scenario"] = set(scenario_names())
    for key in labels.table():
        family, _, rest = key.partition(".")
        if family in known:
            assert rest.partition(".")[0] in known[family], key


def test_the_text_of_an_event_depends_on_who_takes_part() -> None:
    assert event_key("event", "flip", cartel=True, other=True) == "event.flip"
    assert event_key("event", "flip", cartel=True, other=False) == "event.flip.alone"
    assert event_key("event", "flip", cartel=False, other=True) == "event.flip.nobody"
    assert event_key("headline", "rise", cartel=True, other=False) == "headline.rise.alone"
    assert event_key("event", "war", cartel=True, other=False) == "event.war"


def test_a_front_names_both_sides_the_place_and_the_dead() -> None:
    parts = {"cartel": "A", "other": "B", "place": "P", "amount": "1,234"}
    for kind in ("front_opens", "front_flares", "front_silent", "front_ends"):
        for language in labels.LANGUAGES:
            said = label(f"event.{kind}", language, **parts)
            assert said.startswith(("A and B ", "A y B ")), said
            assert " P" in said
            assert ("1,234" in said) == (kind in ("front_silent", "front_ends"))


def test_members_are_counted() -> None:
    assert members(1) == "one member"
    assert members(1, "es") == "un integrante"
    assert members(12) == "12 members"
    assert members(1200, "es", "1,200") == "1,200 integrantes"


def test_an_unknown_label_names_the_nearest() -> None:
    with pytest.raises(LabelError, match=r"unknown label 'lever\.arests'; did you mean"):
        label("lever.arests")
