"""The replicates of one scenario, as pandas frames: what analysis reads.

An ensemble is the same thing whether it has just been run or was read back from a folder. Words
that repeat (states, cartels, kinds of event) are categoricals and counts are small integers, so
that twenty replicates of three scenarios stay well under 400 MB.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plazas.model import decode
from plazas.model.events import EventKind
from plazas.model.record import SERIES, CartelMonth, PlaceMonth
from plazas.model.results import Results, by_year, dataset
from plazas.model.scenario import Scenario

if TYPE_CHECKING:
    import xarray

#: the frames of an ensemble, each with a column ``replicate``; also the names of its files
FRAMES = (
    "weekly", "places", "presence", "events", "cartels", "cartel_months", "fought", "fronts",
)  # fmt: skip

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """R replicates of a scenario. Every frame is sorted by replicate, then by time.

    weekly
        A row for each replicate and week: the national series (``plazas.model.rules.record.Week``).
    places
        A row for each replicate, month and place: flows of the month in persons, levels at its
        beginning, ``members``, the ``primary`` cartel and its ``share`` of the members there.
    presence
        A row for each replicate, month, place and cartel with members there: how many.
    events
        The event log: date, kind, place, cartel, other cartel, amount, gang (as ``Results``).
    cartels
        A row for each replicate and cartel: key, name, parent, founded, colour.
    cartel_months
        A row for each replicate, month and living cartel: members and its levels.
    fought
        A row for each replicate, calendar year, place and cartel that fought on a front there:
        ``deaths``, members expected to be killed on its fronts, on both sides. The cartel with most
        is the main fighter.
    fronts
        A row for each replicate, month and front on which members were killed in the month, or that
        was active at its end: ``code`` of the place, the keys ``cartel`` and ``other`` of the two,
        ``opened`` (date, before the run for a front of the start), ``active`` (at the month's end),
        ``deaths`` (members of both expected to be killed in the month).

    ``scenario`` is None for an ensemble read from a folder; ``provenance`` is then what the folder
    says of itself. ``sets`` are the sets of parameters beneath the scenario's own changes:
    replicate r took ``sets[r % len(sets)]``; none where all had the same parameters.
    """

    name: str
    title: str
    seed: int
    replicates: tuple[int, ...]
    weekly: pd.DataFrame
    places: pd.DataFrame
    presence: pd.DataFrame
    events: pd.DataFrame
    cartels: pd.DataFrame
    cartel_months: pd.DataFrame
    fought: pd.DataFrame
    fronts: pd.DataFrame
    scenario: Scenario | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    sets: tuple[Mapping[str, float], ...] = ()

    def __len__(self) -> int:
        return len(self.replicates)

    def __repr__(self) -> str:
        return f"<Ensemble of {self.name!r}: {len(self)} replicates, seed {self.seed}>"

    @property
    def sets_taken(self) -> int:
        """Return how many of the sets of parameters the replicates took."""
        return len({r % len(self.sets) for r in self.replicates}) if self.sets else 0

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name."""
        return {name: getattr(self, name) for name in FRAMES}

    @functools.cached_property
    def weeks(self) -> pd.DatetimeIndex:
        """Return the first day of every week, (W,)."""
        return pd.DatetimeIndex(self.weekly["week"][: len(self.weekly) // len(self)], name="week")

    @functools.cached_property
    def months(self) -> pd.DatetimeIndex:
        """Return the first day of every month, (M,)."""
        months = self.places["month"][: len(self.places) // len(self) : len(self.codes)]
        return pd.DatetimeIndex(months, name="month")

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the places, (P,)."""
        return tuple(self.places["code"].cat.categories)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of all cartels of all replicates; those of the start come first."""
        return tuple(self.places["primary"].cat.categories)

    @functools.cached_property
    def founders(self) -> dict[str, str]:
        """Return the names of the cartels of the start by key.

        Neither factions nor those that rose from local gangs, which differ by replicate.
        """
        first = self.replicates[0]
        log, cast = (f[f["replicate"] == first] for f in (self.events, self.cartels))
        rose = log.loc[log["kind"] == EventKind.RISE.name.lower(), "cartel"]
        cast = cast[cast["parent"].isna() & ~cast["key"].isin(rose)]
        return dict(zip(cast["key"], cast["name"], strict=True))

    def series(self, column: str) -> NDArray[np.float64]:
        """Return a national series as an array, (R, W)."""
        return self.weekly[column].to_numpy(np.float64).reshape(len(self), -1)

    def place_series(self, column: str) -> NDArray[Any]:
        """Return a column of ``places`` as an array, (R, M, P); ``primary`` as row of ``keys``."""
        values = self.places[column]
        array = values.cat.codes.to_numpy() if column == "primary" else values.to_numpy()
        return array.reshape(len(self), -1, len(self.codes))

    def front_series(self, column: str) -> NDArray[np.float64]:
        """Return a column of ``fronts`` summed by place, (R, M, P): ``active`` or ``deaths``."""
        rows = self.fronts
        shape = (len(self), len(self.months), len(self.codes))
        total = np.zeros(shape)
        at = (
            np.searchsorted(self.replicates, rows["replicate"]),
            self.months.get_indexer(pd.Index(rows["month"])),
            rows["code"].cat.codes.to_numpy(),
        )
        np.add.at(total, at, rows[column].to_numpy(np.float64))
        return total

    def led(self, key: str) -> NDArray[np.int64]:
        """Return in how many places a cartel is the primary one, (R, M)."""
        if key not in self.keys:
            return np.zeros((len(self), len(self.months)), np.int64)
        return (self.place_series("primary") == self.keys.index(key)).sum(axis=2)

    @functools.cached_property
    def yearly(self) -> pd.DataFrame:
        """Return the national series by replicate and calendar year (index).

        As :func:`plazas.model.results.by_year`.
        """
        year = self.weekly["week"].dt.year.rename("year")
        return by_year(self.weekly, ["replicate", year])

    def xarray(self) -> xarray.Dataset:
        """Return the series of the nation (replicate, week) and of places (replicate, month, code).

        Series of places carry ``place_`` before their name; ``place_primary`` is the key of the
        primary cartel, "" where there is none. ``place_fronts`` are the fronts active at the
        month's end, ``place_front_deaths`` the members expected to be killed on fronts.

        Raises
        ------
        MissingLibraryError
            If xarray is not installed.
        """
        data: dict[str, Any] = {name: (("replicate", "week"), self.series(name)) for name in SERIES}
        where = ("replicate", "month", "code")
        for name in self.places.columns.drop(["replicate", "month", "code", "primary"]):
            data[f"place_{name}"] = (where, self.place_series(str(name)))
        words = np.array([*self.keys, ""])  # code -1, no cartel, takes the last
        data["place_primary"] = (where, words[self.place_series("primary")])
        data["place_fronts"] = (where, self.front_series("active"))
        data["place_front_deaths"] = (where, self.front_series("deaths"))
        coordinates = {
            "replicate": list(self.replicates),
            "week": self.weeks.to_numpy(),
            "month": self.months.to_numpy(),
            "code": list(self.codes),
        }
        return dataset(data, coordinates, {"scenario": self.name, "seed": self.seed})


def frames_of(results: Results) -> dict[str, pd.DataFrame]:
    """Return the frames of one replicate; nothing in them refers to the record any more."""
    scenario, record = results.scenario, results.record
    n = len(results.months)
    codes = list(scenario.country.geography.codes)
    keys = list(results.cartels["key"])
    months = results.months.to_numpy().astype("datetime64[ns]")
    weeks = scenario.dates().astype("datetime64[ns]")
    members = decode.members(record, n)[:, :, : len(keys)]
    places = pd.DataFrame(
        {
            "month": np.repeat(months, len(codes)),
            "code": _coded(np.tile(np.arange(len(codes)), n), codes),
            **_columns(decode.place_table(record, n).reshape(-1), PlaceMonth),
            "members": members.sum(axis=2).reshape(-1).astype(np.int32),
            "primary": _coded(results.primary.reshape(-1), keys),
            "share": decode.shares(members).max(axis=2).reshape(-1).astype(np.float32),
        }
    )
    there = decode.presence(record, n)
    presence = pd.DataFrame(
        {
            "month": months[there.month],
            "code": _coded(there.place, codes),
            "cartel": _coded(there.cartel, keys),
            "members": there.members.astype(np.int32),
        }
    )
    log = decode.log(record)
    events = pd.DataFrame(
        {
            "date": weeks[log["week"]],
            "kind": _coded(log["kind"], [kind.name.lower() for kind in EventKind]),
            "place": _coded(log["place"], codes),
            "cartel": _coded(log["cartel"], keys),
            "other": _coded(log["other"], keys),
            "amount": log["amount"].astype(np.int32),
            "gang": log["gang"],
        }
    )
    living = decode.cartel_months(record, n)
    cartel_months = pd.DataFrame(
        {
            "month": months[living.month],
            "cartel": _coded(living.cartel, keys),
            "members": living.members.astype(np.int32),
            **_columns(living.levels, CartelMonth),
        }
    )
    cartels = results.cartels.assign(
        parent=_coded(np.array(results.parents), keys),
        founded=results.cartels["founded"].astype("datetime64[ns]"),
    )
    fought = results.fought.assign(
        code=lambda frame: pd.Categorical(frame["code"], codes),
        cartel=lambda frame: pd.Categorical(frame["cartel"], keys),
    )
    fronts = results.fronts.assign(
        month=lambda frame: frame["month"].astype("datetime64[ns]"),
        code=lambda frame: pd.Categorical(frame["code"], codes),
        cartel=lambda frame: pd.Categorical(frame["cartel"], keys),
        other=lambda frame: pd.Categorical(frame["other"], keys),
        opened=lambda frame: frame["opened"].astype("datetime64[ns]"),
        deaths=lambda frame: frame["deaths"].astype(np.float32),
    )
    weekly = results.weekly.reset_index()
    weekly["week"] = weekly["week"].astype("datetime64[ns]")
    frames = (weekly, places, presence, events, cartels, cartel_months, fought, fronts)
    for frame in frames:
        frame.insert(0, "replicate", np.full(len(frame), results.replicate, np.int32))
    return dict(zip(FRAMES, frames, strict=True))


def joined(parts: Sequence[Frames]) -> dict[str, pd.DataFrame]:
    """Return the frames of several replicates, in the order given, as one set of frames.

    The parts are emptied on the way, so that no more than one frame is ever held twice.
    """
    return {name: _stacked([part.pop(name) for part in parts]) for name in FRAMES}


def _coded(rows: NDArray[np.integer[Any]], words: list[str]) -> Any:
    """Return words by their row, missing where the row is -1."""
    return pd.Categorical.from_codes(rows, pd.Index(words))


def _columns(records: Any, kind: type) -> dict[str, NDArray[np.float32]]:
    """Return the fields of records as columns, in single precision."""
    return {name: records[name].astype(np.float32) for name in kind.__annotations__}


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the frames one under the other, categoricals with the categories of all."""
    whole = {}
    for column in frames[0].columns:
        parts = [frame[column] for frame in frames]
        if isinstance(parts[0].dtype, pd.CategoricalDtype):
            words = _union(part.cat.categories for part in parts)
            parts = [part.cat.set_categories(words) for part in parts]
        whole[column] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(whole)


def _union(lists: Iterable[Iterable[str]]) -> list[str]:
    """Return every word once: those of cartels of the start first, factions after, by number."""
    words = dict.fromkeys(itertools.chain.from_iterable(lists))
    return [w for w in words if "/" not in w] + sorted(
        (w for w in words if "/" in w), key=lambda w: (w.split("/")[0], int(w.split("/")[1]))
    )
