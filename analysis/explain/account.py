"""The account of one place: its parts in their order."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from plazas.analysis.explain import facts
from plazas.analysis.explain.homicides import Tolls
from plazas.analysis.explain.language import Language, decimal
from plazas.analysis.explain.leads import Leads
from plazas.analysis.explain.saved import Saved
from plazas.analysis.explain.section import Section


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
    leads, tolls = Leads(saved, language), Tolls(saved, language)
    sections = [] if year is not None or cartel is not None else [in_short(leads, tolls)]
    sections.append(leads.who_led(year))
    if cartel is not None:
        sections.append(leads.of_cartel(cartel))
    sections += [leads.flips(year, cartel), *tolls.years(year)]
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


def in_short(leads: Leads, tolls: Tolls) -> Section:
    """Describe the last change of lead and the deadliest year in a few sentences."""
    say, texts = leads.l.say, []
    if len(leads.reigns) == 1:
        texts.append(say("never flipped"))
    else:
        before, last = leads.reigns[-2:]
        texts.append(
            say(
                "short lead",
                n=len(leads.reigns) - 1,
                date=leads.l.day(last.began),
                cartel=leads.l.cartel(last.cartel),
            )
        )
        if before.cartel is not None and last.cartel is not None:
            result = facts.flip(leads.saved, last.cartel, before.cartel, last.began)
            part = max(result.parts, key=lambda key: result.parts[key])
            texts.append(say("short with", part=leads.part(result, part)))
    if tolls.by_year:
        worst = facts.bloodiest(tolls.by_year)[0]
        texts.append(
            say(
                "short deadliest",
                year=worst.year,
                ratio=decimal(worst.ratio),
                friction=decimal(worst.friction[0]),
                mean=decimal(worst.friction[2]),
            )
        )
        texts += [tolls.war("short war", war) for war in worst.wars[:1]]
    return Section(say("in short"), (" ".join(texts),))
