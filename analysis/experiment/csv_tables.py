"""Read CSV tables of the user, checked with pandera.

Lines that start with ``#`` are comments. A mistake is an error that names the file, the line, the
column, what is wrong and what is allowed; all mistakes of a table are reported at once.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from plazas.analysis.experiment.folder import reason, shown
from plazas.model.errors import UserError, unknown

MOST_MISTAKES = 5  # mistakes of a table that the message of its error lists


class Cells(NamedTuple):
    """What the cells of a column may hold.

    Parameters
    ----------
    valid
        Returns for a column of strings which cells are right.
    wrong
        Returns for a wrong cell what is wrong and what is allowed.
    """

    valid: Callable[[pd.Series[str]], pd.Series[bool]]
    wrong: Callable[[str], str]


class Unique(NamedTuple):
    """Columns whose cells together may stand in one row only, of the rows that ``counts`` selects.

    Parameters
    ----------
    columns
        Names of the columns.
    counts
        Returns for a table which rows count; by default all of them.
    """

    columns: Sequence[str]
    counts: Callable[[pd.DataFrame], pd.Series[bool]] | None = None


def text() -> Cells:
    """Return the rule for a column of any text."""
    return Cells(lambda column: pd.Series(True, column.index), repr)


def whole_number(low: int, high: int, what: str = "whole number") -> Cells:
    """Return the rule for a column of whole numbers from ``low`` to ``high``."""

    def valid(column: pd.Series[str]) -> pd.Series[bool]:
        digits = column.str.fullmatch(r"-?\d{1,18}")
        return digits & pd.to_numeric(column.where(digits)).between(low, high)

    return Cells(valid, lambda cell: f"{cell!r} is not a {what}; allowed: {low} to {high}")


def number(low: float = float("-inf"), empty: bool = False, what: str = "number") -> Cells:
    """Return the rule for a column of finite numbers, ``low`` or more; ``empty`` allows gaps."""
    least = "any finite number" if low == float("-inf") else f"{low:g} or more"

    def valid(column: pd.Series[str]) -> pd.Series[bool]:
        values = pd.to_numeric(column, errors="coerce")
        right = values.ge(low) & values.abs().lt(float("inf"))
        return right | column.eq("") if empty else right

    return Cells(valid, lambda cell: f"{cell!r} is not a {what}; allowed: {least}")


def one_of(what: str, words: Iterable[str]) -> Cells:
    """Return the rule for a column of known words; ``what`` says what a word is."""
    known = tuple(words)
    return Cells(lambda column: column.isin(known), lambda cell: unknown(what, cell, known))


def pattern(regular: str, what: str, example: str) -> Cells:
    """Return the rule for a column whose cells match a regular expression as a whole."""
    return Cells(
        lambda column: column.str.fullmatch(regular),
        lambda cell: f"{cell!r} is not a {what}; an example: {example}",
    )


def read(
    path: Path,
    columns: Mapping[str, Cells],
    *,
    optional: Sequence[str] = (),
    unique: Unique | None = None,
    error: type[UserError] = UserError,
    content: str | None = None,
    unfinished: bool = False,
) -> pd.DataFrame:
    """Read a CSV table and check it.

    Parameters
    ----------
    path
        The file.
    columns
        The rule for the cells of each column. Other columns of the file are not checked.
    optional
        Those of ``columns`` that may be missing.
    unique
        Which cells must not be repeated.
    error
        The error to raise.
    content
        The text of the file, where it was read already.
    unfinished
        Leave out a last line without a line end: its writer was stopped within it.

    Returns
    -------
    pandas.DataFrame
        The cells as strings, without white space around them; the index is the number of the line.

    Raises
    ------
    UserError
        (or ``error``) If the file cannot be read or has a mistake.

    Examples
    --------
    >>> rules = {"year": whole_number(1900, 2100)}
    >>> table = read(Path("years.csv"), rules, content=chr(10).join(["year", "2019"]))
    >>> table.loc[2, "year"]
    '2019'
    """
    # Deferred: pandera takes a second to import, and only tables of the user need it.
    import pandera.pandas as pa

    if content is None:
        content = _content(path, error)
    if unfinished:
        content = content[: content.rfind("\n") + 1]
    table, head = _cells(path, content, error)
    rules = {
        name: pa.Column(str, pa.Check(cells.valid), required=name not in optional)
        for name, cells in columns.items()
    }
    missing = [name for name in columns if name not in (*table.columns, *optional)]
    checks = [] if unique is None or missing else [pa.Check(lambda t: ~_repeats(t, unique))]
    try:
        pa.DataFrameSchema(rules, checks=checks).validate(table, lazy=True)
    except pa.errors.SchemaErrors as failure:
        cases = failure.failure_cases
        raise error(f"{path}: {_sentence(cases, table, columns, head, unique)}") from None
    return table


def _content(path: Path, error: type[UserError]) -> str:
    """Return the text of a file."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, ValueError) as failure:
        raise error(f"{shown(path)}: {reason(failure)}") from failure


