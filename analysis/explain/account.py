"""The telling: facts of one place put into sentences of one language."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from plazas.analysis import words
from plazas.analysis.explain import facts
from plazas.analysis.explain.facts import Count, Flip, Note, Reign, WarHere, Year
from plazas.analysis.explain.saved import Saved
from plazas.analysis.explain.texts import Language, count, decimal, percent, sentence

BRIEF = pd.DateOffset(months=6)  # a reign that is shorter is told together with its neighbours
MOST_FLIPS = 4
MOST_NOTES = 6
LEAST_PART = 0.05  # of the gap between two cartels, from which a part of it is told apart
REST = "rest"


@dataclass(frozen=True)
class Section:
    """A heading and paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """What is told of a place: ``print`` it, or read its sections."""

    title: str
    intro: str
    sections: tuple[Section, ...]

    def text(self, width: int = 100) -> str:
        """Return the account as plain text, folded at a width."""
        fold = textwrap.TextWrapper(width, break_on_hyphens=False, break_long_words=False).fill
        lines = [fold(self.title), "", fold(self.intro)]
        for section in self.sections:
            lines += ["", section.heading, "-" * len(section.heading)]
            for i, paragraph in enumerate(section.paragraphs):
                lines += [""] * (i > 0) + [fold(paragraph)]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def of_place(saved: Saved, language: Language, year: int | None, cartel: str | None) -> Account:
    """Return what is told of a place: all of it, one year, or one cartel in it."""
    teller = Teller(saved, language)
    sections = [] if year is not None or cartel is not None else [teller.in_short()]
    sections.append(teller.who_led(year))
    if cartel is not None:
        sections.append(teller.of_cartel(cartel))
    sections += [teller.flips(year, cartel), *teller.years(year)]
    doubt = language.say("doubt text", state=saved.name)
    sections.append(Section(language.say("doubt"), (doubt,)))
    return Account(title(saved, language), language.say("intro", state=saved.name), tuple(sections))


def title(saved: Saved, language: Language) -> str:
    """Return the heading of an account: state, scenario, seed, replicate."""
    return language.say(
        "title",
        state=saved.name,
        scenario=saved.scenario.title or saved.scenario.name,
        seed=saved.seed,
        replicate=saved.replicate,
    )


