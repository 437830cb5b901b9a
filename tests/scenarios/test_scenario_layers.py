"""What a scenario takes over from the one it extends, and how its own words override it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plazas.model.levers import LEVER_INDEX
from plazas.model.scenario import Scenario, levels
from plazas.scenarios import ScenarioFileError, load_scenario, read_text

FOLDER = Path(__file__).parents[1] / "scenarios_invalid"
PARENT = """
title: parent
stop: 2016-01-01
replicates: 7
parameters: {wage: 0.4, absorption: 0}
policies:
  - {name: always, lever: confrontation, level: 0.5, unit: times, source: assumed}
  - name: late
    lever: arrests
    level: 2
    unit: times
    start: 2014-01-01
    stop: 2015-01-01
    states: [Jalisco, COL]
    source: assumed
events:
  - {name: fall, kind: killed, on: 2014-06-01, cartel: zetas, source: assumed}
sources: [a book]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with parent.yaml in it."""
    (tmp_path / "parent.yaml").write_text(PARENT)
    return tmp_path


def child(folder: Path, text: str = "") -> Scenario:
    """Return a scenario that extends the parent and says ``text`` besides."""
    return read_text(f"title: child\nextends: parent.yaml\n{text}", "child", folder)


def level(scenario: Scenario, lever: str, day: date, place: int = 0) -> float:
    """Return the level of a lever in the first week on or after a day, not aimed at anyone."""
    found = levels(scenario)
    return float(found.place[found.segment[scenario.week_of(day)], LEVER_INDEX[lever], place])


def test_what_is_taken_over(folder: Path) -> None:
    """Everything but name, title and story."""
    parent, heir = load_scenario(folder / "parent.yaml"), child(folder)
    assert (heir.name, heir.title, heir.story) == ("child", "child", "")
    for field in ("start", "stop", "country", "policies", "events", "sources", "replicates"):
        assert getattr(heir, field) == getattr(parent, field)
    assert dict(heir.changes) == {"wage": 0.4, "absorption": 0.0}


def test_its_own_words_hold(folder: Path) -> None:
    """Parameters replace, sources add, replicates and dates replace."""
    heir = child(
        folder,
        "parameters: {wage: 0.5}\nsources: [a paper, a book]\nreplicates: 3\nstop: 2015-06-01",
    )
    assert dict(heir.changes) == {"wage": 0.5, "absorption": 0.0}
    assert heir.sources == ("a book", "a paper")
    assert (heir.replicates, heir.stop) == (3, date(2015, 6, 1))


def test_its_policies_lie_over_the_inherited(folder: Path) -> None:
    """Where they overlap the child's holds, elsewhere the parent's."""
    heir = child(
        folder,
        "policies: [{lever: confrontation, level: 2, unit: times, start: 2012-01-01, "
        "stop: 2013-01-01, states: [AGS], source: assumed}]",
    )
    assert level(heir, "confrontation", date(2012, 6, 1), place=0) == 2.0
    assert level(heir, "confrontation", date(2012, 6, 1), place=1) == 0.5
    assert level(heir, "confrontation", date(2013, 6, 1), place=0) == 0.5
    assert level(child(folder), "confrontation", date(2012, 6, 1)) == 0.5


def test_layers_count_up_along_the_chain(folder: Path) -> None:
    """A grandchild's policies override its parent's, which override the grandparent's."""
    own = "policies: [{{lever: confrontation, level: {}, unit: times, source: assumed}}]"
    (folder / "middle.yaml").write_text(f"title: m\nextends: parent.yaml\n{own.format(3)}\n")
    last = read_text(f"title: l\nextends: middle.yaml\n{own.format(4)}", "last", folder)
    found = [(p.layer, p.level) for p in last.policies if p.lever == "confrontation"]
    assert found == [(0, 0.5), (1, 3.0), (2, 4.0)]
    assert level(last, "confrontation", date(2012, 6, 1)) == 4.0


