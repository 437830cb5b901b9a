"""How a language writes names, numbers and dates, and fills in its texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from plazas.analysis.experiment.text import number
from plazas.model import labels
from plazas.model.errors import UserError, unknown

LANGUAGES = tuple(labels.LANGUAGES)
#: every text of an explanation by key and language; ``KEY.one`` is the form for ``{n}`` = 1
TEXTS = labels.read_texts("plazas.analysis.explain", "texts.csv")
RISEN = ", local group "  #: in the name of a cartel that rose during the run, after its place
AND = (" and ", " y ")
#: prepositions and articles that Spanish draws together
CONTRACTIONS = ((" de el ", " del "), (" a el ", " al "))


@dataclass(frozen=True)
class Language:
    """One of the languages: texts, names, numbers and dates in it.

    ``names`` are those of the run's cartels by key, for cartels that the tables do not know.
    """

    code: str
    names: dict[str, str]

    def __post_init__(self) -> None:
        if self.code not in LANGUAGES:
            raise UserError(unknown("language", self.code, LANGUAGES))

    @property
    def row(self) -> int:
        """Return which of a pair of texts is this language's."""
        return LANGUAGES.index(self.code)

    def say(self, key: str, **parts: Any) -> str:
        """Return a text with its parts filled in, as a sentence or a part of one.

        ``n``, a number, chooses the form and is written as numbers are.
        """
        one = f"{key}.one"
        if "n" in parts:
            key = one if parts["n"] == 1 and one in TEXTS else key
            parts["n"] = number(parts["n"])
        return self._joined(TEXTS[key][self.code].format(**parts))

    def cartel(self, key: str | None) -> str:
        """Return the name of a cartel in running text; nobody's is ``no cartel``."""
        if key is None:
            return labels.label("nobody.clause", self.code)
        root, _, faction = key.partition("/")
        if faction and root in self.names:
            name = self.cartel(root)
            text = labels.label("faction.clause", self.code, number=faction, name=name)
            return self._joined(text)
        place, risen, number = self.names[key].partition(RISEN)
        if risen:
            return labels.label("local_group.clause", self.code, number=number, place=place)
        clause = f"cartel.{key}.clause"
        return labels.label(clause, self.code) if clause in labels.table() else self.names[key]

    def members(self, n: float) -> str:
        """Return a number of members in words."""
        return labels.members(round(n), self.code, number(round(n)))

    def event(
        self, kind: str, cartel: str | None, other: str | None, amount: float, place: str
    ) -> str:
        """Return what an event of the log says; ``place`` is a name."""
        text = labels.label(
            labels.event_key("event", kind, cartel=cartel is not None, other=other is not None),
            self.code,
            cartel=self.cartel(cartel),
            other=self.cartel(other),
            members=self.members(amount),
            place=place,
        )
        return self._joined(text)

    def lever(self, name: str) -> str:
        """Return what a lever is called."""
        return labels.label(f"lever.{name}.clause", self.code)

    def listed(self, texts: list[str]) -> str:
        """Return texts as a list in a sentence."""
        if len(texts) < 2:
            return "".join(texts)
        return f"{', '.join(texts[:-1])}{AND[self.row]}{texts[-1]}"

    def day(self, when: date | pd.Timestamp) -> str:
        """Return a date as 1 December 2018."""
        return f"{when.day} {self._of}{self.month(when)}"

    def month(self, when: date | pd.Timestamp) -> str:
        """Return a month as December 2018."""
        word = labels.label(f"month.{when.month}", self.code)
        return labels.label("month", self.code, month=word, year=when.year)

    @property
    def _of(self) -> str:
        return "de " if self.code == "es" else ""

    def _joined(self, text: str) -> str:
        if self.code == "es":
            for apart, joined in CONTRACTIONS:
                text = text.replace(apart, joined)
        return text


def sentence(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def count(value: float) -> str:
    """Return a number of persons; both languages write it alike, as Mexico does."""
    return number(value)


def percent(share: float) -> str:
    """Return a share as percent."""
    return f"{number(100.0 * share)}\N{NO-BREAK SPACE}%"


def decimal(value: float, decimals: int = 2) -> str:
    """Return a number with decimals."""
    return number(value, decimals)
