"""``import plazas as pz``: public names are documented, examples run, imports are lazy."""

from __future__ import annotations

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from numpydoc.validate import validate

import plazas as pz

#: methods that a user meets at once, with the rules of a function
METHODS = ("Compared.summary", "Compared.write_report", "Runs.map", "Runs.plot")
#: what numpydoc must not find: no summary, parameters that differ from the signature, no returns,
#: no description of a parameter or of what is returned, no example
RULES = {"GL08", "SS01", "PR01", "PR02", "PR03", "PR07", "RT01", "RT03", "EX01"}


@pytest.fixture(scope="module")
def runs() -> pz.Runs:
    """Two replicates of the classroom country."""
    return pz.run("classroom", replicates=2)


def public() -> list[str]:
    return [name for name in pz.__all__ if name != "__version__"]


def test_every_public_name_can_be_had_and_is_in_the_type_stubs() -> None:
    source = ast.parse(Path(pz.__file__).read_text("utf-8"))
    (block,) = (node for node in source.body if isinstance(node, ast.If))
    imported = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(imported) == sorted(public())
    for name in pz.__all__:
        assert getattr(pz, name) is not None
        assert name in dir(pz)
    assert {name: f"plazas.{module}" for name, module in pz._MODULES.items()} == imported


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        pz.runn  # noqa: B018 - the look-up is the test


@pytest.mark.parametrize("name", [*public(), *METHODS])
def test_every_public_name_is_documented(name: str) -> None:
    owner, _, method = name.partition(".")
    thing = getattr(getattr(pz, owner), method) if method else getattr(pz, name)
    path = f"{thing.__module__}.{thing.__qualname__}"
    faults = [f"{code}: {text}" for code, text in validate(path)["errors"] if code in RULES]
    if isinstance(thing, type):  # a class has no return value
        faults = [fault for fault in faults if not fault.startswith("RT")]
    if name in ("Runs", "Compared"):  # made by run and compare, never by a user
        faults = [fault for fault in faults if not fault.startswith("PR01")]
    assert not faults, f"{name}: {faults}"


def test_the_check_of_documents_finds_a_fault() -> None:
    codes = {code for code, _ in validate(f"{__name__}.public")["errors"]}
    assert codes & RULES


@pytest.mark.parametrize("name", public())
def test_the_examples_run(name: str) -> None:
    finder = doctest.DocTestFinder(recurse=True)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for case in finder.find(getattr(pz, name), name, globs={}):
        runner.run(case)
    assert runner.summarize(verbose=False).failed == 0


def test_the_package_s_own_example_runs() -> None:
    assert doctest.testmod(pz).failed == 0


@pytest.mark.parametrize("module", ["plazas", "plazas.scenarios"])
def test_nothing_heavy_is_loaded_at_import(module: str) -> None:
    heavy = ("numba", "mesa", "matplotlib", "solara")
    code = f"import sys, {module}; print([n for n in {heavy!r} if n in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_figures_have_a_title_axes_and_units(runs: pz.Runs) -> None:
    figure = runs.plot("spending")
    assert isinstance(figure, Figure)
    assert figure.axes[0].get_ylabel() == "spending per year, thousand USD"
    assert figure.axes[0].get_xlabel() == "year"
    assert "2 simulated replicates" in figure.axes[0].get_title()
    assert "July 2018" in runs.map(2018).axes[0].get_title()


def test_what_cannot_be_drawn_is_said(runs: pz.Runs) -> None:
    with pytest.raises(pz.UserError, match="unknown series 'murders'; allowed: homicides"):
        runs.plot("murders")
    with pytest.raises(pz.UserError, match="year 1999 is not simulated; allowed: 2010 to 2019"):
        runs.map(1999)
    with pytest.raises(pz.PlazasError, match="'clasroom'; did you mean 'classroom'"):
        pz.run("clasroom")


def test_prints_are_short(runs: pz.Runs) -> None:
    for thing in (runs, runs.scenario, runs.scenario and runs.scenario.country):
        assert len(repr(thing)) < 600
    assert "classroom" in repr(runs.scenario)


def test_a_summary_has_the_verdict_first_and_escapes_html() -> None:
    base = pz.load_scenario("classroom")
    from dataclasses import replace

    odd = replace(base, name="<b>odd</b>", changes={**base.changes, "wage": 0.5})
    summary = pz.compare(base, odd, replicates=2).summary()
    assert str(summary).startswith("<b>odd</b>: ")
    assert len(summary.table) == 2 * 5
    assert "<b>odd</b>" not in summary._repr_html_()
    assert "&lt;b&gt;odd&lt;/b&gt;" in summary._repr_html_()


def test_saved_runs_are_read_back_and_drawn(runs: pz.Runs, tmp_path: Path) -> None:
    pz.save(runs, tmp_path / "results")
    again = pz.read_results(tmp_path / "results")
    assert again.yearly["homicides"].equals(runs.yearly["homicides"])
    assert again.map(2018).axes
