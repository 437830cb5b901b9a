"""Who led a place, what came with each change of lead, and how one cartel fared there."""

from __future__ import annotations

from itertools import groupby

import pandas as pd

from plazas.analysis.experiment.text import number
from plazas.analysis.explain import facts
from plazas.analysis.explain.facts import Count, Flip, Reign
from plazas.analysis.explain.language import Language, count, percent, sentence
from plazas.analysis.explain.saved import Saved
from plazas.analysis.explain.section import Section, noted

BRIEF = pd.DateOffset(months=6)  # a reign that is shorter is described together with its neighbours
MOST_FLIPS = 4
LEAST_PART = 0.05  # of the gap between two cartels, from which a part of it is named apart
REST = "rest"


class Leads:
    """Describes the leads in one place, in one language."""

    def __init__(self, saved: Saved, language: Language) -> None:
        self.saved, self.l = saved, language
        self.reigns = facts.reigns(saved)

    # --- who led -------------------------------------------------------------------------------
    def who_led(self, year: int | None) -> Section:
        """Describe the reigns, or those of one year."""
        texts: list[str] = []
        chosen = [reign for reign in self.reigns if year is None or _in_year(reign, year)]
        for brief, group in groupby(chosen, key=self._brief):
            turns = list(group)
            if brief and len(turns) > 1:
                texts.append(self._ping_pong(turns))
            else:
                texts += [self._reign(turn) for turn in turns]
        if len(self.reigns) == 1:
            texts.append(self.l.say("never flipped"))
        return Section(self.l.say("who led"), tuple(texts))

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
        """Describe what came with the changes of lead that lasted longest, in their order."""
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
        texts = []
        for before, after in turns:
            if (before, after) in lasting:
                result = facts.flip(self.saved, after.cartel, before.cartel, after.began)
                texts.append(self._flip(result))
        return Section(self.l.say("why flipped"), tuple(texts))

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
        texts = [
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
            texts += self._gap(flip)
        texts += self._moves(flip)
        if flip.notes:
            texts.append(self.l.say("before flip", notes=noted(self.saved, self.l, flip.notes)))
        return " ".join(sentence(text) for text in texts)

    def _gap(self, flip: Flip) -> list[str]:
        """Describe what moved the gap between the two, most first; small parts go with the rest."""
        least = LEAST_PART * abs(flip.gap)
        parts = {key: n for key, n in flip.parts.items() if key != REST and n and abs(n) >= least}
        rest = flip.gap - sum(parts.values())
        order = sorted(parts, key=lambda key: -abs(parts[key]))
        texts = [self.part(flip, key) for key in order]
        texts.append(self.l.say(f"part {REST}", m=_signed(rest)))
        return [self.l.say("gap", gap=_signed(flip.gap), parts=self.l.listed(texts))]

    def part(self, flip: Flip, key: str) -> str:
        """Describe one of the parts of the gap between two cartels."""
        new, old = self.l.cartel(flip.new), self.l.cartel(flip.old)
        return self.l.say(f"part {key}", m=_signed(flip.parts[key]), new=new, old=old)

    def _moves(self, flip: Flip) -> list[str]:
        texts = []
        new, old = flip.moves
        texts += self._gangs("joined", flip.new, new.joined)
        texts += self._cells(flip.new, new.cells)
        texts += self._gangs("left", flip.old, old.left)
        for faction, day, members in flip.factions:
            texts.append(
                self.l.say(
                    "faction",
                    faction=self.l.cartel(faction),
                    cartel=self.l.cartel(flip.old),
                    date=self.l.day(day),
                    m=self.l.members(members),
                )
            )
        return texts

    def _gangs(self, verb: str, cartel: str | None, counts: dict[str | None, Count]) -> list[str]:
        """Describe how many gangs joined or left, by whom they served before or serve now."""
        gangs = sum(item.gangs for item in counts.values())
        if not gangs:
            return []
        way = "former" if verb == "joined" else "to"
        formers = [
            self.l.say(f"{way} nobody", n=item.gangs)
            if key is None
            else self.l.say(way, n=item.gangs, cartel=self.l.cartel(key))
            for key, item in counts.items()
        ]
        members = sum(item.members for item in counts.values())
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

    # --- one cartel ----------------------------------------------------------------------------
    def of_cartel(self, key: str) -> Section:
        """Describe how one cartel came and fared in the place."""
        saved, name = self.saved, self.l.cartel(key)
        heading = sentence(self.l.say("the cartel", cartel=name))
        if key not in saved.heads or not saved.heads[key].any():
            return Section(heading, (self.l.say("cartel never"),))
        first = int((saved.heads[key] > 0).to_numpy().argmax())
        most = int(saved.shares[key].to_numpy().argmax())
        last = len(saved.months) - 1
        texts = [
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
        result = facts.moves(saved, key, saved.months[0], pd.Timestamp(saved.scenario.stop))
        texts += self._gangs("joined", key, result.joined)
        texts += self._cells(key, result.cells)
        texts += self._gangs("left", key, result.left)
        return Section(heading, (" ".join(sentence(text) for text in texts),))


def _in_year(reign: Reign, year: int) -> bool:
    return reign.began.year <= year and (reign.ended is None or reign.ended.year >= year)


def _signed(members: int) -> str:
    return number(members, sign=True)
