"""The worked examples of ``docs/extending.md``, carried out on a copy of the project.

``python tests/test_extending.py FOLDER`` makes such a copy to look at.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "extending.md"
PARTS = ("model", "scenarios", "analysis", "plazas", "docs", "tests", "pyproject.toml")
NEW, OLD, NEXT = "+++ ", "--- ", "@@"

#: run in the copy, interpreted: what each example does, as JSON
SCRIPT = """
import json, sys
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import plazas.model
from plazas.analysis.experiment import outcomes
from plazas.analysis.patterns import catalogue, figures
from plazas.model.events import EventKind
from plazas.model import labels
from plazas.model.levers import Policy
from plazas.model.scenario import Event, Scenario
from plazas.model.simulation import Simulation
from plazas.model.world import AT_WAR
from plazas.scenarios.classroom import classroom

START, STOP = date(2010, 1, 1), date(2010, 1, 1) + timedelta(weeks=2)


def ran(changes=(), **more):
    changes = dict(changes)
    scenario = Scenario(start=START, stop=STOP, country=classroom(), changes=changes, **more)
    simulation = Simulation(scenario, seed=1)
    simulation.run()
    return simulation


def total(simulation, name):
    return float(simulation.record.weekly[name].sum())


plain = ran()
amnesty = Policy("amnesty", 0.05, START, STOP)
pardoned = ran(policies=(amnesty,))
afraid = ran({"fear": 1000.0})
wars = np.argwhere(np.triu(plain.world.relations.stance == AT_WAR))
first = int(wars[0][0])
key = plain.scenario.country.start.cartels[first].key
calm = ran(events=(Event("truce", START + timedelta(weeks=1), key),))
log = calm.record.events[: int(calm.record.used[0])]


def shares(left):
    years = np.arange(2012, 2019)
    series = {"left": left, "recruits": 1.0}
    runs = SimpleNamespace(
        flow=lambda name: np.full((3, len(years)), series[name]), at=lambda year: year - 2012
    )
    return catalogue.find([22])[0].measure(SimpleNamespace(baseline=runs))


