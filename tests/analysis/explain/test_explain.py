"""What an explanation says is counted from the saved files, in two languages that say the same."""

from __future__ import annotations

import functools
import re
import string
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from plazas.analysis.cli import app as cli
from plazas.analysis.experiment import disk
from plazas.analysis.experiment.ensemble import Ensemble
from plazas.analysis.experiment.run import read_results, run, save
from plazas.analysis.explain import ExplainError, explain, facts, notes, years
from plazas.analysis.explain import saved as reading
from plazas.analysis.explain.account import of_place
from plazas.analysis.explain.divergence import first_events, first_month
from plazas.analysis.explain.language import TEXTS, Language
from plazas.analysis.explain.saved import Saved
from plazas.model import labels, levers
from plazas.model.events import NO_GANG, EventKind
from plazas.model.levers import Policy
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation
from plazas.scenarios import load_scenario

STATE = "Midvale"
BEGINS = date(2013, 1, 1)


@pytest.fixture(scope="module")
def country() -> Scenario:
    """Return the classroom country, with a split more."""
    scenario = load_scenario("classroom")
    split = Event("split", date(2012, 3, 2), "lantern")
    return replace(scenario, events=(*scenario.events, split))


@pytest.fixture(scope="module")
def folder(country: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(run(country, 2, seed=1), tmp_path_factory.mktemp("runs") / "plain")


@pytest.fixture(scope="module")
def other(country: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of the same seed with a policy from ``BEGINS`` on."""
    arrests = Policy("arrests", 3.0, BEGINS, country.stop)
    changed = replace(country, name="arrests", policies=(*country.policies, arrests))
    return save(run(changed, 2, seed=1), tmp_path_factory.mktemp("runs") / "arrests")


@functools.cache  # no test changes what it sees
def see(folder: Path, state: str = STATE, replicate: int = 0) -> Saved:
    ensemble, scenario, chosen = reading.read(folder, replicate)
    place = scenario.country.geography.index(state)
    return reading.seen_from(folder, ensemble, scenario, chosen, place)


def log(ensemble: Ensemble, code: str) -> pd.DataFrame:
    events = ensemble.events
    return events[(events["replicate"] == 0) & (events["place"] == code)]


def events_of(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return a log made up of rows, with its words as they are read from a file."""
    texts = ["kind", "place", "cartel", "other"]
    frame = pd.DataFrame(rows)
    return frame.assign(
        **{name: pd.Series([row[name] for row in rows], dtype=object) for name in texts}
    )


@functools.cache
def flipped_states(folder: Path) -> list[str]:
    """Return the states in which the lead changed, of the first replicate."""
    events = read_results(folder).events
    flips = events[(events["kind"] == "flip") & (events["replicate"] == 0)]
    names = load_scenario("classroom").country.geography.names
    return [names[int(code) - 1] for code in flips["place"].unique()]


def words(account: object) -> str:
    """Return an account on one line, with plain spaces."""
    return " ".join(str(account).replace("\N{NO-BREAK SPACE}", " ").split())


# --- who led, and what flipped it ----------------------------------------------------------
def test_reigns_are_the_flips_of_the_log(folder: Path) -> None:
    ensemble = read_results(folder)
    for state in flipped_states(folder):
        saved = see(folder, state)
        found = facts.reigns(saved)
        flips = log(ensemble, saved.code).query("kind == 'flip'")
        assert [(r.began, r.cartel) for r in found[1:]] == list(
            zip(flips["date"], flips["cartel"], strict=True)
        )
        assert [r.ended for r in found] == [*flips["date"], None]
        assert found[0].began == saved.months[0]
        for reign in found:
            row = saved.heads.iloc[saved.at(reign.began)]
            assert reign.cartel == row.idxmax()
            assert reign.first_share == pytest.approx(row.max() / row.sum())
    assert len(flipped_states(folder)) > 1, "no state flipped: the test compares nothing"


def test_what_came_with_a_flip_is_counted_from_the_log(folder: Path) -> None:
    ensemble, seen = read_results(folder), 0
    for state in flipped_states(folder):
        saved = see(folder, state)
        for before, after in zip(facts.reigns(saved), facts.reigns(saved)[1:], strict=False):
            flip = facts.flip(saved, after.cartel, before.cartel, after.began)
            events = log(ensemble, saved.code)
            until = after.began.replace(day=1)
            assert flip.since == max(saved.months[0], until - pd.DateOffset(months=12))
            events = events[(events["date"] >= flip.since) & (events["date"] < until)]
            joined = events[(events["kind"] == "absorbed") & (events["cartel"] == after.cartel)]
            assert (flip.new.cartel, flip.old.cartel) == (after.cartel, before.cartel)
            mine = flip.new.moves
            assert facts.total(mine.joined) == (len(joined), joined["amount"].sum())
            former = Counter(joined["other"].astype(object).where(joined["other"].notna(), None))
            assert {key: n.gangs for key, n in mine.joined.items()} == former
            presence = ensemble.presence.query("replicate == 0").set_index(["month", "cartel"])
            heads = presence[presence["code"] == saved.code]["members"]
            at = [int(heads.get((month, after.cartel), 0)) for month in (flip.since, until)]
            assert [flip.new.before, flip.new.after] == at
            assert sum(flip.parts.values()) == flip.gap
            seen += len(joined)
    assert seen > 0


def test_the_parts_of_a_gap_are_those_of_a_made_up_log(folder: Path) -> None:
    """Every kind of move, on a log of which the answer is known."""
    saved = see(folder)
    first, day = pd.Timestamp(2012, 6, 1), pd.Timestamp(2013, 3, 1)
    moved = [
        ("absorbed", "ember", None, 10),  # joins the new leader
        ("absorbed", "ember", "lantern", 7),  # crosses over
        ("absorbed", "lantern", "ember", 2),  # and back
        ("absorbed", "tide", "lantern", 5),  # leaves the old one
        ("independent", "ember", None, 3),  # leaves the new one
        ("absorbed", "lantern", "anvil", 4),  # joins the old one
        ("cell", "ember", None, 20),
        ("rise", "ember", "lantern", 50),  # as if it had risen only then
        ("absorbed", "tide", "anvil", 100),  # neither's
    ]
    rows = [
        {"date": first, "kind": kind, "place": saved.code, "cartel": cartel, "other": former,
         "amount": n, "gang": i}
        for i, (kind, cartel, former, n) in enumerate(moved)
    ]  # fmt: skip
    made_up = replace(saved, events=events_of(rows))
    flip = facts.flip(made_up, "ember", "lantern", day)
    rest = flip.parts.pop("rest")
    assert flip.parts == {
        "joined": 10,
        "crossed": 2 * (7 - 2),
        "cells": 20,
        "split": 0,
        "risen": 50,
        "left": 5,
        "lost": -3,
        "won": -4,
    }
    assert rest == flip.gap - sum(flip.parts.values())
    assert flip.new.moves.left == {"lantern": (1, 2), None: (1, 3)}


# --- fronts --------------------------------------------------------------------------------
def test_fronts_of_a_year_are_those_of_the_saved_table(folder: Path) -> None:
    ensemble, shown = read_results(folder), 0
    for state in load_scenario("classroom").country.geography.names:
        saved = see(folder, state)
        table = ensemble.fronts
        table = table[(table["replicate"] == 0) & (table["code"] == saved.code)]
        for year in (2010, 2013, 2018):
            rows = table[table["month"].dt.year == year]
            total = rows.groupby(["cartel", "other"], observed=True)["deaths"].sum()
            found = years.fronts_here(saved, year)
            assert {front.pair: front.deaths for front in found} == pytest.approx(
                {pair: deaths for pair, deaths in total.items() if deaths >= years.SHOWN_DEATHS}
            )
            deaths = [front.deaths for front in found]
            assert deaths == sorted(deaths, reverse=True)
            for front in found:
                fought = rows[(rows["cartel"] == front.pair[0]) & (rows["other"] == front.pair[1])]
                assert front.months == fought["month"].nunique() <= 12
                opened = fought["opened"].min()
                assert front.opened in (None, opened)
                assert (front.opened is None) == (opened < pd.Timestamp(2010, 1, 1))
                shown += 1
    assert shown > 5, "few fronts: the test compares little"


def test_an_account_names_the_fronts_of_a_year(folder: Path) -> None:
    state, year, front = max(
        (
            (state, year, front)
            for state in load_scenario("classroom").country.geography.names
            for year in range(2010, 2020)
            for front in years.fronts_here(see(folder, state), year)[:1]
        ),
        key=lambda item: item[2].deaths,
    )
    for language, text in (("en", "Fronts there: "), ("es", "Frentes allí: ")):
        say = Language(language, dict(see(folder, state).cartels["name"]))
        account = words(explain(folder, state, year=year, language=language))
        fronts = account.partition(text)[2]
        assert fronts.startswith(f"{say.cartel(front.pair[0])} ({100 * front.shares[0]:.0f} %)")
        assert say.cartel(front.pair[1]) in fronts
        assert f": {front.deaths:,.0f} " in fronts


def test_a_place_without_fronts_says_so(folder: Path) -> None:
    """The control: what is reported comes from the table of fronts."""
    saved = see(folder)
    bare = replace(saved, fronts=saved.fronts.iloc[:0])
    account = of_place(bare, Language("en", dict(saved.cartels["name"])), 2012, None)
    assert "No cartels fought there." in words(account)
    assert "Fronts there" not in words(account)


def test_a_front_that_opens_bears_on_its_own_place_alone(folder: Path) -> None:
    saved = see(folder)
    pair = saved.shares.mean().sort_values().index[-2:]
    month = pd.Timestamp(2012, 6, 1)
    rows = [
        {"date": month, "kind": "front_opens", "place": place, "cartel": pair[0],
         "other": pair[1], "amount": 0, "gang": NO_GANG}
        for place in (saved.code, "elsewhere")
    ]  # fmt: skip
    made_up = replace(saved, events=events_of(rows))
    found = notes.notes(made_up, month, month + pd.DateOffset(months=1))
    shares = [saved.share(key, saved.at(month)) for key in pair]
    opened = [note for note in found if note.kind == "front_opens"]
    assert len(opened) == 1
    assert opened[0].weight == pytest.approx(4.0 * shares[0] * shares[1])


# --- years ---------------------------------------------------------------------------------
def test_years_are_counted_from_the_monthly_series(folder: Path) -> None:
    saved, ensemble = see(folder), read_results(folder)
    found = years.years(saved)
    assert list(found) == list(range(2010, 2020))
    places = ensemble.places[ensemble.places["replicate"] == 0]
    here = places[places["code"] == saved.code]
    by_year = here.groupby(here["month"].dt.year)[["homicides", "killed_by_forces"]].sum()
    nation = places.groupby(places["month"].dt.year)["homicides"].sum()
    for year, counted in found.items():
        assert counted.homicides == by_year["homicides"][year]
        assert counted.by_forces == by_year["killed_by_forces"][year]
        assert counted.ratio == pytest.approx(counted.homicides / by_year["homicides"].mean())
        assert counted.nation_ratio == pytest.approx(nation[year] / nation.mean())
        assert counted.others > 0
    worst = years.deadliest(found)
    assert worst[0].homicides == by_year["homicides"].max()
    assert all(year.ratio >= years.HIGH for year in worst[1:])


def test_a_part_of_a_year_is_compared_with_nothing(country: Scenario, tmp_path: Path) -> None:
    short = replace(country, stop=date(2010, 9, 1), policies=(), events=())
    folder = save(run(short, 1), tmp_path / "out")
    text = words(explain(folder, STATE))
    assert "No calendar year was run in full" in text
    with pytest.raises(ExplainError, match=r"year 2010 was not run in full; .* has no whole year"):
        explain(folder, STATE, year=2010)


# --- the account ---------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_account_says_what_was_counted(folder: Path, language: str) -> None:
    for state in flipped_states(folder)[:2]:
        saved = see(folder, state)
        text = words(explain(folder, state, language=language))
        say = Language(language, dict(saved.cartels["name"]))
        last = facts.reigns(saved)[-1]
        assert say.cartel(last.cartel) in text
        assert say.day(last.began) in text
        for year in years.deadliest(years.years(saved))[:2]:
            assert f"{year.homicides:,}" in text
            assert f"{year.ratio:.2f}" in text
            for key, _ in year.shares:
                assert say.cartel(key) in text
        for front in years.deadliest(years.years(saved))[0].fronts:
            assert f"({100 * front.shares[0]:.0f} %)" in text
        assert not re.search(r"\{|\}|\b(de el|a el|None|nan)\b|  ", text)


def test_both_languages_tell_the_same_numbers(folder: Path, other: Path) -> None:
    def numbers(text: str) -> Counter[str]:
        bare = re.sub(r"\b\d{1,2} (de )?[A-Za-z]+ (de )?\d{4}", " ", text)
        return Counter(re.findall(r"\d[\d,.]*\d|\d", bare.replace("1 - HHI", "")))

    for more in ({}, {"year": 2012}, {"cartel": "ember"}, {"against": other}):
        english = explain(folder, STATE, **more)
        spanish = explain(folder, STATE, language="es", **more)
        assert len(english.sections) == len(spanish.sections)
        assert [len(s.paragraphs) for s in english.sections] == [
            len(s.paragraphs) for s in spanish.sections
        ]
        assert numbers(words(english)) == numbers(words(spanish)), more
        assert english.sections[-1].paragraphs != spanish.sections[-1].paragraphs


def test_the_account_follows_the_file(folder: Path) -> None:
    """The control: without the gangs that joined in the log, none is mentioned."""
    ensemble, _, _ = reading.read(folder)
    state = flipped_states(folder)[0]
    assert " joined " in words(explain(folder, state))
    kept = ensemble.events[ensemble.events["kind"] != "absorbed"]
    bare = folder.parent / "bare"
    save(replace(ensemble, events=kept), bare)
    assert "gangs with" not in words(explain(bare, state))


def test_it_reads_saved_results_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a run was started")

    monkeypatch.setattr(Simulation, "__init__", refuse)
    assert explain(folder, STATE, replicate=1).sections


def test_one_year_and_one_cartel_narrow_it_down(folder: Path) -> None:
    one = words(explain(folder, STATE, year=2012))
    assert "Homicides in 2012: " in one
    assert "Homicides in 2018: " not in one
    saved = see(folder)
    text = words(explain(folder, STATE, cartel="ember"))
    most = saved.shares["ember"].max()
    assert f"{100 * most:.0f} %, with " in text
    assert "The Ember here" in text
    faction = next(key for key in saved.cartels.index if "/" in key)
    assert Language("es", dict(saved.cartels["name"])).cartel(faction).startswith("la facción ")
    away = next(s for s in load_scenario("classroom").country.geography.names if s != STATE)
    assert words(explain(folder, away, cartel=faction)).count("faction") > 0


def test_brief_reigns_are_described_together(folder: Path) -> None:
    saved = see(folder)
    days = [pd.Timestamp(2012, month, 1) for month in (1, 3, 4, 6)]
    sides = ["lantern", "tide"]
    rows = [
        {"date": day, "kind": "flip", "place": saved.code, "cartel": sides[i % 2 == 0],
         "other": sides[i % 2], "amount": 1, "gang": 0}
        for i, day in enumerate(days)
    ]  # fmt: skip
    made_up = replace(saved, events=events_of(rows))
    account = of_place(made_up, Language("en", dict(saved.cartels["name"])), None, None)
    text = words(account)
    assert (
        "From 1 January 2012 to 1 June 2012 the lead changed hands 3 times, among "
        "The Tide and The Lantern." in text
    )
    assert "The lead changed hands 4 times" in text


# --- two runs ------------------------------------------------------------------------------
def test_two_runs_diverge_where_their_logs_do(folder: Path, other: Path) -> None:
    a, b = see(folder), see(other)
    month = first_month(a, b)
    assert month is not None
    assert a.months[month] >= pd.Timestamp(BEGINS)
    everybody = a.heads.columns.union(b.heads.columns)
    mine, theirs = (s.heads.reindex(columns=everybody, fill_value=0)[:month] for s in (a, b))
    assert mine.equals(theirs)
    for code in (None, a.code):
        found = first_events(a, b, code)
        assert found is not None
        day, mine, yours = found
        assert day >= pd.Timestamp(BEGINS)
        logs = [s.events if code is None else s.here for s in (a, b)]
        before = [events[events["date"] < day].reset_index(drop=True) for events in logs]
        assert before[0].equals(before[1])
        assert mine or yours
        in_week = [reading.listed(events[events["date"] == day]) for events in logs]
        assert all(event in in_week[0] and event not in in_week[1] for event in mine)
        assert all(event in in_week[1] and event not in in_week[0] for event in yours)
    text = words(explain(folder, STATE, against=other))
    for saved in (a, b):
        assert f"{saved.series['homicides'].iloc[month:].sum():,.0f} in {saved.scenario.name}" in (
            text
        )
    assert Language("en", {}).day(found[0]) in text


def test_a_run_never_diverges_from_itself(folder: Path) -> None:
    text = words(explain(folder, STATE, against=folder))
    assert "are the same to the end" in text
    assert "the logs never differ" in text
    assert "What follows" not in text


def test_runs_of_two_seeds_are_not_compared(
    country: Scenario, folder: Path, tmp_path: Path
) -> None:
    strange = save(run(country, 1, seed=5), tmp_path / "seed5")
    with pytest.raises(ExplainError, match=r"cannot be compared: the seed differs \(1 and 5\)"):
        explain(folder, STATE, against=strange)
    with pytest.raises(ExplainError, match=r"replicate 1 is not in .*seed5; it has 0"):
        explain(folder, STATE, replicate=1, against=strange)


def test_parameters_that_differ_are_named(country: Scenario, folder: Path, tmp_path: Path) -> None:
    changed = replace(country, changes={**country.changes, "bystanders": 1.0})
    fewer = save(run(changed, 1, seed=1), tmp_path / "fewer")
    text = words(explain(folder, STATE, against=fewer))
    assert "Their parameters differ: bystanders." in text
    assert "differ: " not in words(explain(folder, STATE, against=folder))


# --- texts ---------------------------------------------------------------------------------
def test_every_text_has_the_same_parts_in_both_languages() -> None:
    for key, pair in TEXTS.items():
        english, spanish = (
            {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
            for text in pair.values()
        )
        assert english == spanish, key
        assert all(text.strip() for text in pair.values()), key
    clauses = labels.table()
    assert {f"event.{kind.name.lower()}" for kind in EventKind} <= set(clauses)
    assert {f"lever.{lever.name}.clause" for lever in levers.LEVERS} <= set(clauses)


def test_every_cartel_of_mexico_has_a_spanish_name(tmp_path: Path) -> None:
    start = load_scenario("historical").country.start
    spanish = Language("es", {row.key: row.name for row in start.cartels})
    english = Language("en", {row.key: row.name for row in start.cartels})
    for row in start.cartels:
        assert "Cartel" not in spanish.cartel(row.key)
        assert set(english.cartel(row.key).split()) & set(row.name.replace(",", "").split())
    assert spanish.cartel("gulf/2") == "la facción 2 del Cártel del Golfo"
    assert english.cartel("gulf/2") == "faction 2 of the Gulf Cartel"
    risen = {"gto-1": "Guanajuato, local group 1"}
    assert Language("en", risen).cartel("gto-1/2") == "faction 2 of local group 1 of Guanajuato"
    assert Language("es", risen).cartel("gto-1") == "el grupo local 1 de Guanajuato"
    assert spanish.day(date(2018, 12, 1)) == "1 de diciembre de 2018"
    assert english.day(date(2018, 12, 1)) == "1 December 2018"
    assert spanish.members(1) == "un integrante"
    assert english.members(1200) == "1,200 members"


# --- the command ---------------------------------------------------------------------------
def command(*said: str | Path) -> tuple[int, str, str]:
    found = CliRunner().invoke(cli.app, ["explain", *(str(word) for word in said)])
    return found.exit_code, found.stdout, found.stderr


def test_the_command_prints_the_account(folder: Path, other: Path) -> None:
    code, out, _ = command(folder, "--state", "midvale", "--lang", "es", "--replicate", 1)
    assert code == 0
    assert words(out) == words(explain(folder, STATE, replicate=1, language="es"))
    assert max(len(line) for line in out.splitlines()) <= 100
    code, out, _ = command(folder, "--state", "MV", "--against", other)
    assert (code, words(out)) == (0, words(explain(folder, STATE, against=other)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--state", "Midvalle"), "'Midvalle' is none of the 8 classroom states; did you mean "),
        (("--state", "Midvale", "--replicate", "7"), "replicate 7 is not in "),
        (("--state", "Midvale", "--year", "2031"), "year 2031 was not run in full; "),
        (("--state", "Midvale", "--cartel", "embr"), "unknown cartel 'embr'; did you mean 'ember'"),
        (("--state", "Midvale", "--lang", "fr"), "unknown language 'fr'; allowed: en, es"),
        (("--state", "Midvale", "--against", "nowhere"), "nowhere: holds no results"),
        ((), "Missing option '--state'"),
    ],
)
def test_mistakes_are_reported_in_one_line(folder: Path, options: tuple, message: str) -> None:
    code, out, err = command(folder, *options)
    assert code == 2
    assert not out
    assert message in err
    assert len(err.splitlines()) == 1


def test_what_is_no_run_is_named(tmp_path: Path) -> None:
    code, _, err = command(tmp_path, "--state", "Midvale")
    assert (code, "holds no results" in err) == (2, True)
    short = tmp_path / "short.yaml"
    short.write_text(
        "title: Short\nextends: classroom\nstop: 2011-01-01\ndrop: [army, anvil-leader-captured]\n"
    )
    more = tmp_path / "more.yaml"
    more.write_text(
        "title: More\nextends: short.yaml\npolicies:\n  - {name: raid, lever: arrests, level: 3, "
        "unit: times, start: 2010-06-01, source: made up}\n"
    )
    out = tmp_path / "both"
    words_ = ["compare", str(short), str(more), "--replicates", "2", "--out", str(out)]
    assert CliRunner().invoke(cli.app, words_).exit_code == 0
    code, _, err = command(out, "--state", "Midvale")
    assert code == 2
    assert f"is a comparison; name one of {out / 'results' / 'short'}, " in err
    inside = [out / "results" / name for name in ("short", "more")]
    code, text, _ = command(inside[0], "--state", "Midvale", "--against", inside[1])
    assert code == 0
    assert "Midvale: where short and more diverge" in words(text)


def test_a_damaged_note_of_origin_is_named(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in folder.iterdir():
        (broken / path.name).write_bytes(path.read_bytes())
    note = broken / "provenance.json"
    note.write_text(note.read_text().replace('"country": "classroom"', '"country": "atlantis"'))
    code, _, err = command(broken, "--state", "Midvale")
    assert code == 2
    assert f"{note}: is damaged: its digest is not the one in {disk.SUMS}" in err
    disk.write_sums(broken)
    code, _, err = command(broken, "--state", "Midvale")
    assert code == 2
    assert "the scenario cannot be read from it" in err