class Teller:
    """Puts the facts of one place into sentences of one language."""

    def __init__(self, saved: Saved, language: Language) -> None:
        self.saved, self.l = saved, language
        self.reigns = facts.reigns(saved)
        self.by_year = facts.years(saved)

    # --- in short ------------------------------------------------------------------------------
    def in_short(self) -> Section:
        """Tell the last change of lead and the bloodiest year in a few sentences."""
        told = []
        if len(self.reigns) == 1:
            told.append(self.l.say("never flipped"))
        else:
            before, last = self.reigns[-2:]
            told.append(
                self.l.say(
                    "short lead",
                    n=len(self.reigns) - 1,
                    date=self.l.day(last.began),
                    cartel=self.l.cartel(last.cartel),
                )
            )
            if before.cartel is not None and last.cartel is not None:
                found = facts.flip(self.saved, last.cartel, before.cartel, last.began)
                part = max(found.parts, key=lambda key: found.parts[key])
                told.append(self.l.say("short with", part=self._part(found, part)))
        if self.by_year:
            worst = facts.bloodiest(self.by_year)[0]
            told.append(
                self.l.say(
                    "short bled",
                    year=worst.year,
                    ratio=decimal(worst.ratio),
                    friction=decimal(worst.friction[0]),
                    mean=decimal(worst.friction[2]),
                )
            )
            told += [self._war("short war", war) for war in worst.wars[:1]]
        return Section(self.l.say("in short"), (" ".join(told),))

    # --- who led -------------------------------------------------------------------------------
    def who_led(self, year: int | None) -> Section:
        """Tell the reigns, or those of one year."""
        told: list[str] = []
        chosen = [reign for reign in self.reigns if year is None or _in_year(reign, year)]
        for brief, group in groupby(chosen, key=self._brief):
            turns = list(group)
            if brief and len(turns) > 1:
                told.append(self._ping_pong(turns))
            else:
                told += [self._reign(turn) for turn in turns]
        if len(self.reigns) == 1:
            told.append(self.l.say("never flipped"))
        return Section(self.l.say("who led"), tuple(told))

    def _brief(self, reign: Reign) -> bool:
        return reign.ended is not None and reign.ended < reign.began + BRIEF

    def _reign(self, reign: Reign) -> str:
        began = self.l.day(reign.began)
        if reign.cartel is None:
            return self.l.say("reign of nobody", began=began)
        return self.l.say(
            "reign" if reign.ended is not None else "reign to the end",
            began=began,
            cartel=self.l.cartel(reign.cartel),
            first=percent(reign.first_share),
            last=percent(reign.last_share),
        )

    def _ping_pong(self, turns: list[Reign]) -> str:
        who = list(dict.fromkeys(turn.cartel for turn in turns))
        ended = turns[-1].ended
        assert ended is not None
        return self.l.say(
            "ping-pong",
            n=len(turns),
            began=self.l.day(turns[0].began),
            ended=self.l.day(ended),
            cartels=self.l.listed([self.l.cartel(key) for key in who]),
        )

    # --- flips ---------------------------------------------------------------------------------
    def flips(self, year: int | None, cartel: str | None) -> Section:
        """Tell what came with the changes of lead: those that lasted longest, in their order."""
        turns = [
            (before, after)
            for before, after in zip(self.reigns, self.reigns[1:], strict=False)
            if cartel is None or cartel in (before.cartel, after.cartel)
        ]
        if year is not None:
            turns = [pair for pair in turns if pair[1].began.year <= year]
            within = [pair for pair in turns if pair[1].began.year == year]
            turns = within or turns[-1:]
        if not turns:
            text = self.l.say("never flipped")
            if cartel is not None:
                text = sentence(self.l.say("no flip of it", cartel=self.l.cartel(cartel)))
            return Section(self.l.say("why flipped"), (text,))
        lasting = sorted(turns, key=lambda pair: self._lasted(pair[1]), reverse=True)[:MOST_FLIPS]
        told = []
        for before, after in turns:
            if (before, after) in lasting:
                found = facts.flip(self.saved, after.cartel, before.cartel, after.began)
                told.append(self._flip(found))
        return Section(self.l.say("why flipped"), tuple(told))

    def _lasted(self, reign: Reign) -> pd.Timedelta:
        return (reign.ended or self.saved.months[-1]) - reign.began

    def _flip(self, flip: Flip) -> str:
        (a0, a1), (b0, b1) = flip.heads
        (sa0, sa1), (sb0, sb1) = flip.shares
        kind = "flip"
        if flip.old is None:
            kind = "flip from nobody"
        elif flip.new is None:
            kind = "flip to nobody"
        told = [
            self.l.say(
                kind,
                date=self.l.day(flip.date),
                since=self.l.month(flip.since),
                new=self.l.cartel(flip.new),
                old=self.l.cartel(flip.old),
                a0=count(a0),
                a1=count(a1),
                b0=count(b0),
                b1=count(b1),
                sa0=percent(sa0),
                sa1=percent(sa1),
                sb0=percent(sb0),
                sb1=percent(sb1),
            )
        ]
        if kind == "flip":
            told += self._gap(flip)
        told += self._moves(flip)
        if flip.notes:
            told.append(self.l.say("before flip", notes=self._noted(flip.notes)))
        return " ".join(sentence(text) for text in told)

    def _gap(self, flip: Flip) -> list[str]:
        """Tell what moved the gap between the two, most first; small parts go with the rest."""
        least = LEAST_PART * abs(flip.gap)
        parts = {key: n for key, n in flip.parts.items() if key != REST and n and abs(n) >= least}
        rest = flip.gap - sum(parts.values())
        order = sorted(parts, key=lambda key: -abs(parts[key]))
        texts = [self._part(flip, key) for key in order]
        texts.append(self.l.say(f"part {REST}", m=_signed(rest)))
        return [self.l.say("gap", gap=_signed(flip.gap), parts=self.l.listed(texts))]

    def _part(self, flip: Flip, key: str) -> str:
        new, old = self.l.cartel(flip.new), self.l.cartel(flip.old)
        return self.l.say(f"part {key}", m=_signed(flip.parts[key]), new=new, old=old)

    def _moves(self, flip: Flip) -> list[str]:
        told = []
        new, old = flip.moves
        told += self._gangs("joined", flip.new, new.joined)
        told += self._cells(flip.new, new.cells)
        told += self._gangs("left", flip.old, old.left)
        for faction, day, members in flip.factions:
            told.append(
                self.l.say(
                    "faction",
                    faction=self.l.cartel(faction),
                    cartel=self.l.cartel(flip.old),
                    date=self.l.day(day),
                    m=self.l.members(members),
                )
            )
        return told

    def _gangs(self, verb: str, cartel: str | None, counts: dict[str | None, Count]) -> list[str]:
        """Tell how many gangs joined or left, by whom they served before or serve now."""
        gangs = sum(each.gangs for each in counts.values())
        if not gangs:
            return []
        way = "former" if verb == "joined" else "to"
        formers = [
            self.l.say(f"{way} nobody", n=each.gangs)
            if key is None
            else self.l.say(way, n=each.gangs, cartel=self.l.cartel(key))
            for key, each in counts.items()
        ]
        members = sum(each.members for each in counts.values())
        return [
            self.l.say(
                verb,
                n=gangs,
                m=self.l.members(members),
                cartel=self.l.cartel(cartel),
                formers=self.l.listed(formers),
            )
        ]

    def _cells(self, cartel: str | None, cells: Count) -> list[str]:
        if not cells.gangs:
            return []
        name = self.l.cartel(cartel)
        members = self.l.members(cells.members)
        return [self.l.say("cells", n=cells.gangs, m=members, cartel=name)]

    # --- years ---------------------------------------------------------------------------------
    def years(self, year: int | None) -> list[Section]:
        """Tell the bloodiest years, or one year."""
        found = self.by_year
        if year is not None:
            return [Section(str(year), tuple(self._year(found[year])))]
        heading = self.l.say("when bled")
        if not found:
            return [Section(heading, (self.l.say("no full year"),))]
        worst = facts.bloodiest(found)
        years = self.l.listed(
            [
                self.l.say(
                    "bloody year",
                    year=each.year,
                    homicides=count(each.homicides),
                    ratio=decimal(each.ratio),
                )
                for each in worst
            ]
        )
        mean = self.l.say(
            "mean year", mean=count(worst[0].own_mean), first=min(found), last=max(found)
        )
        stands_out = worst[0].ratio >= facts.HIGH
        lead = self.l.say("bloodiest" if stands_out else "none stands out", years=years)
        sections = [Section(heading, (f"{mean} {lead}",))]
        told = sorted(worst[:2], key=lambda each: each.year)
        return sections + [Section(str(each.year), tuple(self._year(each))) for each in told]

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
        told = [toll, self._contest(year)]
        within = [note for note in year.notes if note.date.year == year.year]
        before = [note for note in year.notes if note.date.year < year.year]
        if before:
            notes = self._noted(before)
            told.append(self.l.say("year before", before=year.year - 1, notes=notes))
        if within:
            told.append(self.l.say("year within", year=year.year, notes=self._noted(within)))
        return told

    def _contest(self, year: Year) -> str:
        if not year.shares:
            return self.l.say("year empty")
        shares = [
            self.l.say("share", cartel=self.l.cartel(key), share=percent(share))
            for key, share in year.shares
        ]
        friction, before, mean = year.friction
        told = self.l.say(
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
        parts = [told, self._wars(year)]
        if year.joined.gangs:
            n, members = year.joined
            parts.append(self.l.say("year joined", n=n, m=self.l.members(members)))
        return " ".join(parts)

    def _wars(self, year: Year) -> str:
        if not year.wars:
            return self.l.say("no war")
        texts = [self._war("war here", war) for war in year.wars]
        wars = "; ".join(texts)
        if not year.lesser_wars:
            return self.l.say("year wars", wars=wars)
        return self.l.say("year wars and more", n=year.lesser_wars, wars=wars)

    def _war(self, text: str, war: WarHere) -> str:
        since = self.l.say("war of old")
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

    # --- one cartel ----------------------------------------------------------------------------
    def of_cartel(self, key: str) -> Section:
        """Tell how one cartel came and fared in the place."""
        saved, name = self.saved, self.l.cartel(key)
        heading = sentence(self.l.say("the cartel", cartel=name))
        if key not in saved.heads or not saved.heads[key].any():
            return Section(heading, (self.l.say("cartel never"),))
        first = int((saved.heads[key] > 0).to_numpy().argmax())
        most = int(saved.shares[key].to_numpy().argmax())
        last = len(saved.months) - 1
        told = [
            self.l.say(
                "cartel came" if first else "cartel arrived",
                month=self.l.month(saved.months[first]),
                m0=self.l.members(saved.members(key, first)),
                s0=percent(saved.share(key, first)),
            ),
            self.l.say(
                "cartel most",
                month=self.l.month(saved.months[most]),
                share=percent(saved.share(key, most)),
                m=self.l.members(saved.members(key, most)),
                s1=percent(saved.share(key, last)),
                m1=self.l.members(saved.members(key, last)),
            ),
        ]
        found = facts.moves(saved, key, saved.months[0], pd.Timestamp(saved.scenario.stop))
        told += self._gangs("joined", key, found.joined)
        told += self._cells(key, found.cells)
        told += self._gangs("left", key, found.left)
        return Section(heading, (" ".join(sentence(text) for text in told),))

    # --- notes ---------------------------------------------------------------------------------
    def _noted(self, notes: list[Note] | tuple[Note, ...]) -> str:
        """Tell the notes of most weight, in the order of their dates."""
        most = sorted(notes, key=lambda note: -note.weight)[:MOST_NOTES]
        texts = [f"{self.l.day(note.date)}: {self._note(note)}" for note in notes if note in most]
        if len(notes) > MOST_NOTES:
            texts.append(self.l.say("and more", n=len(notes) - MOST_NOTES))
        return "; ".join(texts)

    def _note(self, note: Note) -> str:
        if note.kind == "policy":
            aimed = " aimed" if note.cartel is not None else ""
            lever, cartel = self.l.lever(note.lever), self.l.cartel(note.cartel)
            return self.l.say(
                f"event policy{aimed}", lever=lever, cartel=cartel, level=f"{note.amount:g}"
            )
        return self.l.event(note.kind, note.cartel, note.other, note.amount, self.saved.name)


def _in_year(reign: Reign, year: int) -> bool:
    return reign.began.year <= year and (reign.ended is None or reign.ended.year >= year)


def _signed(members: int) -> str:
    return words.number(members, sign=True)