drawn = figures.draw(shares(0.9))
json.dump(
    {
        "file": plazas.model.__file__,
        "weekly": plain.record.weekly.tobytes().hex(),
        "left": [total(plain, "left"), total(pardoned, "left")],
        "recruits": [total(plain, "recruits"), total(afraid, "recruits")],
        "wars": [
            int((run.world.relations.stance[first] == AT_WAR).sum()) for run in (plain, calm)
        ],
        "fronts": [int(run.world.relations.fronts[first].sum()) for run in (plain, calm)],
        "truces": [int(event.cartel) for event in log if event.kind == EventKind.TRUCE],
        "first": first,
        "word": [labels.label("lever.amnesty.clause", code) for code in labels.LANGUAGES],
        "all_events_have_words": all(
            f"event.{kind.name.lower()}" in labels.table() for kind in EventKind
        ),
        "outcomes": [flow[0] for flow in outcomes.FLOWS],
        "verdicts": [shares(0.9).verdict, shares(1.1).verdict],
        "figure": len(drawn.axes),
    },
    sys.stdout,
)
"""


class PageError(ValueError):
    """A block of the page that cannot be applied; the message says which and why."""


class Edit(NamedTuple):
    """One ``diff`` block: the file, and pairs of old and new text; a new file has no old text."""

    path: str
    changes: list[tuple[str, str]]


def edits(page: str) -> list[Edit]:
    """Return the ``diff`` blocks of a page, in order."""
    blocks = re.findall(r"^```diff\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [_edit(block.splitlines()) for block in blocks]


def _edit(lines: list[str]) -> Edit:
    head, body = lines[0], lines[1:]
    if not head.startswith((NEW, OLD)):
        raise PageError(f"a block begins with {head!r} instead of '--- FILE' or '+++ FILE'")
    path = head[len(OLD) :]
    changes = []
    for hunk in "\n".join(body).split(f"\n{NEXT}\n"):
        rows = hunk.splitlines()
        wrong = [row for row in rows if row[:1] not in ("", " ", "+", "-")]
        if wrong:
            raise PageError(f"{path}: {wrong[0]!r} begins with none of ' ', '+', '-'")
        old = "".join(row[1:] + "\n" for row in rows if not row.startswith("+"))
        new = "".join(row[1:] + "\n" for row in rows if not row.startswith("-"))
        changes.append((old, new))
    if head.startswith(NEW) and [old for old, _ in changes] != [""]:
        raise PageError(f"{path}: a new file has added lines only")
    return Edit(path, changes)


def apply(edit: Edit, root: Path) -> None:
    """Apply a block to a copy of the project; PageError where its old lines are not there once."""
    file = root / edit.path
    if edit.changes[0][0] == "":
        if file.exists():
            raise PageError(f"{edit.path} exists already")
        file.write_text(edit.changes[0][1], "utf-8")
        return
    text = file.read_text("utf-8")
    for old, new in edit.changes:
        times = text.count(old)
        if times != 1:
            raise PageError(f"{edit.path} has these lines {times} times instead of once:\n{old}")
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def extend(root: Path) -> None:
    """Copy the project to a new folder and apply the page to it."""
    root.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, root / part, symlinks=True, ignore=ignored)
        else:
            shutil.copy(source, root / part)
    for edit in edits(PAGE.read_text("utf-8")):
        apply(edit, root)
    python(root, "-m", "plazas.scenarios.schema", "--write")
    python(root, "docs/tables.py")


def python(root: Path, *words: str) -> str:
    """Run Python on a copy of the project, rules interpreted; return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(root), "NUMBA_DISABLE_JIT": "1"}
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise AssertionError(ended.stdout + ended.stderr)
    return ended.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a copy of the project to which the page was applied."""
    root = tmp_path_factory.mktemp("extended")
    extend(root)
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def shown(copy: Path) -> dict[str, Any]:
    """Return what the examples do in the copy."""
    result: dict[str, Any] = json.loads(python(copy, "-c", SCRIPT))
    assert Path(result["file"]).resolve().is_relative_to(copy.resolve())
    return result


def test_what_is_not_used_changes_no_bit(shown: dict[str, Any]) -> None:
    plain = SCRIPT[SCRIPT.index("START, STOP") : SCRIPT.index("amnesty = ")]
    imports = (
        "from datetime import date, timedelta\n"
        "from plazas.model.scenario import Scenario\n"
        "from plazas.model.simulation import Simulation\n"
        "from plazas.scenarios.classroom import classroom\n"
    )
    code = imports + plain + "print(plain.record.weekly.tobytes().hex())\n"
    assert python(ROOT, "-c", code).strip() == shown["weekly"]


def test_the_lever_makes_members_leave(shown: dict[str, Any]) -> None:
    without, with_amnesty = shown["left"]
    assert with_amnesty > 2.0 * without > 0.0
    assert shown["word"] == ["the amnesty", "la amnistía"]


def test_the_rule_keeps_recruits_away(shown: dict[str, Any]) -> None:
    without, with_fear = shown["recruits"]
    assert 0.0 < with_fear < without


def test_the_event_ends_all_wars_of_a_cartel_and_is_logged(shown: dict[str, Any]) -> None:
    without, with_truce = shown["wars"]
    assert without > 0
    assert with_truce == 0
    fronts, fronts_with_truce = shown["fronts"]
    assert fronts > 0
    assert fronts_with_truce == 0
    assert shown["truces"] == [shown["first"]]
    assert shown["all_events_have_words"]


def test_the_outcome_is_in_the_table(shown: dict[str, Any]) -> None:
    assert "left" in shown["outcomes"]


def test_the_pattern_passes_and_fails(shown: dict[str, Any]) -> None:
    assert shown["verdicts"] == ["passes", "fails"]
    assert shown["figure"] == 1


def test_the_scenario_of_the_page_is_right(copy: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (copy / "amnesty.yaml").write_text(text, "utf-8")
    assert "amnesty.yaml" in python(copy, "-m", "plazas.analysis.cli", "check", "amnesty.yaml")


@pytest.mark.slow
def test_the_tests_that_list_words_pass_in_the_copy(copy: Path) -> None:
    tests = (
        "tests/model/test_levers.py::test_every_lever_is_tested",
        "tests/model/test_levers.py::test_the_response_is_monotone_with_the_right_sign[amnesty]",
        "tests/test_documents.py::test_no_table_is_stale",
        "tests/scenarios/test_scenario_schema.py::test_the_schema_lists_every_word",
        "tests/analysis/explain/test_explain.py::test_every_text_has_the_same_parts_in_both_languages",
        "tests/analysis/sensitivity/test_sensitivity.py::test_every_lever_says_what_it_rests_on",
        "tests/analysis/dashboard/test_dashboard_words.py::test_whatever_the_model_declares_has_words",
    )
    assert f"{len(tests)} passed" in python(copy, "-m", "pytest", *tests, "-v")


def test_a_lever_or_an_event_touches_at_most_three_files_outside_words_and_tests() -> None:
    words = {"model/data/labels.csv"}
    text = PAGE.read_text("utf-8")
    for title in ("A lever", "An event"):
        section = re.split(r"^## ", text, flags=re.MULTILINE)
        (part,) = (each for each in section if each.startswith(f"{title}\n"))
        files = {edit.path for edit in edits(part) if not edit.path.startswith("tests/")}
        others = {path for path in files if not path.endswith(tuple(words))}
        assert 1 <= len(others) <= 3, others


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("model/levers.py\n+x\n", "instead of '--- FILE'"),
        ("--- model/levers.py\n no such line\n+x\n", "0 times instead of once"),
        ("--- model/levers.py\n \n+x\n", "times instead of once"),
        ("--- model/levers.py\nx\n", "begins with none of"),
        ("+++ model/levers.py\n+x\n", "exists already"),
        ("+++ model/none.py\n x\n", "added lines only"),
    ],
)
def test_a_block_that_does_not_fit_is_an_error(block: str, says: str) -> None:
    with pytest.raises(PageError, match=re.escape(says)):
        for edit in edits(f"```diff\n{block}```\n"):
            apply(edit, ROOT)


if __name__ == "__main__":
    extend(Path(sys.argv[1]))
