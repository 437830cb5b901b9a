"""Scenario files: dated policies and events in YAML, read strictly.

`load_scenario` reads a shipped scenario by name or any file by path; `scenario_names` lists the
shipped ones. A mistake in a file raises one ScenarioFileError that says where it is and what to
write instead. `resolved` returns all that a scenario contains, `difference` lists how two differ,
`schema` is the JSON Schema of a file.
"""

from plazas.scenarios.describe import difference, from_resolved, resolved
from plazas.scenarios.errors import ScenarioFileError
from plazas.scenarios.form import schema
from plazas.scenarios.reader import as_scenario, load_scenario, read_text, scenario_names

__all__ = [
    "ScenarioFileError",
    "as_scenario",
    "difference",
    "from_resolved",
    "load_scenario",
    "read_text",
    "resolved",
    "scenario_names",
    "schema",
]
