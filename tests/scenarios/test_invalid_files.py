"""One bad file per mistake: the person who made it reads the file, the line, the word, the cure.

The control: with its one mistake put right, each file loads. So none is refused for another reason.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from plazas.scenarios import ScenarioFileError, load_scenario, read_text

FOLDER = Path(__file__).parents[1] / "scenarios_invalid"

# file: (line, words that the user sees, (what is wrong, what is right))
MISTAKES: dict[str, tuple[int | None, tuple[str, ...], tuple[str, str]]] = {
    # --- keys
    "unknown_key": (5, ("policies[0].levle", "'level'"), ("levle", "level")),
    "unknown_key_top": (2, ("'paramters'", "'parameters'"), ("paramters", "parameters")),
    "unknown_key_event": (6, ("events[0].cartle", "'cartel'"), ("cartle", "cartel")),
    "missing_title": (1, ("title: is missing",), ("policies:", "title: x\npolicies:")),
    "missing_unit": (
        3,
        ("policies[0].unit: is missing",),
        ("    st", "    unit: times\n    st"),
    ),
    "missing_source": (
        3,
        ("policies[0].source: is missing", "'assumed'"),
        ("    unit", "    source: assumed\n    unit"),
    ),
    "duplicate_key": (7, ("policies[0].level", "line 5 already"), ("    level: 3.0\n", "")),
    "duplicate_section": (10, ("policies", "line 2 already"), ("policies: []", "")),
    # --- levers, levels, units
    "unknown_lever": (4, ("'confrontaton'", "'confrontation'"), ("frontaton", "frontation")),
    "wrong_unit": (6, ("'percent'", "confrontation", "write: unit: times"), ("percent", "times")),
    "level_out_of_range": (5, ("20 is outside 0 to 10 times",), ("20\n", "2\n")),
    "level_not_a_number": (5, ("'double' is not a number",), ("double", "2")),
    "level_yes": (5, ("policies[0].level", "'yes' is not a number"), ("yes", "2")),
    "level_true": (5, ("policies[0].level", "true is not a number"), ("true", "2")),
    "level_quoted": (5, ("'2.0' is text", "without quotes"), ('"2.0"', "2.0")),
    "level_nan": (5, ("nan is not a finite number",), (".nan", "2")),
    "level_infinite": (5, ("inf is not a finite number",), (".inf", "2")),
    "level_list": (5, ("a list is not a number",), ("[2.0]", "2.0")),
    "level_empty": (6, ("policies[0].level", "is empty"), ("level:", "level: 2")),
    # --- dates
    "bad_date": (7, ("policies[0].start", "2015-02-30 is not in the calendar"), ("02-30", "02-28")),
    "date_in_words": (7, ("'1 January 2015'", "2013-01-31"), ("1 January 2015", "2015-01-01")),
    "start_outside_run": (
        7,
        ("policies[0].start", "2009-01-01 is outside the run, 2010-01-01 to 2025-01-01"),
        ("2009", "2011"),
    ),
    "stop_outside_run": (8, ("policies[0].stop", "2026-01-01 is outside"), ("2026", "2025")),
    "reversed_dates": (8, ("2016-01-01 is not after the start, 2017-01-01",), ("2017", "2015")),
    "run_reversed": (
        3,
        ("stop", "2025-01-01 to 2010-01-01 has no whole week"),
        ("start: 2025-01-01\nstop: 2010-01-01", "start: 2010-01-01\nstop: 2025-01-01"),
    ),
    "run_too_long": (2, ("longer than 100 years",), ("2200", "2100")),
    # --- states and cartels
    "unknown_state": (10, ("states[1]", "'Michoacann'", "'Michoacán'"), ("cann", "can")),
    "state_twice": (10, ("states[1]", "'JAL' names Jalisco again"), (", JAL", "")),
    "states_empty": (10, ("policies[0].states", "is empty"), ("[]", "[COL]")),
    "states_not_a_list": (10, ("must be a list", "'Jalisco'"), ("Jalisco", "[Jalisco]")),
    "state_as_number": (10, ("14 is not text", "quotes"), ("14", '"14"')),
    "unknown_target": (10, ("targets[0]", "'cjgn'", "'cjng'"), ("cjgn", "cjng")),
    "target_by_full_name": (10, ("targets[0]", "'cjng'"), ("Jalisco New Generation", "cjng")),
    "cannot_be_aimed": (
        10,
        ("drug_revenue cannot be aimed at cartels", "us_roundup"),
        ("    targets: [cjng]", ""),
    ),
    # --- costs
    "negative_cost": (10, ("policies[0].cost", "-1", "the least is 0"), ("-1", "1")),
    "cost_infinite": (10, ("policies[0].cost", "inf is not a finite"), ("1e999", "1e9")),
    # --- policies against each other
    "touches_nothing": (5, ("policies[0].level", "touches nothing"), ("1.0", "1.1")),
    "touches_nothing_over_parent": (6, ("touches nothing", "is 0.2"), ("0.2", "0.3")),
    "touches_no_week": (3, ("policies[0]", "no week begins"), ("2014-12-31", "2014-12-26")),
    "contradiction": (
        12,
        ("policies[1].level", "0.5 contradicts policies[0] (offensive)", "2015-01-01"),
        ("2015-06-01", "2016-01-01"),
    ),
    "contradiction_in_a_state": (13, ("0.5 contradicts policies[0]",), ("[Colima", "[Sonora")),
    "same_name": (
        10,
        ("'offensive' is already", "policies[0]"),
        ("offensive\n    lever: arrests", "o\n    lever: arrests"),
    ),
    "inherited_name": (
        4,
        ("'offensive' is already", "inherited", "drop it"),
        ("name: offensive", "name: o"),
    ),
    # --- shape
    "policies_as_mapping": (
        2,
        ("policies", "must be a list", "a mapping"),
        ("  name: offensive\n", "- name: offensive\n"),
    ),
    "list_at_the_top": (1, ("'key: value'", "a list"), ("- title", "title")),
    "mapping_due": (2, ("parameters", "'key: value'", "a list"), ("  - wage", "  wage: 0.4")),
    "title_as_number": (1, ("2013 is not text", "quotes"), ("2013", '"2013"')),
    "nested": (2, ("nested more than 8 deep",), ("[[[[[[[[[[x]]]]]]]]]]", "[x]")),
    "two_documents": (10, ("second document",), ("---\ntitle: Another\n", "")),
    # --- parameters
    "unknown_parameter": (3, ("'absorbtion'", "'absorption'"), ("absorb", "absorp")),
    "parameter_out_of_range": (3, ("parameters.wage", "7 is outside 0.14 to 0.7"), ("7", "0.7")),
    "parameter_false": (3, ("parameters.absorption", "false is not a number"), ("false", "0")),
    # --- events
    "unknown_event": (4, ("events[0].kind", "'capturd'", "'captured'"), ("capturd", "captured")),
    "unknown_cartel": (6, ("events[0].cartel", "'zeta'", "'zetas'"), ("zeta", "zetas")),
    "event_outside_run": (5, ("events[0].on", "2025-06-01 is outside"), ("2025", "2024")),
    "event_after_last_week": (5, ("2024-12-31", "the last whole week"), ("12-31", "12-01")),
    "event_without_other": (3, ("'war' is between two", "'other'"), ("war", "split")),
    "event_with_itself": (7, ("events[0].other", "'zetas'"), ("other: zetas", "other: gulf")),
    "event_needs_no_other": (7, ("'captured' takes no second",), ("    other: gulf\n", "")),
    "rise_without_state": (
        3,
        ("'rise' happens in a state", "missing"),
        ("kind: rise", "kind: split"),
    ),
    "event_needs_no_state": (6, ("'captured' takes no state",), ("    state: Coahuila\n", "")),
    "front_without_state": (
        3,
        ("'front_opens' happens in a state", "missing"),
        ("    source", "    state: Jalisco\n    source"),
    ),
    "front_without_other": (
        3,
        ("'front_held' is between two cartels", "missing"),
        ("    state", "    other: zetas\n    state"),
    ),
    "front_with_itself": (6, ("'cjng' is the first cartel too",), ("other: cjng", "other: zetas")),
    "front_in_unknown_state": (7, ("'Veracrus'", "'Veracruz'"), ("crus", "cruz")),
    "front_unknown_kind": (3, ("'front_open'", "'front_opens'"), ("front_open", "front_opens")),
    "front_takes_no_heir": (
        8,
        ("'front_held' does not take 'heir'", "captured, killed, ill"),
        ("    heir: true\n", ""),
    ),
    "front_opens_and_ends": (
        11,
        (
            "events[1].on: events[0] (attack) already decides on the front of "
            "'cjng' and 'zetas' in Veracruz in that week",
            "move it by a week",
        ),
        ("VER\n", "Oaxaca\n"),
    ),
    "front_in_peace": (
        9,
        ("events[1].on: events[0] already decides between 'cjng' and 'zetas' in that week",),
        ("2012-03-01\n    cartel: zetas", "2012-03-09\n    cartel: zetas"),
    ),
    "rise_in_unknown_state": (6, ("'Guanajuatto'", "'Guanajuato'"), ("atto", "ato")),
    "event_takes_no_heir": (7, ("'split'", "captured, killed, ill"), ("split", "ill")),
    "heir_no": (
        7,
        ("events[0].heir", "'no' is neither true nor false"),
        ("heir: no", "heir: false"),
    ),
    "two_fates": (
        11,
        ("events[1].on", "events[0] (fall) already changes the leader of 'zetas'"),
        ("2015-01-01\n    cartel: zetas\n    source", "2016-01-01\n    cartel: zetas\n    source"),
    ),
    "war_and_peace": (
        11,
        ("events[1].on", "events[0] (clash) already decides between", "'cjng'", "contradict"),
        ("2016-06-01\n    cartel: cjng", "2016-06-08\n    cartel: cjng"),
    ),
    "alliance_in_the_week_of_a_war": (
        11,
        ("events[1].on", "events[0] (clash)", "contradict each other", "move it by a week"),
        ("2016-05-31", "2016-05-20"),
    ),
    "same_war_twice": (
        11,
        ("events[1].on", "events[0] (clash)", "remove one"),
        (
            "cartel: sinaloa\n    other: cjng\n    source: assumed\n  -",
            "cartel: sinaloa\n    other: zetas\n    source: assumed\n  -",
        ),
    ),
    # --- what is extended
    "extends_long": (
        2,
        ("extends", "cannot be read", "too long"),
        (f"{300 * 'a'}.yaml", "historical"),
    ),
    "unknown_country": (2, ("'mexcio'", "'mexico'"), ("mexcio", "mexico")),
    "country_does_not_fit": (3, ("country", "does not fit", "drop"), ("classroom", "mexico")),
    "extends_unknown": (2, ("'histrical'", "'historical'", ".yaml"), ("histri", "histori")),
    "extends_no_file": (2, ("there is no file", "parent.yaml"), ("parent.yaml", "historical")),
    "extends_itself": (
        2,
        ("in a circle", "extends_itself.yaml -> extends_itself.yaml"),
        ("extends_itself.yaml", "historical"),
    ),
    "drop_unknown": (3, ("drop[0]", "'culiacan-2018'", "'culiacan-2019'"), ("2018", "2019")),
    "drop_twice": (3, ("drop[1]", "'culiacan-2019' is dropped already"), (", culiacan-2019", "")),
    "drop_without_parent": (
        2,
        ("drop", "without 'extends'"),
        ("dr", "extends: historical\ndr"),
    ),
    # --- replicates
    "replicates_zero": (2, ("replicates", "0 is too small", "1"), ("0", "1")),
    "replicates_fraction": (2, ("2.5 is not a whole number",), ("2.5", "2")),
    "replicates_absurd": (2, ("1000000000 is too large", "100,000"), ("1000000000", "1000")),
    # --- text and YAML
    "empty": (None, ("is empty", "title"), ("", "title: x")),
    "only_comments": (None, ("is empty", "title"), ("# One mistake", "title")),
    "tab": (5, ("a tab", "spaces"), ("\t", "    ")),
    "colon_in_text": (9, ("a second ': '", "quotes"), ("assumed: nobody", "assumed, nobody")),
    "open_quote": (10, ("a quote is opened",), ('"', "")),
    "uneven_indent": (6, ("uneven indenting",), ("   unit", "    unit")),
    "anchor": (5, ("'&twice'", "repeat it"), ("&twice ", "")),
    "alias_bomb": (2, ("'&a'", "repeat it"), ("", "")),
    "tag": (5, ("tag", "os.system", "leave it out"), ("!!python/object/apply:os.system [ls]", "2")),
    "control_character": (1, (r"'\x07' is not allowed",), ("\x07", "")),
    "no_break_space": (4, ("no-break space (U+00A0)", "ordinary space"), ("\u00a0", " ")),
    "no_break_space_indent": (4, ("no-break space (U+00A0)", "ordinary space"), ("\u00a0", " ")),
    "no_break_space_value": (
        4,
        ("policies[0].level", "is not a number", "no-break space (U+00A0)"),
        ("\u00a0", ""),
    ),
    "no_break_space_alone": (1, ("no-break space (U+00A0)", "ordinary space"), ("\u00a0", " ")),
    "thin_space_in_list": (3, ("thin space (U+2009)",), ("\u2009x\n  - y: 1", " x")),
    "direction": (2, ("right-to-left override (U+202E) is not allowed",), ("\u202e", "")),
    "direction_in_comment": (2, ("left-to-right isolate (U+2066)",), ("\u2066", "")),
    "direction_by_escape": (1, ("title", "right-to-left override (U+202E)"), (r"\u202e", " ")),
    "nul_by_escape": (1, ("title", r"'\x00' is not allowed"), (r"\0", " ")),
    "escape_by_escape": (1, ("title", r"'\x1b' is not allowed"), (r"\e[2J", "")),
    "half_a_character": (1, ("title", r"'\ud800' is not allowed"), (r"\ud800 ", "")),
    "line_separator": (1, ("line separator (U+2028)",), ("\u2028", " ")),
    "not_utf8": (2, ("0xe1 is not UTF-8",), ("", "")),
}
#: mistakes that no small change puts right
HOPELESS = ("alias_bomb", "not_utf8")
#: two files of which each extends the other
CIRCLE = ("circle_a", "circle_b")


@pytest.mark.parametrize("name", MISTAKES)
def test_the_user_reads_where_the_mistake_is_and_what_to_write(name: str) -> None:
    """The message is one line with file, line, entry, the bad word and the right one."""
    line, words, _ = MISTAKES[name]
    path = FOLDER / f"{name}.yaml"
    with pytest.raises(ScenarioFileError) as caught:
        load_scenario(path)
    message = str(caught.value)
    assert "\n" not in message
    where = str(path) if line is None else f"{path}, line {line}: "
    assert message.startswith(where)
    assert caught.value.line == line
    for word in words:
        assert word in message.removeprefix(where)


@pytest.mark.parametrize("name", [name for name in MISTAKES if name not in HOPELESS])
def test_the_mistake_is_the_only_one(name: str) -> None:
    """Put right, the file loads."""
    wrong, right = MISTAKES[name][2]
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert wrong in text
    loaded = read_text(text.replace(wrong, right, 1), "put_right", FOLDER)
    assert loaded.name == "put_right"


def test_every_bad_file_is_in_the_table() -> None:
    """No file lies about without a test, and none is missing."""
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*MISTAKES, *CIRCLE}


@pytest.mark.parametrize("name", CIRCLE)
def test_a_circle_of_two_files_is_written_out(name: str) -> None:
    """Wherever one enters the circle, the file that closes it is named and every step shown."""
    closing = next(other for other in CIRCLE if other != name)
    steps = " -> ".join(f"{step}.yaml" for step in (name, closing, name))
    with pytest.raises(ScenarioFileError, match="extends: goes in a circle") as caught:
        load_scenario(FOLDER / f"{name}.yaml")
    assert steps in str(caught.value)
    assert caught.value.file == str(FOLDER / f"{closing}.yaml")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    """A file just over the limit is refused by its size; one just under by what is in it."""
    path = tmp_path / "huge.yaml"
    path.write_text("title: x\n#" + 1_000_000 * "x")
    with pytest.raises(ScenarioFileError, match="larger than 1,000 kB"):
        load_scenario(path)
    path.write_text("title: x\n#" + 999_000 * "x")
    assert load_scenario(path).title == "x"


def test_a_file_of_very_many_values_is_refused(tmp_path: Path) -> None:
    """A file under the size limit that holds too many values is refused while it is read."""
    path = tmp_path / "many.yaml"
    path.write_text("title: x\nsources:\n" + 20_000 * "- x\n")
    with pytest.raises(ScenarioFileError, match="more than 20,000 values"):
        load_scenario(path)
    path.write_text("title: x\nsources:\n" + 100 * "- x\n")
    assert load_scenario(path).sources == ("x",)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[\n"])
def test_deep_nesting_stops_early(opening: str) -> None:
    """Nesting a hundred thousand deep neither overflows the stack nor is read to its end."""
    with pytest.raises(ScenarioFileError, match="nested more than 8 deep"):
        read_text("title: x\nsources:\n  " + 100_000 * opening)


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("histrical", "'historical'"),
        ("hugs", "'hugs-not-bullets'"),
        ("offensive", "'frontal-offensive'"),
        ("historical.yaml", "'historical'"),
    ],
)
def test_an_unknown_name_leads_to_the_nearest(word: str, right: str) -> None:
    """A misspelt shipped name, or its file name, is answered with the right one."""
    with pytest.raises(ScenarioFileError, match=right) as caught:
        load_scenario(word)
    assert word in str(caught.value)


def test_a_strange_key_stays_on_one_line() -> None:
    """Line breaks and control characters in what the user wrote are shown, not printed."""
    with pytest.raises(ScenarioFileError) as caught:
        read_text('title: x\n"a\\nb\\0": 1\n')
    assert r"a\nb\x00" in str(caught.value)
    assert str(caught.value).isprintable()


def test_what_is_not_a_file_is_said_so(tmp_path: Path) -> None:
    """A missing file and a folder each get one line."""
    with pytest.raises(ScenarioFileError, match="there is no such file"):
        load_scenario(tmp_path / "none.yaml")
    with pytest.raises(ScenarioFileError, match="cannot be read"):
        load_scenario(tmp_path)


def test_a_mistake_in_the_parent_names_the_parent(tmp_path: Path) -> None:
    """The file to mend is the one that is named."""
    (tmp_path / "parent.yaml").write_text("title: parent\nreplicates: 0\n")
    child = tmp_path / "child.yaml"
    child.write_text("title: child\nextends: parent.yaml\n")
    with pytest.raises(ScenarioFileError, match="replicates") as caught:
        load_scenario(child)
    assert caught.value.file == str(tmp_path / "parent.yaml")


def test_spaces_of_a_language_are_text(tmp_path: Path) -> None:
    """A no-break space inside a text is as good as a letter, in quotes, after a colon or folded."""
    path = tmp_path / "spaces.yaml"
    text = "title: Coût 3\u00a0%\nstory: >\n  A note:\u00a0one\nsources: ['\u00a0a\u202f!']\n"
    path.write_text(text, encoding="utf-8")
    loaded = load_scenario(path)
    assert loaded.title == "Coût 3\u00a0%"
    assert loaded.story.strip() == "A note:\u00a0one"


def test_a_contradiction_with_what_is_inherited(tmp_path: Path) -> None:
    """The file that brings the second event is named, and what it contradicts."""
    war = "{name: w, kind: war, on: 2016-06-01, cartel: sinaloa, other: cjng, source: a}"
    (tmp_path / "parent.yaml").write_text(f"title: parent\nevents:\n  - {war}\n")
    child = tmp_path / "child.yaml"
    peace = war.replace("war", "peace").replace("name: w", "name: p")
    child.write_text(f"title: child\nextends: parent.yaml\nevents:\n  - {peace}\n")
    with pytest.raises(ScenarioFileError, match=r"events\[0\] \(w\) already decides") as caught:
        load_scenario(child)
    assert (caught.value.file, caught.value.line) == (str(child), 4)
    child.write_text(f"title: child\nextends: parent.yaml\ndrop: [w]\nevents:\n  - {peace}\n")
    assert [event.kind for event in load_scenario(child).events] == ["peace"]


def test_a_path_too_long_is_the_reader_s_own_error() -> None:
    """From Python as on the command line, a path that cannot be a file gives one line."""
    for word in (f"{5000 * 'a'}.yaml", f"{300 * 'a'}/x.yaml", "a\0b.yaml"):
        with pytest.raises(ScenarioFileError):
            load_scenario(word)


def test_a_file_name_is_escaped(tmp_path: Path) -> None:
    """What a screen would act on is written out in the name of the scenario."""
    path = tmp_path / "plan\x1b[2J\u202e.yaml"
    path.write_text("title: x\n")
    assert load_scenario(path).name == r"plan\x1b[2J\u202e"