def test_dropped_names_are_gone(folder: Path) -> None:
    """A policy and an event, by name, and their names are free again."""
    heir = child(
        folder,
        "drop: [always, fall]\n"
        "policies: [{name: always, lever: focus, level: 1, unit: share, source: assumed}]",
    )
    assert [p.label for p in heir.policies] == ["late", "always"]
    assert heir.events == ()
    assert level(heir, "confrontation", date(2012, 6, 1)) == 1.0


def test_unsaid_dates_are_those_of_the_run(folder: Path) -> None:
    """A policy without dates lasts as long as the run in which it ends up."""
    assert load_scenario(folder / "parent.yaml").policies[0].stop == date(2016, 1, 1)
    longer = child(folder, "stop: 2020-01-01")
    assert (longer.policies[0].start, longer.policies[0].stop) == (longer.start, longer.stop)
    assert longer.policies[1].stop == date(2015, 1, 1)


def test_what_lies_outside_a_shorter_run_falls_away(folder: Path) -> None:
    """Inherited policies are cut to the run; what is wholly outside is left out."""
    cut = child(folder, "stop: 2014-05-01")
    assert [p.stop for p in cut.policies] == [date(2014, 5, 1)] * 2
    assert cut.events == ()
    assert [p.label for p in child(folder, "stop: 2013-01-01").policies] == ["always"]


def test_finer_places_take_the_same_scenario(folder: Path) -> None:
    """A scenario of states runs on municipalities: each has the level of its state."""
    fine = child(folder, "country: mexico-municipalities")
    state = fine.country.geography.state
    found = levels(fine)
    row = found.place[found.segment[fine.week_of(date(2014, 6, 1))], LEVER_INDEX["arrests"]]
    jalisco_and_colima = np.isin(state, [13, 5])
    assert set(row[jalisco_and_colima]) == {2.0}
    assert set(row[~jalisco_and_colima]) == {1.0}


def test_states_are_read_by_any_of_their_names() -> None:
    """Code, abbreviation, other name, without accents: all come to the name as it is spelt."""
    policy = "lever: arrests, level: 2, unit: times, source: assumed"
    text = f"title: x\npolicies: [{{{policy}, states: [09, mich, nuevo leon, Edomex]}}]"
    assert read_text(text).policies[0].states == (
        "Ciudad de México",
        "Michoacán",
        "Nuevo León",
        "México",
    )


def test_an_aim_at_one_may_differ_from_what_holds_for_all() -> None:
    """A policy against one cartel does not contradict one against all; two against it do."""
    entry = "{{lever: arrests, level: {}, unit: times, source: assumed{}}}"
    for_all, against = entry.format(2, ""), entry.format(3, ", targets: [cjng]")
    also_against = entry.format(4, ", targets: [zetas, cjng]")
    assert len(read_text(f"title: x\npolicies: [{for_all}, {against}]").policies) == 2
    with pytest.raises(ScenarioFileError, match=r"policies\[1\].level: 4 contradicts"):
        read_text(f"title: x\npolicies: [{against}, {also_against}]")


def test_a_restored_baseline_is_a_change_over_a_parent(folder: Path) -> None:
    """The baseline level touches nothing by itself, and something over a parent that left it."""
    back = "policies: [{lever: confrontation, level: 1, unit: times, source: assumed}]"
    assert level(child(folder, back), "confrontation", date(2012, 6, 1)) == 1.0
    with pytest.raises(ScenarioFileError, match="touches nothing"):
        read_text(f"title: x\n{back}")


@pytest.mark.attack
@settings(max_examples=150, deadline=None)
@given(
    at=st.integers(0, len(PARENT)),
    cut=st.integers(0, 12),
    put=st.text("ab:-[]{}&*!|>'\"#%@`, \n\t01.=\x07é", max_size=6),
)
def test_no_text_brings_a_traceback(at: int, cut: int, put: str) -> None:
    """Whatever a slip of the hand does to a file, it loads or gives the one error in one line."""
    text = PARENT[:at] + put + PARENT[at + cut :]
    try:
        assert read_text(text, "slip", FOLDER).title
    except ScenarioFileError as error:
        assert "\n" not in str(error)
        assert str(error).startswith("slip")
