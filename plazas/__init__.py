"""Plazas: an agent-based model of how criminal organisations expand over territory.

Examples
--------
>>> import plazas as pz
>>> base = pz.load_scenario("historical")
>>> base.title
'What happened, 2010-2024'

``pz.run`` runs replicates of a scenario, ``pz.compare`` compares policies with a baseline,
``pz.read_results`` and ``pz.read_sweep`` read what a command wrote. A name is imported when it is
first used, so ``import plazas`` is fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plazas.analysis.experiment.store import save
    from plazas.analysis.report.notebook import (
        Compared,
        Runs,
        compare,
        levers,
        parameters,
        read_results,
        run,
    )
    from plazas.analysis.report.report import write_report
    from plazas.analysis.sweep.query import read_sweep
    from plazas.model.errors import PlazasError, UserError
    from plazas.model.levers import Policy
    from plazas.model.model import CartelModel
    from plazas.model.results import Results
    from plazas.model.scenario import Event, Scenario
    from plazas.model.simulation import Simulation
    from plazas.scenarios import load_scenario, scenario_names

    __version__: str

__all__ = [
    "CartelModel",
    "Compared",
    "Event",
    "PlazasError",
    "Policy",
    "Results",
    "Runs",
    "Scenario",
    "Simulation",
    "UserError",
    "__version__",
    "compare",
    "levers",
    "load_scenario",
    "parameters",
    "read_results",
    "read_sweep",
    "run",
    "save",
    "scenario_names",
    "write_report",
]

#: the module of each public name; a test compares it with the imports above
_MODULES = {
    "CartelModel": "model.model",
    "Compared": "analysis.report.notebook",
    "Event": "model.scenario",
    "PlazasError": "model.errors",
    "Policy": "model.levers",
    "Results": "model.results",
    "Runs": "analysis.report.notebook",
    "Scenario": "model.scenario",
    "Simulation": "model.simulation",
    "UserError": "model.errors",
    "compare": "analysis.report.notebook",
    "levers": "analysis.report.notebook",
    "load_scenario": "scenarios",
    "parameters": "analysis.report.notebook",
    "read_results": "analysis.report.notebook",
    "read_sweep": "analysis.sweep.query",
    "run": "analysis.report.notebook",
    "save": "analysis.experiment.store",
    "scenario_names": "scenarios",
    "write_report": "analysis.report.report",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name == "__version__":
        from plazas.analysis import version  # deferred: it reads the package's metadata

        value: Any = version()
    elif name in _MODULES:
        value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, for completion in an editor or a notebook."""
    return sorted({*globals(), *__all__})
