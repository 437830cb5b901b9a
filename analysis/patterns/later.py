"""Read observed figures of later years (held out) from CSV files in a folder of the user.

Plazas comes with no figure of these years. The files have the names and columns of the published
tables. Lines that start with ``#`` are comments, and years up to 2018 are checked but not used.
Files may be missing, but not all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from plazas.analysis.experiment import csv_tables
from plazas.analysis.experiment.csv_tables import Cells, Unique
from plazas.analysis.patterns.observed import LAST_YEAR
from plazas.analysis.patterns.territory import A_DEATH
from plazas.analysis.patterns.trials import Array
from plazas.model.errors import UserError
from plazas.model.geography import states

NATIONAL = "homicides_national_*.csv"
BY_STATE = "homicides_state_year_long.csv"
VICTIMS = "sesnsp_*.csv"
FIGHTS = "ucdp_actor_state_year.csv"
PRESENCE = "cartel_presence_snapshots.csv"
FILES = (NATIONAL, BY_STATE, VICTIMS, FIGHTS, PRESENCE)
#: national series; a year takes the first that has a figure
NATIONAL_SERIES = (
    "inegi_registered",
    "inegi_occurrence_gargiulo",
    "sesnsp_doloso_plus_feminicide_revised",
)
#: series by state; a year takes the first that has all states
STATE_SERIES = ("INEGI_registered", "INEGI_occurrence", "SESNSP_doloso_feminicide")
ACTOR = "Jalisco Cartel New Generation"
GROUP = "CJNG"
UNKNOWN_STATE = "00"
YEAR = csv_tables.whole_number(1900, 2100, "year")
PERSONS = csv_tables.number(0.0, empty=True, what="number of persons")
TEXT = csv_tables.text()


class LaterDataError(UserError):
    """A table of later years with a mistake; the message names file, line and column."""


@dataclass
class Later:
    """Observed figures of the years after 2018, by year.

    Parameters
    ----------
    national
        Homicides in the nation.
    by_state
        Homicides by state, (32,) in the order of ``states()``.
    main
        Rows of the states where CJNG is the main fighting actor.
    present
        How many states each published list of the year names for CJNG.
    notes
        Sentences on what was left out.
    """

    national: dict[int, float] = field(default_factory=dict)
    by_state: dict[int, Array] = field(default_factory=dict)
    main: dict[int, set[int]] = field(default_factory=dict)
    present: dict[int, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        """Return every year with an observed figure."""
        return sorted({*self.national, *self.by_state, *self.main, *self.present})

    def until(self, last: int) -> Later:
        """Return the figures up to the year ``last``; a note says which years were left out."""
        late = [str(year) for year in self.years if year > last]
        notes = [f"the runs end with {last}; left out: {', '.join(late)}"] if late else []
        return Later(
            national={y: v for y, v in self.national.items() if y <= last},
            by_state={y: v for y, v in self.by_state.items() if y <= last},
            main={y: v for y, v in self.main.items() if y <= last},
            present={y: v for y, v in self.present.items() if y <= last},
            notes=[*self.notes, *notes],
        )


def read(folder: Path) -> Later:
    """Read every table of a folder.

    Parameters
    ----------
    folder
        A folder with at least one of the files ``FILES``.

    Raises
    ------
    LaterDataError
        If the folder or all tables are missing, or a table has a mistake.
    """
    if not folder.is_dir():
        raise LaterDataError(f"{folder}: there is no such folder")
    if not has_tables(folder):
        raise LaterDataError(
            f"{folder}: no table found; expected one or more of {', '.join(FILES)}"
        )
    known = Later()
    readers = (
        (NATIONAL, _national),
        (BY_STATE, _by_state),
        (VICTIMS, _victims),
        (FIGHTS, _fights),
        (PRESENCE, _presence),
    )
    for pattern, reader in readers:
        for path in sorted(folder.glob(pattern)):
            reader(path, known)
    if not known.years:
        known.notes.append(f"{folder} has no year after {LAST_YEAR}")
    return known


def has_tables(folder: Path) -> bool:
    """Return whether a folder has any of the tables."""
    return any(any(folder.glob(pattern)) for pattern in FILES)


def _state() -> Cells:
    """Return the rule for a column of state codes."""
    known = (*states().codes, UNKNOWN_STATE)
    return Cells(
        lambda column: column.isin(known),
        lambda cell: (
            f"{cell!r} is not a state code; allowed: 01 to 32, or {UNKNOWN_STATE} if "
            "the state is unknown"
        ),
    )


def _table(
    path: Path, columns: dict[str, Cells], keys: Sequence[str], optional: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the rows of the held-out years of a table: year and state as int, persons as float.

    ``state`` is the row of the state, -1 if it is unknown. The cells of ``keys`` together must not
    be repeated where the state and the persons are known.
    """
    persons = [name for name, cells in columns.items() if cells is PERSONS]

    def counts(table: pd.DataFrame) -> pd.Series[bool]:
        there = [name for name in persons if name in table]
        known = (table[there] != "").any(axis=1)
        return known & table["cve_ent"].ne(UNKNOWN_STATE) if "cve_ent" in table else known

    table = csv_tables.read(
        path,
        columns,
        optional=optional,
        unique=Unique(keys, counts) if keys else None,
        error=LaterDataError,
    )
    year = table["year" if "year" in columns else "date"].str[:4].astype(int)
    table = table.assign(year=year)[year > LAST_YEAR]
    if "cve_ent" in columns:
        row_of = {code: row for row, code in enumerate(states().codes)}
        table["state"] = [row_of.get(code, -1) for code in table["cve_ent"]]
    there = [name for name in persons if name in table]
    return table.assign(**{name: pd.to_numeric(table[name]) for name in there})


