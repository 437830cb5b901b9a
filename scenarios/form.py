"""The form of a scenario file: which keys there are, what each takes, and its JSON Schema.

The reader is more lenient than the schema about the capitals and accents of states, and it knows
which words go with which country (``checks``).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, FiniteFloat, WithJsonSchema

from plazas.model.events import SCHEDULED_WORDS
from plazas.model.levers import LEVERS
from plazas.scenarios.strict import Strict, Text, filled_in
from plazas.scenarios.text import Document, kind
from plazas.scenarios.vocabulary import (
    COUNTRIES,
    by_kind,
    by_lever,
    cartel_words,
    one_of,
    parameters_schema,
    state_words,
)

MOST_REPLICATES = 100_000
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _day(word: object) -> date:
    """Return the date that a word writes; ValueError tells how to write one."""
    if isinstance(word, str) and re.fullmatch(_DAY, word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            raise ValueError(f"{word} is not in the calendar") from None
    raise ValueError(f"{kind(word)} is not a date; write it as 2013-01-31")


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY}$"}),
]
StateWord = Annotated[Text, one_of(state_words())]
CartelWord = Annotated[Text, one_of(cartel_words())]


class PolicyEntry(Strict):
    """A dated change of one lever."""

    model_config = ConfigDict(json_schema_extra=by_lever)

    name: Text | None = Field(None, description="by which a scenario that extends this drops it")
    lever: Annotated[Text, one_of([lever.name for lever in LEVERS])] = Field(
        description="what is changed"
    )
    level: FiniteFloat = Field(description="to what it is set while the policy is in force")
    unit: Annotated[Text, one_of(list(dict.fromkeys(lever.unit for lever in LEVERS)))] = Field(
        description="the unit of the level, written as the lever declares it"
    )
    start: Day | None = Field(None, description="first day; without it that of the run")
    stop: Day | None = Field(None, description="first day after it; without it that of the run")
    states: list[StateWord] | None = Field(None, min_length=1, description="without it all")
    targets: list[CartelWord] | None = Field(
        None, min_length=1, description="cartels at which it is aimed; without it all"
    )
    cost: FiniteFloat = Field(0.0, ge=0.0, description="million USD a week while in force")
    cost_source: Text | None = Field(None, description="where the cost comes from, or 'assumed'")
    source: Text = Field(description="where the level and the dates come from, or 'assumed'")


class EventEntry(Strict):
    """Something that happens on a date whatever else does."""

    model_config = ConfigDict(json_schema_extra=by_kind)

    name: Text | None = Field(None, description="by which a scenario that extends this drops it")
    kind: Annotated[Text, one_of(list(SCHEDULED_WORDS))] = Field(description="what happens")
    on: Day = Field(description="the day on which it happens")
    cartel: CartelWord = Field(description="to which cartel it happens")
    other: CartelWord | None = Field(
        None, description="the second cartel (war, peace, alliance, front_...)"
    )
    state: StateWord | None = Field(
        None, description="where local gangs rise or two cartels fight (rise, front_...)"
    )
    heir: bool | None = Field(
        None, description="whether a fallen leader has a clear heir; without it chance decides"
    )
    source: Text = Field(description="where this is reported, or 'assumed'")


class ScenarioEntry(Strict):
    """A scenario of the Plazas model."""

    title: Text = Field(description="one line that names the scenario in tables and figures")
    story: Text = Field("", description="what happens in it and why, in a few sentences")
    extends: Text | None = Field(
        None, description="the scenario it changes: a shipped name, or a path from this file"
    )
    country: Annotated[Text, one_of(list(COUNTRIES))] | None = Field(
        None, description="where it takes place; without it mexico"
    )
    start: Day | None = Field(None, description="first day of the run; without it 2010-01-01")
    stop: Day | None = Field(None, description="first day after it; without it 2025-01-01")
    replicates: int | None = Field(
        None, ge=1, le=MOST_REPLICATES, description="how many runs make up a result; 20 if unsaid"
    )
    parameters: Annotated[dict[str, FiniteFloat], WithJsonSchema(parameters_schema())] = Field(
        {}, description="values that differ from the defaults"
    )
    drop: list[Text] = Field([], description="names of inherited policies and events to leave out")
    policies: list[PolicyEntry] = Field([], description="dated changes of levers")
    events: list[EventEntry] = Field([], description="what happens on a date")
    sources: list[Text] = Field([], description="what the scenario as a whole rests on")


def check(document: Document) -> ScenarioEntry:
    """Return the entries of a file, each of the right form.

    Raises
    ------
    ScenarioFileError
        For a key that is unknown or missing, or a value of the wrong kind; unknown keys first.
    """
    return filled_in(document, ScenarioEntry)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file."""
    result = _without_null(ScenarioEntry.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **result}


def _without_null(part: Any) -> Any:
    """Return a part of a schema without the nulls that stand for keys left out."""
    if isinstance(part, list):
        return [_without_null(item) for item in part]
    if not isinstance(part, dict):
        return part
    part = {key: _without_null(value) for key, value in part.items()}
    if "anyOf" in part:
        (only,) = (option for option in part.pop("anyOf") if option != {"type": "null"})
        part = {**only, **part}
    return {key: value for key, value in part.items() if (key, value) != ("default", None)}
