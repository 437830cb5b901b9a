"""How bloody the years of a place were, who fought, and what came before."""

from __future__ import annotations

from plazas.analysis.explain import facts
from plazas.analysis.explain.facts import WarHere, Year
from plazas.analysis.explain.language import Language, count, decimal, percent
from plazas.analysis.explain.saved import Saved
from plazas.analysis.explain.section import Section, noted


class Tolls:
    """Describes the years of one place, in one language."""

    def __init__(self, saved: Saved, language: Language) -> None:
        self.saved, self.l = saved, language
        self.by_year = facts.years(saved)

    def years(self, year: int | None) -> list[Section]:
        """Describe the deadliest years, or one year."""
        result = self.by_year
        if year is not None:
            return [Section(str(year), tuple(self._year(result[year])))]
        heading = self.l.say("deadliest heading")
        if not result:
            return [Section(heading, (self.l.say("no full year"),))]
        worst = facts.bloodiest(result)
        years = self.l.listed(
            [
                self.l.say(
                    "deadly year",
                    year=each.year,
                    homicides=count(each.homicides),
                    ratio=decimal(each.ratio),
                )
                for each in worst
            ]
        )
        mean = self.l.say(
            "mean year", mean=count(worst[0].own_mean), first=min(result), last=max(result)
        )
        stands_out = worst[0].ratio >= facts.HIGH
        lead = self.l.say("deadliest" if stands_out else "none stands out", years=years)
        sections = [Section(heading, (f"{mean} {lead}",))]
        texts = sorted(worst[:2], key=lambda each: each.year)
        return sections + [Section(str(each.year), tuple(self._year(each))) for each in texts]

    def _year(self, year: Year) -> list[str]:
        toll = self.l.say(
            "year toll",
            year=year.year,
            homicides=count(year.homicides),
            ratio=decimal(year.ratio),
            nation=decimal(year.nation_ratio),
            rivals=count(year.by_rivals),
            force=count(year.by_force),
            officials=count(year.officials),
            others=count(year.others),
        )
        texts = [toll, self._contest(year)]
        within = [note for note in year.notes if note.date.year == year.year]
        before = [note for note in year.notes if note.date.year < year.year]
        if before:
            notes = noted(self.saved, self.l, before)
            texts.append(self.l.say("year before", before=year.year - 1, notes=notes))
        if within:
            texts.append(
                self.l.say("year within", year=year.year, notes=noted(self.saved, self.l, within))
            )
        return texts

    def _contest(self, year: Year) -> str:
        if not year.shares:
            return self.l.say("year empty")
        shares = [
            self.l.say("share", cartel=self.l.cartel(key), share=percent(share))
            for key, share in year.shares
        ]
        friction, before, mean = year.friction
        texts = self.l.say(
            "year contest" if before is not None else "year contest first",
            friction=decimal(friction),
            friction_before=decimal(before or 0.0),
            friction_mean=decimal(mean),
            contest=decimal(year.contest[0]),
            contest_mean=decimal(year.contest[1]),
            shares=self.l.listed(shares),
            m0=count(year.members[0]),
            m1=count(year.members[1]),
        )
        parts = [texts, self._wars(year)]
        if year.joined.gangs:
            n, members = year.joined
            parts.append(self.l.say("year joined", n=n, m=self.l.members(members)))
        return " ".join(parts)

    def _wars(self, year: Year) -> str:
        if not year.wars:
            return self.l.say("no war")
        texts = [self.war("war here", war) for war in year.wars]
        wars = "; ".join(texts)
        if not year.lesser_wars:
            return self.l.say("year wars", wars=wars)
        return self.l.say("year wars and more", n=year.lesser_wars, wars=wars)

    def war(self, text: str, war: WarHere) -> str:
        """Describe a war in one of the texts for it."""
        since = self.l.say("war before the run")
        if war.since is not None:
            since = self.l.say("war since", date=self.l.day(war.since))
        return self.l.say(
            text,
            n=war.months,
            one=self.l.cartel(war.pair[0]),
            other=self.l.cartel(war.pair[1]),
            share=percent(war.shares[0]),
            share_other=percent(war.shares[1]),
            since=since,
        )
