"""Read figures of later years, those that are held out, from a folder of CSV files.

Nothing is shipped of them. The files have the names and columns of the published tables; lines
that begin with ``#`` are comments, and years up to 2018 are passed over. Any of the files may be
missing, not all. A file with a mistake is refused with its line and the bad word.
"""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from plazas.analysis.patterns.observed import LAST_YEAR
from plazas.analysis.patterns.territory import A_DEATH
from plazas.analysis.patterns.trials import Array
from plazas.model.errors import UserError, unknown
from plazas.model.geography import states

NATIONAL = "homicides_national_*.csv"
BY_STATE = "homicides_state_year_long.csv"
VICTIMS = "sesnsp_*.csv"
FIGHTS = "ucdp_actor_state_year.csv"
PRESENCE = "cartel_presence_snapshots.csv"
FILES = (NATIONAL, BY_STATE, VICTIMS, FIGHTS, PRESENCE)
#: national series, the first that a year has is taken
NATIONAL_SERIES = (
    "inegi_registered",
    "inegi_occurrence_gargiulo",
    "sesnsp_doloso_plus_feminicide_revised",
)
#: series by state, the first that a year has for all states is taken
STATE_SERIES = ("INEGI_registered", "INEGI_occurrence", "SESNSP_doloso_feminicide")
ACTOR = "Jalisco Cartel New Generation"
GROUP = "CJNG"
UNKNOWN_STATE = "00"
EARLIEST, LATEST = 1900, 2100


class LaterDataError(UserError):
    """A table of later years that cannot be used; the message names file, line and word."""


