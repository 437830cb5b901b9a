"""The account of one place: its parts in their order."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from plazas.analysis.explain import facts, leaders, years
from plazas.analysis.explain.facts import Reign
from plazas.analysis.explain.language import Language, Section
from plazas.analysis.explain.saved import Saved
from plazas.analysis.explain.years import Year


@dataclass(frozen=True)
class Account:
    """The account of a place: ``print`` it, or read its sections."""

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
    """Return the account of a place: all of it, one year, or one cartel in it."""
    say = language.say
    reigns, by_year = facts.reigns(saved), years.years(saved)
    whole = year is None and cartel is None
    sections = [_in_short(saved, language, reigns, by_year)] if whole else []
    sections.append(leaders.who_led(reigns, language, year))
    if cartel is not None:
        sections.append(leaders.of_cartel(saved, language, cartel))
    sections.append(leaders.flips(saved, reigns, language, year, cartel))
    sections += years.sections(saved, language, by_year, year)
    sections.append(Section(say("doubt"), (say("doubt text", state=saved.name),)))
    title = say("title", saved=saved, scenario=saved.scenario.title or saved.scenario.name)
    return Account(title, say("intro", state=saved.name), tuple(sections))


def _in_short(
    saved: Saved, language: Language, reigns: list[Reign], by_year: dict[int, Year]
) -> Section:
    """Describe the last change of lead and the deadliest year in a few sentences."""
    say = language.say
    if len(reigns) == 1:
        texts = [say("never flipped")]
    else:
        before, last = reigns[-2:]
        texts = [say("short lead", n=len(reigns) - 1, date=last.began, cartel=last.cartel)]
        if before.cartel is not None and last.cartel is not None:
            flip = facts.flip(saved, last.cartel, before.cartel, last.began)
            most = max(flip.parts, key=lambda key: flip.parts[key])
            texts.append(say("short with", part=leaders.part(language, flip, most)))
    if by_year:
        worst = years.deadliest(by_year)[0]
        texts.append(say("short deadliest", y=worst))
        texts += [years.front_text(language, "short front", one) for one in worst.fronts[:1]]
    return Section(say("in short"), (" ".join(texts),))
