"""The calendar years of a place: homicides, who was at war, and what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from plazas.analysis.explain import notes
from plazas.analysis.explain.facts import Count, counted
from plazas.analysis.explain.language import Language, Section
from plazas.analysis.explain.saved import Saved
from plazas.analysis.explain.wars import War, wars

HIGH = 1.15  # times its own mean, from which a year stands out
MOST_YEARS, MOST_WARS, MOST_SHARES = 3, 3, 4
MOST_DESCRIBED = 2  # years
FLOWS = ("homicides", "killed_by_rivals", "killed_by_forces", "officials_killed")


class WarHere(NamedTuple):
    """Two of those present at war in a year: since when, and in how many of its months."""

    pair: tuple[str, str]
    since: pd.Timestamp | None  #: None where it was there when the run began
    months: int
    shares: tuple[float, float]  #: means over these months


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
    wars: tuple[WarHere, ...]
    lesser_wars: int
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
    all_wars = wars(saved)
    result = {}
    for year in full:
        flow = {name: int(flows[name][year]) for name in FLOWS}
        shares = saved.shares[by_year == year].mean().sort_values(ascending=False)
        here = _wars_here(saved, all_wars, year)
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
            wars=tuple(here[:MOST_WARS]),
            lesser_wars=len(here[MOST_WARS:]),
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


def _wars_here(saved: Saved, all_wars: list[War], year: int) -> list[WarHere]:
    """Return the pairs of those present at war in a year, those with most weight first."""
    rows = np.flatnonzero(saved.months.year == year).tolist()
    fought: dict[tuple[str, str], dict[War, list[int]]] = {}
    for war in all_wars:
        months = [m for m in rows if war.is_on(saved.months[m])]
        if months and set(war.pair) <= set(saved.heads):
            fought.setdefault(war.pair, {})[war] = months
    result = []
    for pair, by_war in fought.items():
        going = sorted({m for months in by_war.values() for m in months})
        one, other = (saved.shares[key].to_numpy()[going] for key in pair)
        weight = float((one * other).sum()) / len(rows)
        if weight >= notes.SHOWN_PRODUCT:
            first = next(iter(by_war))
            since = None if first.from_start else first.began
            here = WarHere(pair, since, len(going), (float(one.mean()), float(other.mean())))
            result.append((weight, here))
    return [here for _, here in sorted(result, key=lambda item: -item[0])]


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
    """Describe who was there, who was at war and how many gangs joined them."""
    say = language.say
    if not year.shares:
        return say("year empty")
    shares = [say("share", cartel=key, share=share) for key, share in year.shares]
    first = year.friction_before is None
    texts = [say("year contest first" if first else "year contest", y=year, shares=shares)]
    if not year.wars:
        texts.append(say("no war"))
    else:
        listed = "; ".join(war_text(language, "war here", war) for war in year.wars)
        key = "year wars and more" if year.lesser_wars else "year wars"
        texts.append(say(key, n=year.lesser_wars, wars=listed))
    if year.joined.gangs:
        texts.append(say("year joined", n=year.joined.gangs, m=year.joined.members))
    return " ".join(texts)


def war_text(language: Language, key: str, war: WarHere) -> str:
    """Describe a war in one of the texts for it."""
    before = war.since is None
    since = language.say("war before the run" if before else "war since", date=war.since)
    return language.say(key, n=war.months, war=war, since=since)
