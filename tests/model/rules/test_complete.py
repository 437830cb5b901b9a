"""Every public rule has its cases: a new one without a test is named here."""

from __future__ import annotations

import ast
from pathlib import Path

from plazas.model import rules

SOURCES = Path(rules.__file__).parent
TESTS = Path(__file__).parent


def public(source: str) -> set[str]:
    """Return the functions of a module of rules whose names have no leading underscore."""
    return {
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def called(module: str, source: str) -> set[str]:
    """Return the rules that a test file calls through the module, under the name it imports."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == rules.__name__
        for alias in node.names
        if alias.name == module
    }
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        call.attr
        for call in calls
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)
        if call.value.id in names
    }


def untested(module: str, source: str, tests: str) -> list[str]:
    """Return the public rules of a module that its test file does not call."""
    return sorted(public(source) - called(module, tests))


def test_every_public_rule_is_called_by_the_tests_of_its_module() -> None:
    missing = {}
    for path in sorted(SOURCES.glob("*.py")):
        if path.stem == "__init__":
            continue
        tests = TESTS / f"test_{path.stem}.py"
        written = tests.read_text(encoding="utf-8") if tests.is_file() else ""
        missing[path.stem] = untested(path.stem, path.read_text(encoding="utf-8"), written)
    assert len(missing) >= 17
    assert {module: names for module, names in missing.items() if names} == {}


def test_a_rule_without_a_test_would_be_named() -> None:
    source = (SOURCES / "markets.py").read_text(encoding="utf-8")
    tests = (TESTS / "test_markets.py").read_text(encoding="utf-8")
    assert untested("markets", source, tests) == []
    assert untested("markets", source + "\n\ndef tribute(world):\n    return 1\n", tests) == [
        "tribute"
    ]
    assert untested("markets", source, tests.replace("markets.purse(", "len(")) == ["purse"]
    assert untested("markets", source, "") == ["feared", "prize", "purse", "yields"]
    # a private rule is tested through the public ones
    assert untested("markets", "def _hidden():\n    pass\n", "") == []
