"""Tables of the user: each mistake with file, line and column, and all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from plazas.analysis.experiment import csv_tables
from plazas.analysis.experiment.csv_tables import Unique
from plazas.model.errors import UserError

PATH = Path("deaths.csv")
RULES = {
    "year": csv_tables.whole_number(2000, 2020, "year"),
    "kind": csv_tables.one_of("kind", ("war", "peace")),
    "deaths": csv_tables.number(0.0, empty=True),
}
GOOD = "# a comment\nyear,kind,deaths\n\n2019,war,1.5\n2020, peace ,\n"


def mistake(content: str, unique: Unique | None = None) -> str:
    with pytest.raises(UserError) as error:
        csv_tables.read(PATH, RULES, unique=unique, content=content)
    return str(error.value)


def test_cells_are_strings_by_line() -> None:
    table = csv_tables.read(PATH, RULES, content=GOOD)
    assert list(table.index) == [4, 5]
    assert table.loc[5].to_dict() == {"year": "2020", "kind": "peace", "deaths": ""}


def test_all_mistakes_are_said_at_once_in_order() -> None:
    assert mistake("year,kind,deaths\n2021,wars,1\n2019,war,-1\n") == (
        "deaths.csv: line 2, column 'kind': unknown kind 'wars'; did you mean 'war'?; "
        "line 2, column 'year': '2021' is not a year; allowed: 2000 to 2020; "
        "line 3, column 'deaths': '-1' is not a number; allowed: 0 or more"
    )
    many = "year,kind,deaths\n" + "1,war,1\n" * 8
    assert mistake(many).endswith("; and 3 more mistakes")


def test_a_missing_column_and_a_row_of_another_length() -> None:
    text = mistake("year,deaths\n2019,1\n")
    assert text == "deaths.csv: line 1: there is no column 'kind'; there are year, deaths"
    assert "line 2: 2 cells; allowed: 3, one per column" in mistake("year,kind,deaths\n2019,war\n")
    assert "column 'year' is repeated" in mistake("year,year,kind,deaths\n")
    assert "is empty" in mistake("# nothing\n")


def test_a_repeated_row_where_rows_count() -> None:
    twice = "year,kind,deaths\n2019,war,1\n2019,war,2\n2019,peace,\n2019,peace,\n"
    unique = Unique(["year", "kind"], lambda table: table["deaths"].ne(""))
    assert mistake(twice, unique) == (
        "deaths.csv: line 3: year '2019', kind 'war' is repeated; allowed: once"
    )
