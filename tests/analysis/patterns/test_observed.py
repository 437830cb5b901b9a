"""The observed figures: complete, in order, and of no year that is held out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from plazas.analysis.patterns import observed
from plazas.model.geography import DataError, states, table


def test_every_figure_is_a_range_with_unit_and_source() -> None:
    found = observed.figures()
    closed = found.dropna(subset=["low", "high"])
    assert (closed["low"] <= closed["high"]).all()
    middle = found.dropna(subset=["value", "low", "high"])
    assert middle["value"].between(middle["low"], middle["high"]).all()
    assert (found[["unit", "source"]].map(len) > 0).all().all()
    assert not found.duplicated(["pattern", "quantity", "year"]).any()


def test_no_year_is_held_out() -> None:
    assert observed.figures()["year"].max() == observed.LAST_YEAR == 2018
    assert max(observed.state_homicides().columns) == 2018


def test_a_later_year_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a table with a figure of 2019 is not read."""

    def later(name: str, text: tuple[str, ...] = (), numbers: tuple[str, ...] = ()) -> pd.DataFrame:
        found = table(name, text, numbers)
        if name == "patterns.csv":
            found["year"] = pd.to_numeric(found["year"])
            found.loc[0, "year"] = 2019
        return found

    monkeypatch.setattr(observed, "table", later)
    with pytest.raises(DataError, match="years after 2018 are held out"):
        observed.figures.__wrapped__()


def test_figures_by_year_and_without() -> None:
    assert observed.by_year(1, "homicides").loc[2014, "value"] == 20_010
    assert list(observed.by_year(2, "cjng_main_states")["value"]) == [1, 3, 1, 4, 5, 5, 5, 15]
    assert observed.span(8, "home_effect") == (0.35, 0.80)
    with pytest.raises(KeyError, match="no observed 'murders'"):
        observed.of(1, "murders")


def test_rates_by_state() -> None:
    raw = table("homicides.csv", ("code",), ("year", "homicides"))
    chihuahua = raw[(raw["code"] == "08") & raw["year"].isin([2013, 2014, 2015])]["homicides"]
    p = states().index("Chihuahua")
    expected = 1e5 * chihuahua.mean() / states().population[p]
    assert np.isclose(observed.state_rates((2013, 2014, 2015))[p], expected)
