"""The resolved difference between two scenarios, as readers see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from plazas.model.levers import Policy
from plazas.model.scenario import Event, Scenario
from plazas.scenarios import difference, load_scenario, read_text, resolved

HUGS = """\
policy added: few-confrontations: confrontation 0.15 times, 2013-01-01 to 2025-01-01
policy added: leaders-left-alone: kingpin 0.3 times, 2013-01-01 to 2025-01-01
policy added: programme-for-the-young: prevention 5 USD per at-risk youth per week, \
2013-01-01 to 2025-01-01, 8.8 million USD a week
in force: confrontation 0.35 -> 0.15, 2013-01-01 to 2014-01-01
in force: confrontation 0.2 -> 0.15, 2014-01-01 to 2019-01-01
in force: confrontation 0.18 -> 0.15, 2020-01-01 to 2021-01-01
in force: confrontation 0.125 -> 0.15, 2021-01-01 to 2022-01-01
in force: confrontation 0.143 -> 0.15, 2022-01-01 to 2023-01-01
in force: confrontation 0.142 -> 0.15, 2023-01-01 to 2025-01-01
in force: kingpin 1 -> 0.3, 2013-01-01 to 2018-12-01
in force: kingpin 0.4 -> 0.3, 2018-12-01 to 2025-01-01
in force: prevention 0 -> 5, 2013-01-01 to 2025-01-01"""
ROUNDUP = """\
policy added: lasting-round-up: us_roundup 0.2 share, 2013-01-01 to 2025-01-01, \
against cjng, sinaloa, 2 million USD a week
in force: us_roundup 0 -> 0.2 against sinaloa, cjng, 2013-01-01 to 2020-03-11
in force: us_roundup 0 -> 0.2 against sinaloa, 2020-03-11 to 2020-06-10
in force: us_roundup 0.1 -> 0.2 against cjng, 2020-03-11 to 2020-06-10
in force: us_roundup 0 -> 0.2 against sinaloa, cjng, 2020-06-10 to 2025-01-01"""


def test_the_difference_of_hugs_from_history() -> None:
    """Golden text: what was added, and what that comes to, year by year."""
    assert (
        "\n".join(difference(load_scenario("historical"), load_scenario("hugs-not-bullets")))
        == HUGS
    )


def test_the_difference_by_cartel() -> None:
    """Golden text: levels that differ by the cartel at which they are aimed."""
    assert (
        "\n".join(difference(load_scenario("historical"), load_scenario("us-roundup"))) == ROUNDUP
    )


def test_every_kind_of_difference() -> None:
    """Run, replicates, parameter, policy and event, changed, removed and added, by place."""
    days = {"start": date(2012, 1, 1), "stop": date(2013, 1, 1)}
    moved = Policy("arrests", 2.0, **days, label="moved")
    gone = Policy("focus", 1.0, **days, states=("Jalisco", "Colima"), source="assumed")
    fall = Event("killed", date(2012, 1, 1), "zetas", label="fall")
    before = Scenario(policies=(moved, gone), events=(fall,), stop=date(2015, 1, 1))
    after = Scenario(
        policies=(replace(moved, level=3.0),),
        events=(replace(fall, heir=True), Event("war", date(2013, 1, 1), "gulf", "cjng")),
        stop=date(2014, 1, 1),
        replicates=5,
        changes={"wage": 0.5},
    )
    assert difference(before, after) == [
        "stop: 2015-01-01 -> 2014-01-01",
        "replicates: 20 -> 5",
        "parameter wage: 0.35 -> 0.5 (thousand USD a person a week)",
        "policy changed: moved: arrests 2 times, 2012-01-01 to 2013-01-01 -> "
        "arrests 3 times, 2012-01-01 to 2013-01-01",
        "policy removed: focus 1 share, 2012-01-01 to 2013-01-01, in Jalisco, Colima",
        "event changed: fall: 2012-01-01 killed zetas -> 2012-01-01 killed zetas, a clear heir",
        "event added: 2013-01-01 war gulf and cjng",
        "in force: arrests 2 -> 3, 2012-01-01 to 2013-01-01",
        "in force: focus 1 -> 0 in Colima, Jalisco, 2012-01-01 to 2013-01-01",
    ]


def test_words_alone_are_no_difference() -> None:
    """Title, story and sources do not change a run; a level does (control)."""
    history = load_scenario("historical")
    renamed = replace(history, name="renamed", title="x", story="y", sources=("z",))
    assert difference(history, renamed) == []
    assert difference(history, replace(renamed, changes={"wage": 0.5})) != []


def test_a_parameter_said_at_its_default_is_no_difference() -> None:
    """It is recorded in what is resolved and changes nothing."""
    plain, said = Scenario(), Scenario(changes={"wage": 0.35})
    assert difference(plain, said) == []
    assert resolved(said)["parameters"] == {"wage": 0.35}


def test_another_country_is_named_and_levels_are_not_compared() -> None:
    """Between countries whose states differ there is no level to compare."""
    lines = difference(load_scenario("historical"), load_scenario("classroom"))
    assert lines[0] == "country: mexico -> classroom"
    assert not any(line.startswith("in force") for line in lines)


def test_finer_places_are_compared_by_state() -> None:
    """On municipalities the levels are those of the states."""
    fine = read_text("title: x\nextends: frontal-offensive\ncountry: mexico-municipalities")
    lines = difference(load_scenario("historical"), fine)
    assert lines[0] == "country: mexico -> mexico-municipalities"
    assert "in force: force 1 -> 1.3, 2013-01-01 to 2025-01-01" in lines
