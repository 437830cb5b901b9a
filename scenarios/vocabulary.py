"""The words a scenario file may use, as parts of its JSON Schema.

All are taken from where they are declared: levers and parameters from ``plazas.model``, states and
cartels from the countries.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from pydantic import WithJsonSchema

from plazas.model.events import BETWEEN_TWO, IN_A_STATE
from plazas.model.geography import Geography, states
from plazas.model.levers import LEVERS
from plazas.model.parameters import declarations, defaults
from plazas.model.scenario import Country, mexico
from plazas.scenarios.classroom import classroom

COUNTRIES: dict[str, Callable[[], Country]] = {
    "mexico": lambda: mexico(),
    "mexico-municipalities": lambda: mexico("municipalities"),
    "classroom": classroom,
}
#: the word for a country in files, by its name in the model
COUNTRY_WORDS = {
    "Mexico (states)": "mexico",
    "Mexico (municipalities)": "mexico-municipalities",
    "Classroom": "classroom",
}


def _words(geography: Geography) -> list[str]:
    """Return the words for states in the order of their codes: names, codes, and the others."""
    others = geography.other_names or ((),) * len(geography)
    columns = (geography.names, geography.codes, geography.abbreviations, others)
    words = []
    for name, code, abbreviation, more in zip(*columns, strict=True):
        for word in (name, code, abbreviation, *more):
            letters = unicodedata.normalize("NFKD", word)
            bare = "".join(c for c in letters if not unicodedata.combining(c))
            words += [word, bare]
    return list(dict.fromkeys(words))


def state_words() -> list[str]:
    """Return the words for the states of every country."""
    return _words(states()) + _words(classroom().geography)


def cartel_words() -> list[str]:
    """Return the keys of the cartels of every country."""
    countries: tuple[Country, ...] = (mexico(), classroom())
    return [row.key for country in countries for row in country.start.cartels]


def parameters_schema() -> dict[str, Any]:
    """Return the schema of the parameters: name, range, default, meaning."""
    default = defaults()
    properties = {
        name: {
            "type": "number",
            "minimum": details.low,
            "maximum": details.high,
            "default": default[name],
            "description": (
                f"{details.meaning} ({details.unit}); {details.status}: {details.source}"
            ),
        }
        for name, details in declarations().items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def one_of(words: list[str]) -> WithJsonSchema:
    """Return the note that a text is one of some words."""
    return WithJsonSchema({"type": "string", "enum": words})


def by_lever(schema: dict[str, Any]) -> None:
    """Tie the unit and the range of the level to the lever."""
    schema["allOf"] = [
        {
            "if": {"properties": {"lever": {"const": lever.name}}},
            "then": {
                "properties": {
                    "unit": {"const": lever.unit},
                    "level": {
                        "minimum": lever.low,
                        "maximum": lever.high,
                        "description": f"{lever.meaning}; {lever.baseline:g} changes nothing",
                    },
                    **({} if lever.by_cartel else {"targets": False}),
                }
            },
        }
        for lever in LEVERS
    ]


def by_kind(schema: dict[str, Any]) -> None:
    """Ask for a second cartel where an event is between two, for a state where it has a place."""
    schema["allOf"] = [_needs("other", list(BETWEEN_TWO)), _needs("state", list(IN_A_STATE))]


def _needs(key: str, kinds: list[str]) -> dict[str, Any]:
    """Return the schema that asks for a key in events of some kinds, and forbids it in others."""
    return {
        "if": {"properties": {"kind": {"enum": kinds}}},
        "then": {"required": [key]},
        "else": {"properties": {key: False}},
    }
