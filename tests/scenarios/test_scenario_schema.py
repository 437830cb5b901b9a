"""The JSON Schema that ships is the one the models give, and the shipped files keep to it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import plazas.scenarios
from plazas.model.events import SCHEDULED_WORDS
from plazas.model.levers import LEVERS
from plazas.model.parameters import declarations
from plazas.scenarios import scenario_names, schema
from plazas.scenarios.text import read_file

FOLDER = Path(plazas.scenarios.__file__).parent
INVALID = Path(__file__).parents[1] / "scenarios_invalid"
KINDS = {"object": dict, "array": list, "string": str, "number": (int, float), "boolean": bool}
SEEN_BY_A_SCHEMA = (  # mistakes that an editor can show
    "unknown_key",
    "unknown_key_event",
    "missing_title",
    "missing_unit",
    "unknown_lever",
    "wrong_unit",
    "level_out_of_range",
    "level_yes",
    "level_true",
    "date_in_words",
    "unknown_state",
    "states_empty",
    "unknown_target",
    "cannot_be_aimed",
    "negative_cost",
    "unknown_parameter",
    "parameter_out_of_range",
    "unknown_event",
    "event_without_other",
    "front_without_other",
    "front_without_state",
    "front_unknown_kind",
    "unknown_country",
    "replicates_zero",
    "replicates_fraction",
)


def faults(value: Any, rule: Any, whole: dict[str, Any], path: str = "") -> list[str]:
    """Return the paths at which a value breaks a schema: the keywords that ours uses."""
    if isinstance(rule, bool):
        return [] if rule else [path]
    if "$ref" in rule:
        return faults(value, whole["$defs"][rule["$ref"].rsplit("/", 1)[1]], whole, path)
    found = []
    kind = rule.get("type")
    if kind == "integer":
        found += [] if isinstance(value, int) and not isinstance(value, bool) else [path]
    elif kind and (not isinstance(value, KINDS[kind]) or (kind == "number" and value is True)):
        return [path]
    if "enum" in rule and value not in rule["enum"]:
        found.append(path)
    if "const" in rule and value != rule["const"]:
        found.append(path)
    if "pattern" in rule and not re.search(rule["pattern"], value):
        found.append(path)
    if isinstance(value, int | float):
        low, high = rule.get("minimum", value), rule.get("maximum", value)
        found += [] if low <= value <= high else [path]
    if isinstance(value, str | list):
        shortest = rule.get("minLength", 0) if isinstance(value, str) else rule.get("minItems", 0)
        found += [] if len(value) >= shortest else [path]
    if isinstance(value, list) and "items" in rule:
        for i, item in enumerate(value):
            found += faults(item, rule["items"], whole, f"{path}[{i}]")
    if isinstance(value, dict):
        properties = rule.get("properties", {})
        found += [f"{path}.{key}" for key in rule.get("required", ()) if key not in value]
        for key, item in value.items():
            part = properties.get(key, rule.get("additionalProperties", True))
            found += faults(item, part, whole, f"{path}.{key}")
    for part in rule.get("allOf", ()):
        found += faults(value, part, whole, path)
    if "if" in rule:
        branch = "else" if faults(value, rule["if"], whole, path) else "then"
        found += faults(value, rule.get(branch, True), whole, path)
    return found


def test_the_shipped_schema_is_current() -> None:
    """Otherwise: python -m plazas.scenarios.schema --write."""
    shipped = json.loads((FOLDER / "scenario.schema.json").read_text(encoding="utf-8"))
    assert shipped == schema()


def test_the_command_prints_what_ships() -> None:
    """Without --write it prints the schema, byte for byte; a wrong argument is an error, code 2."""
    command = [sys.executable, "-W", "error", "-m", "plazas.scenarios.schema"]
    run = subprocess.run(command, capture_output=True, check=True)
    assert run.stdout == (FOLDER / "scenario.schema.json").read_bytes()
    wrong = subprocess.run([*command, "--wite"], capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("usage:")


def test_the_schema_lists_every_word() -> None:
    """Levers with unit and range, parameters with range, states, cartels, kinds of events."""
    found = schema()
    policy, event = found["$defs"]["PolicyEntry"], found["$defs"]["EventEntry"]
    assert policy["properties"]["lever"]["enum"] == [lever.name for lever in LEVERS]
    tied = {part["if"]["properties"]["lever"]["const"]: part["then"] for part in policy["allOf"]}
    for lever in LEVERS:
        level = tied[lever.name]["properties"]["level"]
        assert (level["minimum"], level["maximum"]) == (lever.low, lever.high)
        assert tied[lever.name]["properties"]["unit"]["const"] == lever.unit
    parameters = found["properties"]["parameters"]
    assert not parameters["additionalProperties"]
    for name, about in declarations().items():
        assert parameters["properties"][name]["minimum"] == about.low
        assert parameters["properties"][name]["maximum"] == about.high
    states = policy["properties"]["states"]["items"]["enum"]
    assert {"Michoacán", "Michoacan", "16", "MICH", "Southmarsh"} <= set(states)
    assert {"cjng", "ember"} <= set(event["properties"]["cartel"]["enum"])
    assert event["properties"]["kind"]["enum"] == list(SCHEDULED_WORDS)


@pytest.mark.parametrize("name", scenario_names())
def test_shipped_files_keep_to_the_schema(name: str) -> None:
    """Checked with the few keywords that the schema uses."""
    document = read_file(FOLDER / f"{name}.yaml")
    assert faults(document.data, schema(), schema()) == []


@pytest.mark.parametrize("name", SEEN_BY_A_SCHEMA)
def test_the_schema_sees_mistakes(name: str) -> None:
    """The control: bad files break it."""
    document = read_file(INVALID / f"{name}.yaml")
    assert faults(document.data, schema(), schema()) != []


def test_a_full_validator_agrees() -> None:
    """The same with jsonschema where it is installed."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    for name in scenario_names():
        assert validator.is_valid(read_file(FOLDER / f"{name}.yaml").data)
    for name in SEEN_BY_A_SCHEMA:
        assert not validator.is_valid(read_file(INVALID / f"{name}.yaml").data)
