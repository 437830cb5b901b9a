"""Every number that shapes behaviour is declared: as a parameter, or as a structural constant.

The source of the rules, of the start and of the week is searched for numbers. 0.0 and 1.0, and the
whole numbers 0, 1 and 2, need no declaration; nor do the few of :data:`ALLOWED`. The length of a
year is written in one file.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from plazas import model
from plazas.model.parameters import declarations
from plazas.model.structure import constants

MODEL = Path(model.__file__).parent
PROJECT = MODEL.resolve().parent
FILES = [*sorted((MODEL / "rules").glob("*.py")), MODEL / "start.py", MODEL / "week.py"]
PLAIN = ("0.0", "1.0", "0", "1", "2")
MODULE = "<module>"  # where a number stands outside every function
ROOM = "room in a table, not behaviour: a week that needs more than there is stops with an error"

#: (module.function, number as it is written): why it needs no declaration
ALLOWED = {
    ("corruption.relax", "1000.0"): "unit: the price is per 1,000 inhabitants",
    ("formation.form", "1e6"): "unit: gangs per million youths",
    ("formation.new_arms", "0.5"): "middle: u + 0.5 has the mean 1",
    ("formation.new_size", "2.0"): "middle: 2 u has the mean 1",
    ("leaders._found_faction", "0.5"): "middle of a uniform draw",
    ("leaders._lean", "2.0"): "middle: 2 u has the mean 1",
    ("record.enter", "0.5"): "both sides of a front have its deaths",
    ("recruitment.programmes", "1000.0"): "unit: attacks per 1,000 patients",
    ("markets.prize", "2.0"): "normalisation: agrees with the ratio form where two are equal",
    ("fronts.normal", "2.0"): "the Box-Muller transform",
    ("fronts.opening", "0.5"): "mean of two",
    ("start.build", "1000"): ROOM,
    ("start.build", "3"): ROOM,
    ("start.build", "8"): ROOM,
    ("war._take_aim", "0.5"): "normalisation: agrees with the linear law where two are equal",
    ("war.hazards", "4.0"): "normalisation: two equals have s s = 1/4",
    ("week.room_needed", "100"): ROOM,
    ("week.room_needed", "1e6"): "unit: gangs per million youths",
    ("week.room_needed", "3"): ROOM,
    ("week.room_needed", "3.0"): ROOM,
    ("week.room_needed", "4"): ROOM,
    ("week.room_needed", "500"): ROOM,
    ("week.room_needed", "8"): ROOM,
}

#: numbers that only ``model/calendar.py`` may hold
YEARS = (52.18, 365.25)


def numbers(node: ast.AST, where: str = MODULE) -> Iterator[tuple[str, ast.Constant]]:
    """Yield every number within a node and the outermost function around it.

    The members of an enum are labels: their numbers do not count.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef) and "IntEnum" in map(ast.unparse, child.bases):
            continue
        if isinstance(child, ast.Constant) and type(child.value) in (int, float):
            yield where, child
        inner = where
        if where == MODULE and isinstance(child, ast.FunctionDef):
            inner = child.name
        yield from numbers(child, inner)


@functools.cache  # the tests plant a number in one module and search all of them
def undeclared(module: str, source: str) -> frozenset[tuple[str, str]]:
    """Return the numbers of a module that need a declaration, with the function that holds them.

    A module-level number needs one whatever it is.
    """
    found = set()
    lines = source.encode().splitlines()  # ast counts bytes; get_source_segment splits every time
    for where, number in numbers(ast.parse(source)):
        assert number.lineno == number.end_lineno
        line = lines[number.lineno - 1]
        written = line[number.col_offset : number.end_col_offset].decode()
        if where == MODULE or written not in PLAIN:
            found.add((f"{module}.{where}", written))
    return frozenset(found)


def sources() -> dict[str, str]:
    """Return the source of each module that is searched, by its name."""
    return {path.stem: path.read_text("utf-8") for path in FILES}


def mistakes(modules: dict[str, str]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the numbers that are not declared, and the exceptions that no longer occur."""
    searched = (undeclared(module, source) for module, source in modules.items())
    found: set[tuple[str, str]] = set().union(*searched)
    return found - set(ALLOWED), set(ALLOWED) - found


def test_every_number_of_the_rules_is_declared() -> None:
    assert len(FILES) >= 18
    missing, unused = mistakes(sources())
    assert not missing, "declare it in model/declared.py or model/structure.py"
    assert not unused, "remove it from ALLOWED"


@pytest.mark.parametrize(
    ("module", "planted", "found"),
    [
        ("markets", "\n\ndef tax(revenue):\n    return 0.15 * revenue\n", ("markets.tax", "0.15")),
        ("week", "\n\ndef is_due(week):\n    return week % 4 == 0\n", ("week.is_due", "4")),
        ("start", "\nLOYALTY = 0.75\n", ("start.<module>", "0.75")),
        ("war", "\nLOW, HIGH = 0, 1\n", ("war.<module>", "1")),
        ("war", "\nSHIFT: float = -2.0\n", ("war.<module>", "2.0")),
        ("war", "\nONE = np.uint64(1)\n", ("war.<module>", "1")),
        ("war", "\n\nclass Bounds:\n    least = 0.2\n", ("war.<module>", "0.2")),
        ("war", "\n\ndef f(a, b=0.7):\n    return a * b\n", ("war.f", "0.7")),
    ],
)
def test_a_planted_number_is_found(module: str, planted: str, found: tuple[str, str]) -> None:
    modules = sources()
    modules[module] += planted
    assert found in mistakes(modules)[0]


def test_an_exception_that_no_longer_occurs_is_found() -> None:
    modules = sources()
    assert "4.0 * contested" in modules["war"]
    modules["war"] = modules["war"].replace("4.0 * contested", "contested")
    assert mistakes(modules) == (set(), {("war.hazards", "4.0")})


def test_the_plain_numbers_and_the_members_of_an_enum_need_no_declaration() -> None:
    source = (
        '"""Text 7."""\nclass Need(IntEnum):\n    MORE = 9\n\n'
        "def f(x):\n    return x[0] * 1.0 - 2 + 0.0 if x else True\n"
    )
    assert undeclared("week", source) == set()


def test_every_constant_has_a_unit_and_a_reason_and_is_used() -> None:
    known = constants()
    text = "\n".join(sources().values())
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert len(known) > 20
    assert not [name for name, (_, about) in known.items() if not about.unit or not about.reason]
    assert not set(known) - names


def test_every_parameter_is_used_outside_its_declaration() -> None:
    folders = (MODEL, PROJECT / "analysis")
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in paths if path.name != "declared.py"]
    used = {
        node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
    assert not set(declarations()) - used


def holds_a_year(source: str) -> bool:
    """Return whether a source holds the length of a year as a number."""
    return any(number.value in YEARS for _, number in numbers(ast.parse(source)))


def test_the_length_of_a_year_stands_in_the_calendar_alone() -> None:
    paths = [
        path
        for folder in ("model", "scenarios", "analysis", "benchmarks")
        for path in (PROJECT / folder).rglob("*.py")
    ]
    found = {path.name for path in paths if holds_a_year(path.read_text("utf-8"))}
    assert found == {"calendar.py"}
