"""The documents agree with the project: tables, tests, commands, files and links that they name."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from plazas.analysis.cli import app as cli
from plazas.model.parameters import ASSUMED, CALIBRATED, MEASURED, declarations, defaults
from plazas.model.scenario import Scenario
from plazas.scenarios import scenario_names

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    DOCS / f"{name}.md"
    for name in ("odd", "trace", "policy_readers", "limits_and_ethics", "sensitivity")
]
CODE = re.compile(r"```sh\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def load_tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", DOCS / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code(text: str) -> list[str]:
    """Return what stands in code: spans, and the lines of shell blocks."""
    found = []
    for block, span in CODE.findall(text):
        found += block.splitlines() if block else [span]
    return [" ".join(each.split()) for each in found]


# --- what is evidence: a test, a command, an example, a target of make


def wrong_test(word: str) -> str:
    """Return what is wrong with ``path.py`` or ``path.py::test``; "" where it exists."""
    path, _, name = word.partition("::")
    if not (ROOT / path).is_file():
        return f"there is no {path}"
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    known = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return "" if not name or name in known else f"{path} has no {name}"


def wrong_command(line: str) -> str:
    """Return what is wrong with a line ``plazas COMMAND ...``; "" where it can be given."""
    words = line.split("#")[0].split()
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    if words[1] not in commands:
        return f"there is no command {words[1]!r}"
    options = {name for each in commands[words[1]].params for name in each.opts}
    bad = [word for word in words[2:] if word.startswith("--") and word not in options]
    return f"plazas {words[1]} has no {', '.join(bad)}" if bad else ""


def wrong_target(line: str) -> str:
    """Return what is wrong with a line ``make TARGET``; "" where there is such a target."""
    target = line.split()[1]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return "" if re.search(rf"^{target}:", makefile, re.MULTILINE) else f"no target {target!r}"


def wrong(span: str) -> str | None:
    """Return what is wrong with a piece of code that is evidence; None for what is none."""
    if re.match(r"(tests|examples)/[\w/]+\.py", span):
        return wrong_test(span)
    if re.match(r"plazas [a-z]", span):
        return wrong_command(span)
    if re.match(r"make [a-z]", span):
        return wrong_target(span)
    return None


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_test_command_and_example_named_exists(path: Path) -> None:
    faults = {span: wrong(span) for span in code(path.read_text("utf-8"))}
    assert not {span: why for span, why in faults.items() if why}


def test_what_does_not_exist_is_found() -> None:
    assert wrong("tests/test_documents.py::test_of_nothing")
    assert wrong("tests/test_nothing.py")
    assert wrong("plazas forecast historical")
    assert wrong("plazas compare historical --until-with 0.1")
    assert wrong("make money")
    assert wrong("tests/test_documents.py::wrong") == ""
    assert wrong("plazas compare historical --until-width 0.1") == ""
    assert wrong("wage") is None


def test_every_claim_of_the_trace_has_evidence() -> None:
    rows = [line for line in (DOCS / "trace.md").read_text("utf-8").splitlines() if "|" in line]
    claims = [row for row in rows if not re.match(r"\| ?(claim|---)", row)]
    assert len(claims) > 30
    assert not [row for row in claims if not any(wrong(span) == "" for span in code(row))]


def test_scenarios_named_in_commands_are_shipped() -> None:
    for path in PAGES:
        for line in code(path.read_text("utf-8")):
            words = line.split()
            if words[:2] in (["plazas", "compare"], ["plazas", "sensitivity"]):
                assert all(
                    word.startswith("--") or word in scenario_names() for word in words[2:3]
                ), line


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_and_files_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        assert target.startswith("https://") or (DOCS / target).exists(), target
    for span in code(text):
        if re.fullmatch(r"(model|analysis|docs|scenarios)/[\w./-]+", span):
            assert (ROOT / span).exists(), span


# --- tables


def test_no_table_is_stale() -> None:
    stale = load_tables().stale()
    assert not stale, f"{stale}: run: python docs/tables.py"


def test_a_changed_declaration_makes_a_table_stale(tmp_path: Path) -> None:
    tables = load_tables()
    text = (DOCS / "odd.md").read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| `wage` |"))
    (tmp_path / "odd.md").write_text(text.replace(row, row.replace("0.35", "0.36")), "utf-8")
    assert [path.name for path in tables.stale(tmp_path)] == ["odd.md"]
    assert tables.renewed((tmp_path / "odd.md").read_text("utf-8")) == text


def test_the_script_says_what_it_does() -> None:
    script = [sys.executable, str(DOCS / "tables.py"), "--check"]
    assert subprocess.run(script, capture_output=True, text=True, check=True).stdout == ""


def test_every_parameter_is_declared_in_full() -> None:
    for name, about in declarations().items():
        assert about.low <= defaults()[name] <= about.high, name
        assert about.low < about.high, name
        assert about.unit and about.source and about.meaning, name
        assert about.status in (MEASURED, CALIBRATED, ASSUMED), name


def test_the_description_names_every_parameter_and_rule_in_its_submodels() -> None:
    text = (DOCS / "odd.md").read_text("utf-8")
    before_tables = re.sub(r"<!-- table: parameters -->.*?<!-- end -->", "", text, flags=re.DOTALL)
    spoken = set(re.findall(r"[a-z_0-9]+", before_tables))
    assert not set(declarations()) - spoken
    rules = {path.stem for path in (ROOT / "model" / "rules").glob("[a-z]*.py")}
    assert not {rule for rule in rules if f"rules/{rule}.py" not in text}


def test_the_code_of_the_page_on_sensitivity_runs(small: Callable[..., Scenario]) -> None:
    pytest.importorskip("ema_workbench")
    page = (DOCS / "sensitivity.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 2
    smaller = {
        'load_scenario("historical")': "load_scenario()",
        "from plazas.scenarios import load_scenario\n": "",
        "ema.worlds(plazas, 200)": "ema.worlds(plazas, 6)",
        "ema.worlds(plazas, 30)": "ema.worlds(plazas, 2)",
        "(2013, 2018)": "(2010, 2011)",
        "start_year=2013": "start_year=2010",
        "> -0.05": '> outcomes["homicides_change_share"].mean()',
        "evaluations=500": "evaluations=4, population=4",
    }
    text = "\n".join(blocks)
    for old, new in smaller.items():
        assert old in text, old
        text = text.replace(old, new)
    found: dict[str, Any] = {"load_scenario": lambda: small(60)}
    exec(text, found)
    assert {"coverage", "density"} <= set(found["fit"].index)
    assert list(found["found"].columns) == ["prevention", "arrests", "start_year", "worst", "cost"]
    assert callable(found["regret"])
