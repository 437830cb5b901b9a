"""What agents say happened to them: the whole truth as far as the log has it, and no more."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from plazas.model import labels
from plazas.model.agents import Gang
from plazas.model.events import EventKind
from plazas.model.history import Entry, beginning
from plazas.model.model import CartelModel
from plazas.model.scenario import Event, Scenario
from plazas.model.world import CELL, DIVIDED, FORMED, INITIAL

WEEKS = 60
#: much moves: cells, divisions, new gangs, gangs that join and leave, splits, an end, new cartels
RESTLESS = {
    "formation": 16.0,
    "expansion": 1.0,
    "cell_cost": 200.0,
    "treasury_2010": 20.0,
    "division_size": 110.0,
    "disloyal": 0.7,
    "utility_loyalty": 2.0,
    "smallest_split": 2000.0,
    "orphaned": 0.4,
    "smallest_rise": 20.0,
}
EVENTS = (
    Event("split", date(2010, 2, 5), "zetas"),
    Event("split", date(2010, 4, 2), "sinaloa"),
    Event("split", date(2010, 8, 6), "zetas"),
    Event("killed", date(2010, 5, 7), "tijuana_breakaway", heir=False),
    Event("rise", date(2010, 6, 4), "zetas", state="09"),
    Event("rise", date(2010, 9, 3), "sinaloa", state="15"),
)

Lives = dict[int, list[tuple[date, int]]]  #: by the id of a gang: from when it served whom


@pytest.fixture(scope="module")
def restless(small) -> Scenario:
    return small(WEEKS, RESTLESS, events=EVENTS)


@pytest.fixture(scope="module")
def lived(restless: Scenario) -> tuple[CartelModel, Lives]:
    """Return a model at its end, and whom each gang really served, watched week by week."""
    model = CartelModel(restless)
    lives: Lives = {}
    for week in range(WEEKS + 1):
        table = model.gang_table[model.gang_table["members"] > 0]
        for name, serves in zip(table["id"].tolist(), table["allegiance"].tolist(), strict=True):
            life = lives.setdefault(name, [(model.first_day(beginning(name).week), serves)])
            if life[-1][1] != serves:
                life.append((model.first_day(week - 1), serves))
        if week < WEEKS:
            model.run(1)
    return model, lives


def served(entries: list[Entry]) -> list[tuple[date, str | None]]:
    """Return from when a gang served whom, as its history has it."""
    return [(e.date, None if e.kind in ("independent", "adrift") else e.cartel) for e in entries]


def week_by_week(
    life: list[tuple[date, str | None]],
) -> list[tuple[date, str | None]]:
    """Return what still held when its week ended, where that changed.

    A gang may join and follow a faction in one week, or join and be set adrift.
    """
    ends = [
        one
        for one, after in zip(life, [*life[1:], None], strict=True)
        if after is None or after[0] != one[0]
    ]
    return [one for i, one in enumerate(ends) if i == 0 or one[1] != ends[i - 1][1]]


def living(model: CartelModel) -> list[Gang]:
    return list(model.agents.select(lambda agent: isinstance(agent, Gang)))


def test_a_history_tells_whom_the_gang_really_served(lived) -> None:
    model, lives = lived
    keys = [*model.cartel_names()[0], None]
    kinds = set()
    for gang in living(model):
        kinds |= {entry.kind for entry in gang.history}
        logged = week_by_week(served(gang.history))
        truth = week_by_week([(day, keys[serves]) for day, serves in lives[gang.id]])
        if beginning(gang.id).kind == DIVIDED and logged[0][1] is None:
            truth = truth[-len(logged) :]  # whom it served before it was on its own is in no log
        assert [whom for _, whom in logged] == [whom for _, whom in truth], gang
        open_ended = {e.date: e.words[-10:] for e in gang.history if " up to " in e.words}
        for (day, _), (really, _) in zip(logged[1:], truth[1:], strict=True):
            if day in open_ended:  # the log leaves open which of several breaks it was
                assert day <= really <= date.fromisoformat(open_ended[day])
            else:
                assert day == really, gang
    assert {"began", "absorbed", "independent", "followed", "adrift", "federated"} <= kinds
    changed = [gang for gang in living(model) if len(lives[gang.id]) > 2]
    assert changed, "no gang changed sides twice: the test compares little"


def test_how_a_gang_began_is_in_its_id(lived) -> None:
    model, _ = lived
    found: dict[int, Gang] = {}
    for gang in living(model):
        first = gang.history[0]
        place, week, kind, _ = beginning(gang.id)
        found.setdefault(kind, gang)
        assert first.kind == "began"
        assert first.date == gang.founded == model.first_day(week)
        assert model.state_views[place].name in first.words
        if kind == CELL:
            assert first.cartel is not None
        assert (kind == CELL) == first.words.startswith("founded in ")
    assert set(found) == {FORMED, DIVIDED, CELL, INITIAL}
    words = {kind: gang.history[0].words for kind, gang in found.items()}
    assert "unaffiliated" in words[FORMED]
    assert "grown too large" in words[DIVIDED]
    assert "with 20 members" in words[CELL]
    assert "when the run began" in words[INITIAL]


def test_the_gang_that_has_ended_still_has_its_history(restless: Scenario) -> None:
    model = CartelModel(restless)
    gang = next(g for g in living(model) if g.cartel is not None and g.cartel.key == "zetas")
    before = gang.history
    gang.remove()
    assert gang.ended
    assert gang.history == before
    assert before[0].words.endswith("a unit of Los Zetas")


def test_what_was_done_by_hand_is_not_made_up(small) -> None:
    model = CartelModel(small(8))
    local = next(g for g in living(model) if g.cartel is None)
    unit = next(g for g in living(model) if g.cartel is not None)
    local.cartel, unit.cartel = model.cartel("cjng"), None
    model.run(1)
    for gang, whom in ((local, "cjng"), (unit, None)):
        assert gang.history[-1].kind == "served"
        assert gang.history[-1].cartel == whom
        assert "not in the log" in gang.history[-1].words


def test_agents_are_selected_by_what_happened_to_them(lived) -> None:
    model, lives = lived
    turncoats = model.agents.select(
        lambda agent: isinstance(agent, Gang) and len(agent.history) > 2
    )
    assert {g.id for g in turncoats} == {g.id for g in living(model) if len(g.history) > 2}
    assert 0 < len(turncoats) < len(lives)
    table = pd.DataFrame(next(iter(turncoats)).history)
    assert list(table.columns) == ["date", "kind", "cartel", "other", "amount", "words"]
    assert len(table) > 2


def test_states_and_cartels_tell_what_the_log_has_of_them(lived) -> None:
    model, _ = lived
    events = model.results().events
    jalisco, sinaloa = model.state("Jalisco"), model.cartel("sinaloa")
    here = events[events["place"] == jalisco.code]
    assert [(e.date, e.kind) for e in jalisco.history] == [
        (row.date.date(), row.kind) for row in here.itertuples()
    ]
    of_it = events[(events["cartel"] == "sinaloa") | (events["other"] == "sinaloa")]
    of_it = of_it[of_it["gang"].isna()]
    assert [(e.date, e.kind, e.amount) for e in sinaloa.history] == [
        (row.date.date(), row.kind, row.amount) for row in of_it.itertuples()
    ]
    split = next(e for e in sinaloa.history if e.kind == "split")
    assert str(split).startswith(
        "2010-04-02: Sinaloa Cartel, faction 2 broke away from Sinaloa Cartel with "
    )


def test_every_kind_of_event_has_words(lived) -> None:
    named = {key.split(".")[1] for key in labels.table() if key.startswith("event.")}
    assert named == {kind.name.lower() for kind in EventKind}
    model, _ = lived
    entries = [entry for state in model.state_views for entry in state.history]
    entries += [entry for cartel in model.cartel_views.values() for entry in cartel.history]
    assert len({entry.kind for entry in entries}) > 10
    for entry in entries:
        assert entry.words.strip() == entry.words, entry
        assert entry.words, entry
        assert "  " not in entry.words, entry
        assert not entry.words.endswith(" in"), entry


def test_a_history_writes_nothing(lived) -> None:
    model, _ = lived
    gangs = np.array(model.simulation.world.gangs)
    for gang in living(model)[:50]:
        _ = gang.history
    assert gangs.tobytes() == np.array(model.simulation.world.gangs).tobytes()