def _cells(path: Path, content: str, error: type[UserError]) -> tuple[pd.DataFrame, int]:
    """Return the cells of a table by line, and the number of the line with the column names."""
    rows = {
        line: cells_of(path, line, row, error)
        for line, row in enumerate(content.splitlines(), 1)
        if row.strip() and not row.startswith("#")
    }
    if not rows:
        raise error(f"{path}: is empty; the first line must name the columns")
    head, names = next(iter(rows.items()))
    for name in names:
        if names.count(name) > 1:
            raise error(f"{path}: line {head}: column {name!r} is repeated; allowed: once")
    del rows[head]
    for line, cells in rows.items():
        if len(cells) != len(names):
            raise error(
                f"{path}: line {line}: {len(cells)} cells; allowed: {len(names)}, one per column"
            )
    return pd.DataFrame.from_dict(rows, orient="index", columns=names, dtype=str), head


def cells_of(path: Path, line: int, row: str, error: type[UserError] = UserError) -> list[str]:
    """Return the cells of a line, without white space around them.

    Parameters
    ----------
    path, line
        The file and the number of the line, for the message.
    row
        The text of the line.
    error
        The error to raise.

    Raises
    ------
    UserError
        (or ``error``) If a cell is too long to be read.
    """
    try:
        return [cell.strip() for cell in next(csv.reader([row]))]
    except csv.Error as failure:
        raise error(f"{path}: line {line}: {failure}") from failure


def _repeats(table: pd.DataFrame, unique: Unique) -> pd.Series[bool]:
    """Return which rows repeat an earlier one."""
    rows = table if unique.counts is None else table[unique.counts(table)]
    repeated = rows.duplicated(list(unique.columns))
    return repeated.reindex(table.index, fill_value=False)


def _sentence(
    cases: pd.DataFrame,
    table: pd.DataFrame,
    columns: Mapping[str, Cells],
    head: int,
    unique: Unique | None,
) -> str:
    """Return the mistakes of a table in one line, in the order of their lines."""
    mistakes: dict[tuple[int, str], str] = {}
    for case in cases.to_dict("records"):
        if case["check"] == "column_in_dataframe":
            there = ", ".join(str(name) for name in table.columns)
            mistakes[head, str(case["failure_case"])] = (
                f"line {head}: there is no column {case['failure_case']!r}; there are {there}"
            )
            continue
        line = int(case["index"])
        if case["schema_context"] == "Column":
            name = str(case["column"])
            wrong = columns[name].wrong(str(case["failure_case"]))
            mistakes[line, name] = f"line {line}, column {name!r}: {wrong}"
        elif unique is not None:
            cells = ", ".join(f"{name} {table.at[line, name]!r}" for name in unique.columns)
            mistakes[line, ""] = f"line {line}: {cells} is repeated; allowed: once"
    listed = [mistakes[key] for key in sorted(mistakes)]
    more = len(listed) - MOST_MISTAKES
    return "; ".join(listed[:MOST_MISTAKES]) + (f"; and {more} more mistakes" if more > 0 else "")
