"""Scenario files: dated policies and events in YAML, read strictly.

`load` reads a shipped scenario by name or any file by path; `names` lists the shipped ones. A file
with a mistake gives one ScenarioFileError that says where it is and what to write instead.
`resolved` says what a scenario comes to, `difference` in what two differ, `schema` what a file may
hold.
"""

from plazas.scenarios.describe import difference, from_resolved, resolved
from plazas.scenarios.errors import ScenarioFileError
from plazas.scenarios.form import schema
from plazas.scenarios.reader import load, names, read_text

__all__ = [
    "ScenarioFileError",
    "difference",
    "from_resolved",
    "load",
    "names",
    "read_text",
    "resolved",
    "schema",
]
