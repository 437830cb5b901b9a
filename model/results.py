"""The output of a run, as pandas frames."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from plazas.model import decode
from plazas.model.calendar import whole_year_scale
from plazas.model.errors import MissingLibraryError, UserError, unknown
from plazas.model.events import NO_GANG, EventKind
from plazas.model.record import SERIES, WEEK_FLOWS, PlaceMonth, Record
from plazas.model.scenario import Scenario

if TYPE_CHECKING:
    import xarray

WEEK_LEVELS = tuple(name for name in SERIES if name not in WEEK_FLOWS)
LOCAL_COLOURS = ("#8C8C8C", "#A89F91", "#7B8794")  # greys, for local groups that became cartels


def by_year(weekly: pd.DataFrame, keys: list[Any]) -> pd.DataFrame:
    """Return weekly series by calendar year.

    Flows are summed, and scaled to the days of the year where the whole year was run (51 to 53
    weeks begin in one). For part of a year they are the plain sum. Levels are the mean.

    Parameters
    ----------
    weekly : pandas.DataFrame
        National series (``SERIES``), one row per week.
    keys : list
        What to group by, as ``DataFrame.groupby`` takes it; the calendar year comes last.

    Returns
    -------
    pandas.DataFrame
        One row per group.
    """
    groups = weekly.groupby(keys, sort=True)
    flows = groups[list(WEEK_FLOWS)].sum()
    scale = whole_year_scale(flows.index.get_level_values(-1), groups.size().to_numpy())
    return pd.concat([flows.mul(scale, axis=0), groups[list(WEEK_LEVELS)].mean()], axis=1)[
        list(SERIES)
    ]


@dataclass(frozen=True)
class Results:
    """The record of one run, with the names that make it readable.

    Frames are made when first asked for.

    Parameters
    ----------
    scenario : Scenario
        What was run.
    record : plazas.model.record.Record
        The arrays that the run filled.
    seed, replicate : int
        The key of its draws.
    weeks_run : int
        May be less than the scenario's weeks while a run is still going.
    parents, founded, homes : tuple of int
        For each cartel row: the row it split from (-1 none), the week it was founded, its home
        place.

    Examples
    --------
    >>> import plazas as pz
    >>> results = pz.Simulation(pz.load_scenario("classroom")).run(104)
    >>> results.yearly.index.tolist()
    [2010, 2011]
    """

    scenario: Scenario
    record: Record
    seed: int
    replicate: int
    weeks_run: int
    parents: tuple[int, ...]
    founded: tuple[int, ...]
    homes: tuple[int, ...]

    def __repr__(self) -> str:
        return (
            f"<Results of {self.scenario.name!r}: {self.weeks_run} of {self.scenario.weeks} weeks, "
            f"seed {self.seed}, replicate {self.replicate}>"
        )

    @functools.cached_property
    def cartels(self) -> pd.DataFrame:
        """Return one row per cartel that ever lived: key, name, parent, founded, colour.

        A faction is named after the cartel of the start, or the local group, from which it
        descends. A local group that rose during the run is named after its place.
        """
        start = self.scenario.country.start
        names = [row.name for row in start.cartels]
        keys = [row.key for row in start.cartels]
        colours = [row.colour for row in start.cartels]
        dates = self.scenario.dates()
        places = self.scenario.country.geography
        counts: dict[str, int] = {}
        for k, parent in enumerate(self.parents):
            if k < len(start.cartels):
                continue
            if parent < 0:
                stem, title = (
                    places.abbreviations[self.homes[k]].lower(),
                    places.names[self.homes[k]],
                )
                counts[stem] = counts.get(stem, 0) + 1
                keys.append(f"{stem}-{counts[stem]}")
                names.append(f"{title}, local group {counts[stem]}")
                colours.append(LOCAL_COLOURS[counts[stem] % len(LOCAL_COLOURS)])
                continue
            root = keys[parent].split("/")[0]
            counts[root] = counts.get(root, 1) + 1
            keys.append(f"{root}/{counts[root]}")
            names.append(f"{names[keys.index(root)]}, faction {counts[root]}")
            colours.append(colours[keys.index(root)])
        return pd.DataFrame(
            {
                "key": keys,
                "name": names,
                "parent": [keys[p] if p >= 0 else None for p in self.parents],
                "founded": [pd.Timestamp(dates[w]) for w in self.founded],
                "colour": colours,
            }
        )

    @functools.cached_property
    def weekly(self) -> pd.DataFrame:
        """Return the national series, one row per week, indexed by the week's first day."""
        frame = pd.DataFrame.from_records(decode.week_table(self.record, self.weeks_run))
        frame.index = pd.DatetimeIndex(self.scenario.dates()[: self.weeks_run], name="week")
        return frame

    @functools.cached_property
    def yearly(self) -> pd.DataFrame:
        """Return the national series by calendar year.

        See :func:`by_year`.
        """
        year = pd.Series(pd.DatetimeIndex(self.weekly.index).year, self.weekly.index, name="year")
        return by_year(self.weekly, [year])

    @property
    def months(self) -> pd.DatetimeIndex:
        """Return the first day of every month that has begun."""
        first = np.datetime64(self.scenario.start, "M")
        n = decode.months_begun(self.record, self.weeks_run)
        return pd.DatetimeIndex((first + np.arange(n)).astype("datetime64[D]"), name="month")

    @functools.cached_property
    def places(self) -> pd.DataFrame:
        """Return one row per month and place: flows of the month, levels at its beginning.

        ``primary`` is the key of the cartel with most members there, missing where there is none.
        """
        geography = self.scenario.country.geography
        months = self.months
        index = pd.MultiIndex.from_product([months, list(geography.codes)], names=["month", "code"])
        frame = pd.DataFrame.from_records(decode.place_table(self.record, len(months)).reshape(-1))
        frame.index = index
        members = decode.members(self.record, len(months))
        frame["members"] = members.sum(axis=2).reshape(-1)
        frame["primary"] = [
            self.cartels["key"].iloc[k] if k >= 0 else None for k in self.primary.reshape(-1)
        ]
        return frame

    @functools.cached_property
    def primary(self) -> np.ndarray:
        """Return the row of the primary cartel by month and place, (M, P); -1 where none."""
        return decode.leaders(decode.members(self.record, len(self.months)))

    @functools.cached_property
    def fought(self) -> pd.DataFrame:
        """Return one row per calendar year, place and cartel that fought on a front there.

        ``deaths`` are the members expected to be killed on its fronts there, on both sides.
        """
        rows = decode.fights(self.record, decode.years_begun(self.record, self.weeks_run))
        return pd.DataFrame(
            {
                "year": self.scenario.start.year + rows.year,
                "code": self._codes[rows.place],
                "cartel": self._keys[rows.cartel],
                "deaths": rows.deaths,
            }
        )

    @functools.cached_property
    def fronts(self) -> pd.DataFrame:
        """Return one row per month and front: who fought whom where, and how many died.

        A month has a row where members were killed on the front, or it was active at the month's
        end. A month has its rows once it has ended, a front that ends once it has ended.

        Returns
        -------
        pandas.DataFrame
            ``month``, first day; ``code`` of the place; ``cartel`` and ``other``, keys; ``opened``,
            first day of the week in which the front opened, before the run for one of the start;
            ``active``, False where the front was silent or over at the month's end; ``deaths``,
            members of both expected to be killed on it in the month.
        """
        rows = decode.fronts(self.record)
        first = np.datetime64(self.scenario.start, "D")
        return pd.DataFrame(
            {
                "month": self.months[rows["month"]],
                "code": self._codes[rows["place"]],
                "cartel": self._keys[rows["one"]],
                "other": self._keys[rows["other"]],
                "opened": pd.DatetimeIndex(first + 7 * rows["opened"]),
                "active": rows["active"] == 1,
                "deaths": rows["deaths"],
            }
        )

    @functools.cached_property
    def presence(self) -> pd.DataFrame:
        """Return one row per month, place and cartel with members there: members, share."""
        rows = decode.presence(self.record, len(self.months))
        return pd.DataFrame(
            {
                "month": self.months[rows.month],
                "code": self._codes[rows.place],
                "cartel": self._keys[rows.cartel],
                "members": rows.members,
                "share": rows.share,
            }
        )

    @functools.cached_property
    def cartel_months(self) -> pd.DataFrame:
        """Return one row per month and living cartel: members and its monthly levels."""
        rows = decode.cartel_months(self.record, len(self.months))
        frame = pd.DataFrame.from_records(rows.levels)
        frame.insert(0, "month", self.months[rows.month])
        frame.insert(1, "cartel", self._keys[rows.cartel])
        frame.insert(2, "members", rows.members)
        return frame

    @property
    def _codes(self) -> np.ndarray:
        return np.array(self.scenario.country.geography.codes)

    @property
    def _keys(self) -> np.ndarray:
        return self.cartels["key"].to_numpy()

    @functools.cached_property
    def events(self) -> pd.DataFrame:
        """Return the event log: date, kind, place code, cartel, other cartel, amount, gang.

        ``gang`` is the id of the gang concerned, missing if the event concerns no single gang.
        """
        frame = pd.DataFrame.from_records(decode.log(self.record))
        keys = [*self.cartels["key"], None]
        codes = [*self.scenario.country.geography.codes, None]
        return pd.DataFrame(
            {
                "date": pd.DatetimeIndex(self.scenario.dates()[frame["week"]]),
                "kind": [EventKind(kind).name.lower() for kind in frame["kind"]],
                "place": [codes[p] for p in frame["place"]],
                "cartel": [keys[k] for k in frame["cartel"]],
                "other": [keys[k] for k in frame["other"]],
                "amount": frame["amount"],
                "gang": frame["gang"].astype("UInt64").mask(frame["gang"] == NO_GANG),
            }
        )

    def events_of(self, *kinds: str) -> pd.DataFrame:
        """Return the events of some kinds.

        Parameters
        ----------
        *kinds : str
            Kinds of events, such as ``"split"``.

        Returns
        -------
        pandas.DataFrame
            Rows of :attr:`events`.

        Raises
        ------
        UserError
            If a word is not a kind of event.
        """
        known = [kind.name.lower() for kind in EventKind]
        for kind in kinds:
            if kind not in known:
                raise UserError(unknown("event kind", kind, known))
        return self.events[self.events["kind"].isin(kinds)]

    def states_led(self, cartel: str) -> pd.Series[Any]:
        """Return the number of places where a cartel is the primary one, by month.

        Parameters
        ----------
        cartel : str
            Key of the cartel.

        Returns
        -------
        pandas.Series

        Raises
        ------
        UserError
            If no cartel of the run has that key.
        """
        keys = list(self.cartels["key"])
        if cartel not in keys:
            raise UserError(unknown("cartel", cartel, keys))
        led = (self.primary == keys.index(cartel)).sum(axis=1)
        return pd.Series(led, index=self.months, name=cartel)

    def xarray(self) -> xarray.Dataset:
        """Return the whole record but its events as one labelled dataset.

        Returns
        -------
        xarray.Dataset
            National series by ``week``; series of places by ``month`` and ``code`` under the prefix
            ``place_``; ``presence``, members by ``month``, ``code`` and ``cartel``;
            ``place_primary``, the key of the primary cartel ("" where there is none);
            ``place_fronts``, the fronts active at the month's end, and ``place_front_deaths``,
            members expected to be killed on fronts in the month.

        Raises
        ------
        MissingLibraryError
            If xarray is not installed.
        """
        months, geography = len(self.months), self.scenario.country.geography
        where = ("month", "code")
        data: dict[str, Any] = {name: ("week", self.weekly[name].to_numpy()) for name in SERIES}
        for name in PlaceMonth.__annotations__:
            data[f"place_{name}"] = (where, decode.place_table(self.record, months)[name])
        data["place_primary"] = (where, np.array([*self._keys, ""])[self.primary])
        active, deaths = decode.front_totals(self.record, months)
        data["place_fronts"], data["place_front_deaths"] = (where, active), (where, deaths)
        members = decode.members(self.record, months)[:, :, : len(self._keys)]
        data["presence"] = ((*where, "cartel"), members)
        coordinates = {
            "week": self.weekly.index.to_numpy(),
            "month": self.months.to_numpy(),
            "code": list(geography.codes),
            "cartel": list(self._keys),
        }
        labels = {"scenario": self.scenario.name, "seed": self.seed, "replicate": self.replicate}
        return dataset(data, coordinates, labels)


def dataset(
    data: dict[str, Any], coordinates: dict[str, Any], attributes: dict[str, Any]
) -> xarray.Dataset:
    """Return an xarray dataset; the arguments are those of ``xarray.Dataset``.

    Raises
    ------
    MissingLibraryError
        If xarray is not installed.
    """
    try:
        import xarray  # heavy, and optional
    except ImportError as error:
        raise MissingLibraryError("xarray is not installed; run: pip install xarray") from error
    return xarray.Dataset(data, coordinates, attributes)
