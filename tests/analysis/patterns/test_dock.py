"""Docking as the command makes it: published numbers, and the weekly model year by year."""

from __future__ import annotations

from pathlib import Path

import pytest

from plazas.analysis.patterns.docking import (
    FOLDER,
    Docking,
    Line,
    Published,
    Year,
    dock,
    find_network,
)
from plazas.analysis.patterns.findings import FAILS, PASSES
from plazas.analysis.patterns.tables import docking_json, docking_tables, docking_words
from plazas.model.errors import UserError


def test_a_published_number_is_matched_to_its_last_digit() -> None:
    wanted = Published("baseline", 2016, "killed", 85)
    assert Line(wanted, 85.4).passes
    assert not Line(wanted, 85.6).passes
    rounded = Published("baseline", 2027, "deaths since 2022", 38_100, 100.0)
    assert Line(rounded, 38_060.0).passes
    assert not Line(rounded, 38_000.0).passes


def test_two_per_cent_in_every_year() -> None:
    near, far = Year(2016, "killed", 100.0, 101.9), Year(2016, "killed", 100.0, 97.9)
    line = Line(Published("baseline", 2016, "killed", 85), 85.0)
    assert Docking((line,), (near,), 1, 2).verdict == PASSES
    found = Docking((line,), (near, far), 1, 2)
    assert found.verdict == FAILS
    assert found.worst is far
    bad = Line(Published("baseline", 2016, "killed", 85), 86.0)
    assert Docking((bad,), (near,), 1, 2).verdict == FAILS


def test_a_missing_network_says_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    with pytest.raises(UserError, match=r"Dryad, doi:10.5061/dryad.zw3r228d7.*PLAZAS_SHARED_DATA"):
        find_network(None)
    with pytest.raises(UserError, match=f"not found: {tmp_path}"):
        find_network(tmp_path)
    (tmp_path / "BACRIM2020_Nodes.csv").write_text("Node,Group\nN1,A\nN1,B\n")
    with pytest.raises(UserError, match="line 3: group 'N1' is listed twice"):
        find_network(tmp_path)


def test_docking_for_a_year(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(shared_data))
    network = find_network(None)
    found = dock(network, 6, years=1)
    assert found.verdict == PASSES, found.worst
    assert {year.year for year in found.years} == {2012, 2013}
    assert found.groups == 150
    since, counterfactual = found.against
    assert since > 0.0 > counterfactual
    assert "against 2022" in docking_words(found)
    assert len(docking_tables(found)[0].rows) == len(found.lines)
    assert docking_json(found)["verdict"] == PASSES
