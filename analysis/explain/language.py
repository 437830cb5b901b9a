"""How a language writes names, numbers and dates, and fills in its texts."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from plazas.analysis.experiment.text import number
from plazas.model import labels
from plazas.model.errors import UserError, unknown

LANGUAGES = tuple(labels.LANGUAGES)
#: every text of an explanation by key and language; ``KEY.one`` is the form for ``{n}`` = 1. A part
#: such as ``{began:day}`` names its value and one of the ``FORMS`` in which it is written
TEXTS = labels.read_texts("plazas.analysis.explain", "texts.csv")
RISEN = ", local group "  #: in the name of a cartel that rose during the run, after its place
AND = {"en": " and ", "es": " y "}
#: prepositions and articles that Spanish draws together
CONTRACTIONS = ((" de el ", " del "), (" a el ", " al "))


class Section(NamedTuple):
    """A heading and paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Language(string.Formatter):
    """One of the languages: texts, names, numbers and dates in it.

    Parameters
    ----------
    code
        ``en`` or ``es``.
    names
        The names of the run's cartels by key, for cartels that the tables do not know.

    Raises
    ------
    UserError
        If there is no such language.
    """

    code: str
    names: dict[str, str]

    def __post_init__(self) -> None:
        if self.code not in LANGUAGES:
            raise UserError(unknown("language", self.code, LANGUAGES))

    def say(self, key: str, /, **parts: Any) -> str:
        """Return a text with its parts filled in; the number ``n`` chooses the form."""
        if parts.get("n") == 1 and f"{key}.one" in TEXTS:
            key = f"{key}.one"
        return self._joined(self.format(TEXTS[key][self.code], **parts))

    def format_field(self, value: Any, form: str) -> Any:
        """Return a value in one of the ``FORMS``, else as Python formats it."""
        return FORMS[form](self, value) if form in FORMS else super().format_field(value, form)

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
            amount=number(round(amount)),
            place=place,
        )
        return self._joined(text)

    def lever(self, name: str) -> str:
        """Return what a lever is called."""
        return labels.label(f"lever.{name}.clause", self.code)

    def listed(self, texts: Sequence[str]) -> str:
        """Return texts as a list in a sentence."""
        head = ", ".join(texts[:-1])
        return (head + AND[self.code] if head else "") + "".join(texts[-1:])

    def day(self, when: date | pd.Timestamp) -> str:
        """Return a date as 1 December 2018."""
        return f"{when.day} {'de ' if self.code == 'es' else ''}{self.month(when)}"

    def month(self, when: date | pd.Timestamp) -> str:
        """Return a month as December 2018."""
        word = labels.label(f"month.{when.month}", self.code)
        return labels.label("month", self.code, month=word, year=when.year)

    def _joined(self, text: str) -> str:
        if self.code == "es":
            for apart, joined in CONTRACTIONS:
                text = text.replace(apart, joined)
        return text


#: how the parts of a text can be written; both languages write numbers alike, as Mexico does
FORMS: dict[str, Callable[[Language, Any], str]] = {
    "cartel": Language.cartel,
    "cartels": lambda language, keys: language.listed([language.cartel(key) for key in keys]),
    "count": lambda _, value: number(value),
    "day": Language.day,
    "decimal": lambda _, value: number(value, 2),
    "lever": Language.lever,
    "list": Language.listed,
    "members": Language.members,
    "month": Language.month,
    "percent": lambda _, share: f"{number(100.0 * share)}\N{NO-BREAK SPACE}%",
    "signed": lambda _, value: number(value, sign=True),
}


def sentence(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
