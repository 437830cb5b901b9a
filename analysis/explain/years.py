"""The calendar years of a place: homicides, who fought whom, and what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from plazas.analysis.explain import notes
from plazas.analysis.explain.facts import Count, counted
from plazas.analysis.explain.language import Language, Section
from plazas.analysis.explain.saved import Saved

HIGH = 1.15  # times its own mean, from which a year stands out
MOST_YEARS, MOST_FRONTS, MOST_SHARES = 3, 3, 4
SHOWN_DEATHS = 0.5  # members killed in a year, from which a front counts
MOST_DESCRIBED = 2  # years
FLOWS = ("homicides", "killed_by_rivals", "killed_by_forces", "officials_killed")


class FrontHere(NamedTuple):
    """Two cartels that fought in the place in a year."""

    pair: tuple[str, str]
    opened: pd.Timestamp | None  #: None where it was there when the run began
    months: int  #: of the year in which they fought
    shares: tuple[float, float]  #: means over these months
    deaths: float  #: members of both expected to be killed


@dataclass(frozen=True)
class Year:
    """A year of a place; flows in persons, means over its months."""

    year: int
    homicides: int
    own_mean: float
    ratio: float  #: to its own mean over all full years
    nation_ratio: float
    by_rivals: int
    by_forces: int
    officials: int
    friction: float
    friction_before: float | None  #: of the year before, None where none was run
    friction_mean: float  #: over all full years
    contest: float  #: 1 - HHI
    contest_mean: float
    first_members: int
    last_members: int
    shares: tuple[tuple[str, float], ...]
    fronts: tuple[FrontHere, ...]
    lesser_fronts: tuple[FrontHere, ...]
    joined: Count
    notes: tuple[notes.Note, ...]

    @property
    def others(self) -> int:
        """Return the bystanders and the ordinary homicides."""
        return self.homicides - self.by_rivals - self.by_forces - self.officials


def years(saved: Saved) -> dict[int, Year]:
    """Return every full year of the place."""
    full = list(saved.full_years)
    if not full:
        return {}
    by_year = saved.months.year
    inside = by_year.isin(full)
    flows = saved.series.groupby(by_year).sum()
    own = float(flows.loc[full, "homicides"].mean())
    nation = saved.nation.groupby(by_year).sum().loc[full]
    friction = saved.series["friction"].groupby(by_year).mean()
    contest = saved.contest.groupby(by_year).mean()
    heads = saved.heads.sum(axis=1)
    absorbed = saved.here[saved.here["kind"] == "absorbed"]
    result = {}
    for year in full:
        flow = {name: int(flows[name][year]) for name in FLOWS}
        shares = saved.shares[by_year == year].mean().sort_values(ascending=False)
        here = fronts_here(saved, year)
        months = np.flatnonzero(by_year == year)
        result[year] = Year(
            year=year,
            homicides=flow["homicides"],
            own_mean=own,
            ratio=flow["homicides"] / own if own > 0 else 1.0,
            nation_ratio=float(nation[year] / nation.mean()) if nation.mean() > 0 else 1.0,
            by_rivals=flow["killed_by_rivals"],
            by_forces=flow["killed_by_forces"],
            officials=flow["officials_killed"],
            friction=float(friction[year]),
            friction_before=friction.get(year - 1),
            friction_mean=float(saved.series["friction"][inside].mean()),
            contest=float(contest[year]),
            contest_mean=float(saved.contest[inside].mean()),
            first_members=int(heads.iloc[months[0]]),
            last_members=int(heads.iloc[months[-1]]),
            shares=tuple(
                (str(key), float(share))
                for key, share in shares.head(MOST_SHARES).items()
                if share >= notes.SHOWN_SHARE
            ),
            fronts=tuple(here[:MOST_FRONTS]),
            lesser_fronts=tuple(here[MOST_FRONTS:]),
            joined=counted(absorbed[absorbed["date"].dt.year == year]),
            notes=tuple(
                notes.notes(saved, pd.Timestamp(year - 1, 1, 1), pd.Timestamp(year + 1, 1, 1))
            ),
        )
    return result


def deadliest(by_year: dict[int, Year]) -> list[Year]:
    """Return the years that stand out, most homicides first; the first alone where none does."""
    order = sorted(by_year.values(), key=lambda year: -year.homicides)
    return [year for year in order if year.ratio >= HIGH][:MOST_YEARS] or order[:1]


def fronts_here(saved: Saved, year: int) -> list[FrontHere]:
    """Return the fronts of the place in a year, those with most deaths first."""
    of_year = saved.fronts[saved.fronts["month"].dt.year == year]
    result = []
    for (one, other), rows in of_year.groupby(["cartel", "other"]):
        deaths = float(rows["deaths"].sum())
        if deaths < SHOWN_DEATHS:
            continue
        pair = str(one), str(other)
        months = [saved.at(month) for month in rows["month"].unique()]
        mine, theirs = (
            float(np.mean([saved.share(key, month) for month in months])) for key in pair
        )
        opened = rows["opened"].min()
        known = opened if opened >= pd.Timestamp(saved.scenario.start) else None
        result.append(FrontHere(pair, known, len(months), (mine, theirs), deaths))
    return sorted(result, key=lambda front: -front.deaths)


def sections(
    saved: Saved, language: Language, by_year: dict[int, Year], year: int | None
) -> list[Section]:
    """Describe the deadliest years, or one year."""
    say = language.say
    if year is not None:
        return [_section(saved, language, by_year[year])]
    heading = say("deadliest heading")
    if not by_year:
        return [Section(heading, (say("no full year"),))]
    worst = deadliest(by_year)
    listed = [say("deadly year", y=one) for one in worst]
    mean = say("mean year", mean=worst[0].own_mean, first=min(by_year), last=max(by_year))
    lead = say("deadliest" if worst[0].ratio >= HIGH else "none stands out", years=listed)
    described = sorted(worst[:MOST_DESCRIBED], key=lambda one: one.year)
    parts = [_section(saved, language, one) for one in described]
    return [Section(heading, (f"{mean} {lead}",)), *parts]


def _section(saved: Saved, language: Language, year: Year) -> Section:
    texts = [language.say("year toll", y=year), _contest(language, year)]
    before = [note for note in year.notes if note.date.year < year.year]
    within = [note for note in year.notes if note.date.year == year.year]
    for key, when, dated in (
        ("year before", year.year - 1, before),
        ("year within", year.year, within),
    ):
        if dated:
            text = notes.text(saved.name, language, dated)
            texts.append(language.say(key, year=when, notes=text))
    return Section(str(year.year), tuple(texts))


def _contest(language: Language, year: Year) -> str:
    """Describe who was there, who fought whom and how many gangs joined them."""
    say = language.say
    if not year.shares:
        return say("year empty")
    shares = [say("share", cartel=key, share=share) for key, share in year.shares]
    first = year.friction_before is None
    texts = [say("year contest first" if first else "year contest", y=year, shares=shares)]
    if not year.fronts:
        texts.append(say("no front"))
    else:
        fronts = "; ".join(front_text(language, "front here", front) for front in year.fronts)
        lesser = year.lesser_fronts
        key = "year fronts and more" if lesser else "year fronts"
        deaths = sum(front.deaths for front in lesser)
        texts.append(say(key, n=len(lesser), fronts=fronts, deaths=deaths))
    if year.joined.gangs:
        texts.append(say("year joined", n=year.joined.gangs, m=year.joined.members))
    return " ".join(texts)


def front_text(language: Language, key: str, front: FrontHere) -> str:
    """Describe a front in one of the texts for it."""
    before = front.opened is None
    opened = language.say("front before the run" if before else "front since", date=front.opened)
    return language.say(key, n=front.months, front=front, opened=opened)
