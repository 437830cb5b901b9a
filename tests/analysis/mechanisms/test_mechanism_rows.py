"""The catalogue: it covers what the model must show, and each row can be made and read."""

from __future__ import annotations

from datetime import date

import pytest

from plazas.analysis.mechanisms.catalogue import ROWS, find, missing
from plazas.analysis.mechanisms.experiment import prepared, version, versions
from plazas.analysis.mechanisms.row import LEAST, STOP
from plazas.analysis.patterns.trials import cut
from plazas.model.errors import UserError
from plazas.model.scenario import Scenario, mexico
from plazas.scenarios import load_scenario

#: what agents must do, with the rows that show it
AGENTS = {
    "crackdown in a place": ("crackdown", "crackdown-elsewhere"),
    "extradition of a leader or kin": ("extradition", "extradition-policy"),
    "leader ill": ("illness", "succession"),
    "capture fails, leader released": ("release", "release-seen"),
    "hired guns": ("hired-attacks", "hired-entry"),
    "threats v bribes v attacks": ("bribes-first", "threats-first", "escalation"),
    "drug markets": ("us-market", "overseas-market"),
    "rehabilitation centres": (
        *("rehabilitation", "relapse", "centres-contested", "centres-fed", "centres-protected"),
    ),
    "addiction, poverty": ("addiction", "poverty"),
    "poaching": ("poaching", "poaching-on-fronts"),
    "groups end": ("groups-end", "groups-fall"),
    "brutality": ("fear", "fear-rackets", "brutality-pays", "brutality-costs"),
    "guns": ("guns", "guns-border"),
    "one cartel wins": ("one-winner", "monopoly-peace"),
    "offensive": ("offensive", "crackdown-rivals"),
    "officials protected": ("protection",),
    "CJNG and Sinaloa": ("former-allies-fight",),
}
#: what the command must have rows for, with these rows
MECHANISMS = {
    "ally that breaks away by 2013": ("ally-leaves", "former-allies-fight"),
    "absorption": ("absorption", "absorption-any"),
    "franchise and defection": ("franchise", "defection"),
    "arming of absorbed gangs": ("arming",),
    "at-risk youth, poverty and addiction": ("youth", "poverty", "addiction"),
    "turf wars and homicide": ("war",),
    "spread to most states": ("spread",),
    "brutality": ("brutality-pays", "brutality-costs"),
    "Guanajuato": ("guanajuato", "guanajuato-challenger", "guanajuato-homicides"),
    "hugs not bullets (with and without its programme)": (
        *("hugs-violence", "hugs-members", "hugs-programme"),
    ),
    "failed capture": ("release", "release-seen"),
    "one winner": ("one-winner", "monopoly-peace"),
    "US round-up": ("us-roundup",),
    "bribes and corruption": ("corruption", "bribes-first"),
    "guns": ("guns", "guns-border"),
    "illness and succession": ("illness", "succession"),
    "attacks, bribes and threats": ("bribes-first", "threats-first", "escalation"),
    "guns for hire": ("hired-attacks", "hired-entry"),
    "drug markets": ("us-market", "overseas-market"),
    "extradition": ("extradition", "extradition-policy"),
    "rehabilitation centres": ("centres-contested", "centres-fed", "centres-protected"),
    "crackdown": ("crackdown", "crackdown-elsewhere", "crackdown-rivals"),
    "dated change of government": ("government",),
}
STRATEGIES = ("focus", "kingpin")  # two levers that no list above names


@pytest.fixture(scope="module")
def base() -> Scenario:
    return prepared(load_scenario("historical"))


def test_the_catalogue_covers_both_lists_and_nothing_is_left_over() -> None:
    keys = [row.key for row in ROWS]
    assert len(keys) == len(set(keys))
    named = {key for rows in (*AGENTS.values(), *MECHANISMS.values()) for key in rows}
    assert named <= set(keys)
    assert set(keys) - named == set(STRATEGIES)
    assert (len(AGENTS), len(MECHANISMS)) == (17, 23)


def test_every_row_says_what_is_expected_and_why() -> None:
    for row in ROWS:
        assert row.title and row.expected and row.source and row.quantity, row.key
        assert row.unit in LEAST, row.key
        assert row.sign in (1, -1)
        assert row.least > 0.0, row.key
        assert row.off != row.on, row.key  # a pair that does not differ tests nothing


def test_every_version_is_a_scenario_that_ends_with_2018(base: Scenario) -> None:
    assert base.stop == STOP == date(2019, 1, 1)
    for arm in versions(ROWS):
        made = version(base, arm)
        assert made.stop == STOP
        assert max(made.dates()).astype("datetime64[Y]").astype(int) + 1970 == 2018
        assert all(event.on < STOP for event in made.events)
        assert len(made.policies) == len(base.policies) + len(arm.changes)
        assert len(made.events) == len(base.events) + len(arm.incidents)


def test_rows_share_their_versions() -> None:
    arms = versions(ROWS)
    assert len(arms) == len(set(arms)) < len(ROWS)


def test_rows_are_found_in_the_order_of_the_catalogue(base: Scenario) -> None:
    assert [row.key for row in find(["guns", "absorption"], base.country)] == ["absorption", "guns"]
    assert find([], base.country) == list(ROWS)


def test_rows_that_a_country_lacks_are_left_out_or_refused() -> None:
    country = load_scenario("classroom").country
    left = {row.key for row in find([], country)}
    lacking = {row.key for row in ROWS if missing(row, country)}
    assert left == {row.key for row in ROWS} - lacking
    assert {"absorption", "guanajuato", "ally-leaves"} <= lacking
    with pytest.raises(UserError, match="row 'guanajuato' needs 'Guanajuato'"):
        find(["guanajuato"], country)
    assert not [row.key for row in ROWS if missing(row, mexico("municipalities"))]


def test_an_unknown_row_names_the_nearest(base: Scenario) -> None:
    with pytest.raises(UserError, match="did you mean 'absorption'"):
        find(["absorbtion"], base.country)


def test_a_scenario_that_is_too_short_is_refused() -> None:
    short = cut(load_scenario("historical"), date(2015, 1, 1))
    with pytest.raises(UserError, match="from 2010 to the end of 2018"):
        prepared(short)
