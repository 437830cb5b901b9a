"""What events, levers, units, cartels and dates are called in English and Spanish.

One table, ``model/data/labels.csv``, serves the histories of agents, the explanations and the
dashboard. A new event kind or lever needs its rows there. The keys are:

``event.KIND``
    a clause of running text; it may use ``{cartel}``, ``{other}``, ``{place}``, ``{amount}`` (a
    number) and ``{members}`` (the same number of members, in words)
``headline.KIND``, ``count.KIND``
    a short line for one event of a place, and a heading for the number of them in a year
``lever.NAME``, ``lever.NAME.clause``, ``lever.NAME.meaning``, ``unit.UNIT``
    the name of a lever, the same in running text, what it does, and its unit
``cartel.KEY``, ``cartel.KEY.short``, ``cartel.KEY.clause``
    the full name of a cartel, its short name, and its name in running text
``scenario.NAME``, ``month.NUMBER`` and others
    the title of a shipped scenario, the name of a month
"""

from __future__ import annotations

import csv
import functools
from importlib import resources

from plazas.model.errors import PlazasError, unknown

LANGUAGES = {"en": "English", "es": "Español"}


class LabelError(PlazasError):
    """A table of texts that is wrong, or a key that it does not have."""


def read_texts(package: str, name: str) -> dict[str, dict[str, str]]:
    """Read a table of texts that comes with Plazas.

    Parameters
    ----------
    package
        The package that holds the file, such as ``plazas.model.data``.
    name
        The file: a CSV table with the columns ``key``, ``en`` and ``es``; lines that begin with
        # are comments.

    Returns
    -------
    dict
        The text by key and language.

    Raises
    ------
    LabelError
        If two rows have the same key.
    """
    raw = resources.files(package).joinpath(name).read_text("utf-8")
    texts: dict[str, dict[str, str]] = {}
    lines = [line for line in raw.splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines):
        key = row.pop("key")
        if key in texts:
            raise LabelError(f"{name}: the key {key!r} appears twice; remove one row")
        texts[key] = row
    return texts


@functools.cache
def table() -> dict[str, dict[str, str]]:
    """Return every label by key and language."""
    return read_texts("plazas.model.data", "labels.csv")


def label(key: str, language: str = "en", **values: object) -> str:
    """Return one label, with its ``{names}`` filled in.

    Parameters
    ----------
    key
        The key of a row of the table.
    language
        ``en`` or ``es``.
    **values
        What replaces the ``{names}`` in the text.

    Raises
    ------
    LabelError
        If the table has no such key; the message names the nearest one.

    Examples
    --------
    >>> label("lever.arrests", "es")
    'Detenciones'
    >>> label("event.captured", cartel="Los Zetas")
    'the leader of Los Zetas was captured'
    """
    if key not in table():
        raise LabelError(unknown("label", key, table()))
    return table()[key][language].format(**values)


def event_key(family: str, kind: str, cartel: bool, other: bool) -> str:
    """Return the key of the text for an event, according to who takes part in it.

    Parameters
    ----------
    family
        ``event`` for a clause, ``headline`` for a short line.
    kind
        The kind of event in small letters, such as ``flip``.
    cartel, other
        Whether the event names a first and a second cartel.

    Examples
    --------
    >>> event_key("event", "flip", cartel=True, other=False)
    'event.flip.alone'
    >>> event_key("event", "captured", cartel=True, other=False)
    'event.captured'
    """
    key = f"{family}.{kind}"
    if not cartel and f"{key}.nobody" in table():
        return f"{key}.nobody"
    if not other and f"{key}.alone" in table():
        return f"{key}.alone"
    return key


def members(number: int, language: str = "en", written: str | None = None) -> str:
    """Return a number of members in words: ``one member``, ``12 members``.

    Parameters
    ----------
    number
        How many members.
    language
        ``en`` or ``es``.
    written
        The number as it is to be printed; by default its digits.
    """
    if number == 1:
        return label("members.one", language)
    return label("members", language, n=number if written is None else written)
