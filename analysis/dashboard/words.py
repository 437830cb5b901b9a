"""Every word of the page, in English and Spanish: one table, ``words.csv``, and how to read it.

Numbers are written alike in both, as Mexico writes them: 25,757.5.
"""

from __future__ import annotations

import csv
import functools
import re
from datetime import date
from importlib import resources

from plazas.analysis.experiment.text import number
from plazas.model.errors import unknown

#: how the model calls a cartel that rose from local gangs
RISEN = re.compile(r"(?P<place>.+), local group (?P<number>\d+)")
LANGUAGES = {"en": "English", "es": "Español"}

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
    """Return every text by key and language.

    Raises
    ------
    ValueError
        If a key stands twice in the table.
    """
    raw = resources.files("plazas.analysis.dashboard").joinpath("words.csv").read_text("utf-8")
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(raw.splitlines()):
        key = row.pop("key")
        if key in found:
            raise ValueError(f"words.csv: the key {key!r} stands twice")
        found[key] = row
    return found


def text(key: str, language: str, **values: object) -> str:
    """Return a text of the table, its ``{names}`` filled in.

    Raises
    ------
    KeyError
        If there is no such key; the message names the nearest.
    """
    if key not in table():
        raise KeyError(unknown("word", key, table()))
    return table()[key][language].format(**values)


def group(language: str, *keys: str) -> dict[str, str]:
    """Return texts that need no filling in, by key, for a component of the page."""
    return {key: table()[key][language] for key in keys}


def cartel(key: str, name: str, language: str) -> str:
    """Return the full name of a cartel or faction; ``name`` where the table does not know it."""
    return _named(key, name, language, "")


def short(key: str, name: str, language: str) -> str:
    """Return the short name of a cartel or faction; ``name`` where the table does not know it."""
    return _named(key, name, language, ".short")


def _named(key: str, name: str, language: str, length: str) -> str:
    root, _, faction = key.partition("/")
    risen = RISEN.match(name)
    if f"cartel.{root}" in table():
        found = text(f"cartel.{root}{length}", language)
    elif risen:
        place, number = risen["place"], risen["number"]
        short = root.partition("-")[0].upper()
        found = text(f"local_group{length}", language, place=place, short=short, number=number)
    else:
        return name
    if not faction:
        return found
    return text(f"faction{length}", language, name=found, number=faction)


def scenario(name: str, title: str, language: str) -> str:
    """Return the title of a shipped scenario; ``title`` for any other."""
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