@dataclass
class Later:
    """What is known of the years after 2018.

    ``national`` is homicides by year, ``by_state`` the same by state, (32,) in the order of
    ``states()``, ``main`` the states where CJNG is the main fighting actor, as rows, and
    ``present`` how many states the published lists of a year name. ``notes`` say what was left out.
    """

    national: dict[int, float] = field(default_factory=dict)
    by_state: dict[int, Array] = field(default_factory=dict)
    main: dict[int, set[int]] = field(default_factory=dict)
    present: dict[int, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        """Return every year of which something is known."""
        return sorted({*self.national, *self.by_state, *self.main, *self.present})

    def until(self, last: int) -> Later:
        """Return what is known up to a year; a note says which years were left out."""
        late = [str(year) for year in self.years if year > last]
        notes = [f"the runs end with {last}: {', '.join(late)} left out"] if late else []
        return Later(
            national={y: v for y, v in self.national.items() if y <= last},
            by_state={y: v for y, v in self.by_state.items() if y <= last},
            main={y: v for y, v in self.main.items() if y <= last},
            present={y: v for y, v in self.present.items() if y <= last},
            notes=[*self.notes, *notes],
        )


@dataclass(frozen=True)
class _Line:
    """A line of a table; its methods return a cell or refuse it."""

    path: Path
    number: int
    cells: dict[str, str]

    def refuse(self, column: str, why: str) -> LaterDataError:
        """Return the error for a cell."""
        where = f"{self.path}, line {self.number}, column {column}"
        return LaterDataError(f"{where}: {self.cells[column]!r} {why}")

    def year(self, column: str = "year") -> int:
        """Return a year."""
        text = self.cells[column]
        if not re.fullmatch(r"\d{4}", text) or not EARLIEST <= int(text) <= LATEST:
            raise self.refuse(column, f"is no year from {EARLIEST} to {LATEST}")
        return int(text)

    def count(self, column: str) -> float | None:
        """Return a number of persons, None for an empty cell."""
        text = self.cells[column]
        if not text:
            return None
        try:
            found = float(text)
        except ValueError:
            raise self.refuse(column, "is not a number") from None
        if not (math.isfinite(found) and found >= 0.0):
            raise self.refuse(column, "is not a number of persons, 0 or more")
        return found

    def state(self, column: str = "cve_ent") -> int:
        """Return the row of a state; -1 where the table says that it is not known."""
        text = self.cells[column]
        if text == UNKNOWN_STATE:
            return -1
        if text not in states().codes:
            raise self.refuse(column, "is no state's code; they are 01 to 32, with two digits")
        return states().codes.index(text)

    def word(self, column: str, known: tuple[str, ...]) -> str:
        """Return one of some words."""
        text = self.cells[column]
        if text not in known:
            told = unknown(column, text, known)
            raise LaterDataError(f"{self.path}, line {self.number}: {told}")
        return text


def read(folder: Path) -> Later:
    """Read every table of a folder.

    Raises
    ------
    LaterDataError
        If the folder or all tables are missing, or a table has a mistake.
    """
    if not folder.is_dir():
        raise LaterDataError(f"{folder}: there is no such folder")
    if not has_tables(folder):
        raise LaterDataError(f"{folder}: holds none of {', '.join(FILES)}")
    found = Later()
    readers = (
        (NATIONAL, _national),
        (BY_STATE, _by_state),
        (VICTIMS, _victims),
        (FIGHTS, _fights),
        (PRESENCE, _presence),
    )
    for pattern, reader in readers:
        for path in sorted(folder.glob(pattern)):
            reader(path, found)
    if not found.years:
        found.notes.append(f"{folder} has no year after {LAST_YEAR}")
    return found


def has_tables(folder: Path) -> bool:
    """Return whether a folder holds any of the tables."""
    return any(any(folder.glob(pattern)) for pattern in FILES)


def _lines(path: Path, columns: tuple[str, ...]) -> Iterator[_Line]:
    """Yield the lines of a table, without comments."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LaterDataError(f"{path}: cannot be read ({error})") from error
    head: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        if head is None:
            head = cells
            for column in columns:
                if column not in head:
                    raise LaterDataError(
                        f"{path}, line {number}: there is no column {column!r}; "
                        f"there are {', '.join(head)}"
                    )
            continue
        if len(cells) != len(head):
            raise LaterDataError(
                f"{path}, line {number}: has {len(cells)} cells for {len(head)} columns"
            )
        yield _Line(path, number, dict(zip(head, cells, strict=True)))
    if head is None:
        raise LaterDataError(f"{path}: is empty; the first line must name the columns")


def _later(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, _Line]]:
    """Yield year and line of the years that are held out; the others are checked all the same."""
    for line in _lines(path, ("year", *columns)):
        year = line.year()
        if year > LAST_YEAR:
            yield year, line


def _national(path: Path, found: Later) -> None:
    for year, line in _later(path, ()):
        if year in found.national:
            raise line.refuse("year", "stands there twice")
        present = [name for name in NATIONAL_SERIES if name in line.cells]
        if not present:
            raise LaterDataError(f"{path}: has none of the columns {', '.join(NATIONAL_SERIES)}")
        values = [line.count(name) for name in present]
        known = [value for value in values if value is not None]
        if known:
            found.national[year] = known[0]


def _by_state(path: Path, found: Later) -> None:
    table: dict[tuple[int, str], Array] = {}
    for year, line in _later(path, ("cve_ent", "series", "homicides")):
        p, value = line.state(), line.count("homicides")
        series = line.word("series", STATE_SERIES)
        row = table.setdefault((year, series), np.full(len(states()), np.nan))
        if p < 0 or value is None:
            continue
        if not np.isnan(row[p]):
            raise line.refuse("cve_ent", f"stands twice in {year} of {series}")
        row[p] = value
    for year in sorted({year for year, _ in table}):
        whole = [
            table[year, series]
            for series in STATE_SERIES
            if (year, series) in table and not np.isnan(table[year, series]).any()
        ]
        if whole:
            found.by_state[year] = whole[0]
        else:
            found.notes.append(f"{path.name}: no series has all states in {year}; left out")


def _victims(path: Path, found: Later) -> None:
    """Read victims by state; they fill the years that the long table does not have."""
    columns = ("homicidio_doloso_victims", "feminicidio_victims")
    table: dict[int, Array] = {}
    for year, line in _later(path, ("cve_ent", *columns)):
        p, values = line.state(), [line.count(column) for column in columns]
        row = table.setdefault(year, np.full(len(states()), np.nan))
        if p < 0 or values[0] is None:
            continue
        if not np.isnan(row[p]):
            raise line.refuse("cve_ent", f"stands twice in {year}")
        row[p] = values[0] + (values[1] or 0.0)
    for year, row in table.items():
        if np.isnan(row).any():
            found.notes.append(f"{path.name}: {year} lacks a state; left out")
        else:
            found.by_state.setdefault(year, row)


def _fights(path: Path, found: Later) -> None:
    deaths: dict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    for year, line in _later(path, ("cve_ent", "actor", "deaths_in_dyads")):
        p, actor, value = line.state(), line.cells["actor"], line.count("deaths_in_dyads")
        found.main.setdefault(year, set())
        if p < 0 or value is None:
            continue
        if actor in deaths[year, p]:
            raise line.refuse("actor", f"stands twice in a state and {year}")
        deaths[year, p][actor] = value
    for (year, p), of_actor in deaths.items():
        mine = of_actor.get(ACTOR, 0.0)
        if mine >= A_DEATH and mine >= max(of_actor.values()):
            found.main[year].add(p)


def _presence(path: Path, found: Later) -> None:
    lists: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    for line in _lines(path, ("date", "source", "group", "cve_ent", "completeness")):
        if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", line.cells["date"]):
            raise line.refuse("date", "is no date such as 2018-03")
        year, p = int(line.cells["date"][:4]), line.state()
        whole = line.cells["completeness"].startswith("full")
        if year > LAST_YEAR and whole and line.cells["group"] == GROUP and p >= 0:
            lists[year, line.cells["date"], line.cells["source"]].add(p)
    for (year, _, _), named in lists.items():
        found.present.setdefault(year, []).append(len(named))
