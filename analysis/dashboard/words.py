"""The texts of the page in English and Spanish, and the functions that look them up.

What belongs to the page alone is in ``words.csv``. Events, levers, units, cartels, scenarios and
dates have their texts in the common table (``plazas.model.labels``). Both languages write numbers
as Mexico does: 25,757.5.
"""

from __future__ import annotations

import functools
import re
from datetime import date

from plazas.analysis.experiment.text import number
from plazas.model import labels
from plazas.model.errors import unknown
from plazas.model.labels import LANGUAGES, LabelError

#: the model's name for a cartel that rose from local gangs
RISEN = re.compile(r"(?P<place>.+), local group (?P<number>\d+)")

__all__ = [
    "LANGUAGES",
    "cartel",
    "day",
    "group",
    "number",
    "scenario",
    "short",
    "short_day",
    "table",
    "text",
]


@functools.cache
def table() -> dict[str, dict[str, str]]:
    """Return every text of the page and of the common table, by key and language.

    Raises
    ------
    LabelError
        If a key appears twice.
    """
    own = labels.read_texts("plazas.analysis.dashboard", "words.csv")
    twice = sorted(own.keys() & labels.table().keys())
    if twice:
        raise LabelError(f"words.csv: {twice[0]!r} is already in labels.csv; remove one of them")
    return {**labels.table(), **own}


def text(key: str, language: str, **values: object) -> str:
    """Return one text, with its ``{names}`` filled in.

    Parameters
    ----------
    key
        The key of a row of one of the two tables.
    language
        ``en`` or ``es``.
    **values
        What replaces the ``{names}`` in the text.

    Raises
    ------
    LabelError
        If no table has the key; the message names the nearest one.

    Examples
    --------
    >>> text("week_of", "es", week=3, weeks=782)
    'semana 3 de 782'
    """
    return _as_written(key, language).format(**values)


def group(language: str, *keys: str) -> dict[str, str]:
    """Return several texts by key; a component of the page fills in their ``{names}`` itself."""
    return {key: _as_written(key, language) for key in keys}


def _as_written(key: str, language: str) -> str:
    if key not in table():
        raise LabelError(unknown("text", key, table()))
    return table()[key][language]


def cartel(key: str, name: str, language: str) -> str:
    """Return the full name of a cartel or faction.

    Parameters
    ----------
    key
        The key of the cartel, such as ``sinaloa`` or ``sinaloa/2`` (a faction).
    name
        Its English name in the model; returned as it is for a cartel that has no label.
    language
        ``en`` or ``es``.

    Examples
    --------
    >>> cartel("sinaloa/2", "", "es")
    'Cártel de Sinaloa, facción 2'
    """
    return _named(key, name, language, "")


def short(key: str, name: str, language: str) -> str:
    """Return the short name of a cartel or faction; the parameters are those of `cartel`."""
    return _named(key, name, language, ".short")


def _named(key: str, name: str, language: str, length: str) -> str:
    root, _, faction = key.partition("/")
    risen = RISEN.match(name)
    if f"cartel.{root}" in table():
        named = text(f"cartel.{root}{length}", language)
    elif risen:
        place, number = risen["place"], risen["number"]
        state = root.partition("-")[0].upper()
        named = text(f"local_group{length}", language, place=place, short=state, number=number)
    else:
        return name
    if not faction:
        return named
    return text(f"faction{length}", language, name=named, number=faction)


def scenario(name: str, title: str, language: str) -> str:
    """Return the title of a shipped scenario; for any other, the ``title`` of its file."""
    key = f"scenario.{name}"
    return text(key, language) if key in table() else title


def day(when: date, language: str) -> str:
    """Return a date as 1 December 2018, or 1 de diciembre de 2018."""
    word = text(f"month.{when.month}", language)
    return text("day", language, day=when.day, month=word, year=when.year)


def short_day(when: date, language: str) -> str:
    """Return a date as 1 Dec 2018, or 1 dic 2018."""
    word = text(f"month.{when.month}", language)[:3]
    return f"{when.day} {word} {when.year}"
