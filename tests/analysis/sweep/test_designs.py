"""Designs: in range, reproducible, and what each promises of its points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_sweep import write_files

from plazas.analysis.sweep import design, form
from plazas.model.errors import MissingLibraryError

SAMPLED = """\
title: Sampled
scenarios: [plain.yaml]
replicates: 2
design: {method: METHOD, points: 8, seed: 3}
parameters:
  recruitment: {low: 0.003, high: 0.004}
  war_deaths: declared
  cell_cost: {low: 300, high: 3000, scale: log}
"""


def read(folder: Path, method: str, seed: int = 3, more: str = "") -> form.Sweep:
    text = SAMPLED.replace("METHOD", method).replace("seed: 3", f"seed: {seed}{more}")
    return form.read(write_files(folder, text))


def test_a_grid_has_every_combination_once(sweep_file: Path) -> None:
    sweep = form.read(sweep_file)
    points = design.points(sweep)
    wanted = {(a, b) for a in (0.003, 0.0035, 0.004) for b in (1.0, 1.5, 2.0)}
    assert {tuple(point) for point in points.tolist()} == wanted
    assert len(points) == sweep.points == len(wanted)


def test_log_steps_have_even_ratios(tmp_path: Path) -> None:
    line = "  cell_cost: {low: 300, high: 3000, steps: 4, scale: log}\n"
    path = write_files(
        tmp_path, f"title: x\nscenarios: [plain.yaml]\nreplicates: 1\nparameters:\n{line}"
    )
    values = design.points(form.read(path))[:, 0]
    np.testing.assert_allclose(values[1:] / values[:-1], 10 ** (1 / 3))
    assert (values[0], values[-1]) == (300.0, 3000.0)


@pytest.mark.parametrize("method", ["latin-hypercube", "sobol", "saltelli"])
def test_sampled_points_are_in_range_and_reproducible(method: str, tmp_path: Path) -> None:
    if method == "saltelli":
        pytest.importorskip("SALib")
    sweep = read(tmp_path, method)
    points = design.points(sweep)
    assert points.shape == (sweep.points, 3)
    for axis, column in zip(sweep.axes, points.T, strict=True):
        assert axis.low <= column.min() < column.max() <= axis.high
    assert np.array_equal(points, design.points(read(tmp_path, method)))
    assert not np.array_equal(points, design.points(read(tmp_path, method, seed=4)))


def test_a_latin_hypercube_has_one_point_in_every_slice(tmp_path: Path) -> None:
    sweep = read(tmp_path, "latin-hypercube")
    points = design.points(sweep)
    axis = sweep.axes[0]
    slices = np.floor((points[:, 0] - axis.low) / (axis.high - axis.low) * len(points))
    assert sorted(slices) == list(range(len(points)))
    logged = sweep.axes[2]
    unit = np.log(points[:, 2] / logged.low) / np.log(logged.high / logged.low)
    assert sorted(np.floor(unit * len(points))) == list(range(len(points)))


@pytest.mark.parametrize(("pairs", "points"), [(False, 8 * 5), (True, 8 * 8)])
def test_saltelli_counts_its_points(pairs: bool, points: int, tmp_path: Path) -> None:
    pytest.importorskip("SALib")
    sweep = read(tmp_path, "saltelli", more=", second_order: true" if pairs else "")
    assert len(design.points(sweep)) == sweep.points == points


def test_saltelli_points_are_what_salib_analyses(tmp_path: Path) -> None:
    """A known function of the points has the indices that it must have."""
    pytest.importorskip("SALib")
    from SALib.analyze import sobol

    path = write_files(tmp_path, SAMPLED.replace("METHOD, points: 8", "saltelli, points: 512"))
    sweep = form.read(path)
    points = design.points(sweep)
    a, b = (
        (points[:, j] - sweep.axes[j].low) / (sweep.axes[j].high - sweep.axes[j].low)
        for j in (0, 1)
    )
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    found = sobol.analyze(problem, 2 * a + b, calc_second_order=False, seed=1)
    np.testing.assert_allclose(found["S1"], [0.8, 0.2, 0.0], atol=0.05)


def test_saltelli_without_salib_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = read(tmp_path, "saltelli")
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'plazas\[analysis\]'"):
        design.points(sweep)


def test_a_sweep_of_scenarios_alone_has_one_point(tmp_path: Path) -> None:
    path = write_files(tmp_path, "title: x\nscenarios: [plain.yaml, raid.yaml]\nreplicates: 4\n")
    sweep = form.read(path)
    assert design.points(sweep).shape == (1, 0)
    assert sweep.runs == 8