def _national(path: Path, known: Later) -> None:
    columns = {"year": YEAR, **dict.fromkeys(NATIONAL_SERIES, PERSONS)}
    table = _table(path, columns, ["year"], optional=NATIONAL_SERIES)
    series = [name for name in NATIONAL_SERIES if name in table]
    if not series:
        raise LaterDataError(f"{path}: expected one or more of the columns {', '.join(columns)}")
    first = table.set_index("year")[series].bfill(axis=1).iloc[:, 0].dropna()
    for year, homicides in first.items():
        if year in known.national:
            raise LaterDataError(f"{path}: year {year} is also in another of the files {NATIONAL}")
        known.national[int(str(year))] = float(homicides)


def _by_state(path: Path, known: Later) -> None:
    series = csv_tables.one_of("series", STATE_SERIES)
    columns = {"year": YEAR, "cve_ent": _state(), "series": series, "homicides": PERSONS}
    table = _table(path, columns, ["year", "cve_ent", "series"])
    for year, rows in table.groupby("year"):
        complete = [of for name in STATE_SERIES if (of := _of_states(rows[rows["series"] == name]))]
        if complete:
            known.by_state[int(str(year))] = complete[0][0]
        else:
            known.notes.append(f"{path.name}: no series has all states in {year}; left out")


def _victims(path: Path, known: Later) -> None:
    """Read victims by state; they fill the years without a complete series by state."""
    victims, women = "homicidio_doloso_victims", "feminicidio_victims"
    columns = {"year": YEAR, "cve_ent": _state(), victims: PERSONS, women: PERSONS}
    table = _table(path, columns, ["year", "cve_ent"])
    table["homicides"] = table[victims] + table[women].fillna(0.0)
    for year, rows in table.groupby("year"):
        complete = _of_states(rows)
        if complete:
            known.by_state.setdefault(int(str(year)), complete[0])
        else:
            known.notes.append(f"{path.name}: {year} lacks a state; left out")


def _of_states(rows: pd.DataFrame) -> list[Array]:
    """Return homicides by state (32,) in a list, which is empty if a state is missing."""
    by_state = rows[rows["state"] >= 0].dropna(subset="homicides").set_index("state")["homicides"]
    whole = by_state.reindex(range(len(states())))
    return [] if whole.isna().any() else [whole.to_numpy(float)]


def _fights(path: Path, known: Later) -> None:
    columns = {"year": YEAR, "cve_ent": _state(), "actor": TEXT, "deaths_in_dyads": PERSONS}
    table = _table(path, columns, ["year", "cve_ent", "actor"])
    for year in table["year"].unique():
        known.main.setdefault(int(year), set())
    table = table[table["state"] >= 0].dropna(subset="deaths_in_dyads")
    most = table.groupby(["year", "state"])["deaths_in_dyads"].transform("max")
    deaths = table["deaths_in_dyads"]
    main = table[table["actor"].eq(ACTOR) & deaths.ge(A_DEATH) & deaths.ge(most)]
    for year, state in zip(main["year"], main["state"], strict=True):
        known.main[int(year)].add(int(state))


def _presence(path: Path, known: Later) -> None:
    columns = {
        "date": csv_tables.pattern(r"\d{4}(-\d{2}){0,2}", "date", "2018-03"),
        "source": TEXT,
        "group": TEXT,
        "cve_ent": _state(),
        "completeness": TEXT,
    }
    table = _table(path, columns, ())
    full = table["completeness"].str.startswith("full") & table["group"].eq(GROUP)
    lists = table[full & (table["state"] >= 0)].groupby(["year", "date", "source"], sort=False)
    for key, rows in lists:
        year = int(str(key[0]))
        known.present.setdefault(year, []).append(int(rows["state"].nunique()))
