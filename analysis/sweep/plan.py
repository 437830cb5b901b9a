"""The runs of a sweep, numbered and keyed: what its folder's manifest says.

Run i is a point, a scenario and a replicate, counted with replicates fastest and points slowest;
batch b is runs ``b * batch`` and the ones after it. A run's key is a digest of all it depends on:
the code and data of the model, the scenario as resolved, the values of its parameters, its seed and
replicate. Replicate r has the same draws at every point and in every scenario.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from plazas.analysis import version
from plazas.analysis.experiment.parameter_sets import under
from plazas.analysis.sweep.design import Points
from plazas.analysis.sweep.form import Sweep
from plazas.model.scenario import Scenario
from plazas.scenarios.describe import from_resolved, resolved

#: what of the installed program decides what a run leaves behind, beside all of plazas.model
_BESIDE_MODEL = (("plazas.scenarios", "classroom.py"), ("plazas.analysis.sweep", "rows.py"))
_CODE = (".py", ".csv", ".gz", ".geojson")
_FOR_PEOPLE = ("title", "story", "sources", "replicates")  # of a scenario; runs do not see them
_LABELS = ("label", "source")  # of a policy or an event


@dataclass(frozen=True, eq=False)
class Plan:
    """Every run of a sweep. ``points`` (N, D) has a row a point and a column for each of ``names``.

    ``design`` says for people and for resuming how the points were laid; ``code`` is the digest of
    the model that made the sweep; ``batch`` is how many runs a file holds.
    """

    title: str
    scenarios: tuple[Scenario, ...]
    names: tuple[str, ...]
    points: Points
    design: Mapping[str, Any]
    replicates: int
    seed: int
    sets: tuple[dict[str, float], ...]
    batch: int
    code: str

    @property
    def runs(self) -> int:
        """Return how many runs there are."""
        return len(self.points) * len(self.scenarios) * self.replicates

    @property
    def batches(self) -> int:
        """Return how many batches there are."""
        return math.ceil(self.runs / self.batch)

    def runs_of(self, batch: int) -> range:
        """Return the numbers of the runs of a batch; the last may be smaller."""
        return range(batch * self.batch, min(self.runs, (batch + 1) * self.batch))

    def run(self, number: int) -> tuple[int, int, int]:
        """Return a run's point, scenario and replicate, each by its number."""
        rest, replicate = divmod(number, self.replicates)
        point, scenario = divmod(rest, len(self.scenarios))
        return point, scenario, replicate

    def set_of(self, replicate: int) -> int | None:
        """Return the number of the parameter set of a replicate; None where there are no sets."""
        return replicate % len(self.sets) if self.sets else None

    def changes(self, point: int, scenario: int, replicate: int) -> dict[str, float]:
        """Return the parameters of a run: a point overrides a scenario, which overrides a set."""
        values = dict(zip(self.names, self.points[point].tolist(), strict=True))
        return under(self.sets, replicate, {**self.scenarios[scenario].changes, **values})

    def scenario(self, point: int, scenario: int, replicate: int) -> Scenario:
        """Return the scenario of a run, its parameters set."""
        changes = self.changes(point, scenario, replicate)
        return replace(self.scenarios[scenario], changes=changes)

    def key(self, point: int, scenario: int, replicate: int) -> str:
        """Return the key of a run, 16 hexadecimal digits."""
        return self._key(self._of_point(point), scenario, replicate)

    def keys(self, numbers: Iterable[int]) -> list[str]:
        """Return the keys of runs by their numbers, as `key`; faster for many."""
        result, last, values = [], -1, ""
        for number in numbers:
            point, scenario, replicate = self.run(number)
            if point != last:
                last, values = point, self._of_point(point)
            result.append(self._key(values, scenario, replicate))
        return result

    def _key(self, values: str, scenario: int, replicate: int) -> str:
        which = self.set_of(replicate)
        parts = (values, self._meanings[scenario], "" if which is None else self._sets[which])
        return hashlib.sha256("/".join((*parts, str(replicate))).encode()).hexdigest()[:16]

    def _of_point(self, point: int) -> str:
        """Return the digest of the values of a point, and of what all runs of a plan share."""
        values = dict(zip(self.names, self.points[point].tolist(), strict=True))
        return _digest([self.code, self.seed, values])

    @functools.cached_property
    def _sets(self) -> tuple[str, ...]:
        return tuple(_digest(values) for values in self.sets)

    @functools.cached_property
    def _meanings(self) -> tuple[str, ...]:
        return tuple(_digest(_meaning(scenario)) for scenario in self.scenarios)

    def parts(self) -> dict[str, Any]:
        """Return what decides what the sweep's runs are, each part by what to call it."""
        return {
            "the model": self.code,
            "the scenarios": list(self._meanings),
            "the varied parameters": list(self.names),
            "the design": dict(self.design),
            "the number of replicates": self.replicates,
            "the seed": self.seed,
            "the parameter sets": list(self.sets),
        }

    def manifest(self) -> dict[str, Any]:
        """Return all but the points, fit for JSON."""
        return {
            "title": self.title,
            "runs": self.runs,
            "batch": self.batch,
            "seed": self.seed,
            "replicates": self.replicates,
            "parameters": list(self.names),
            "points": len(self.points),
            "design": dict(self.design),
            "code": self.code,
            "parameter_sets": list(self.sets),
            "scenarios": [resolved(scenario) for scenario in self.scenarios],
        }


def plan_of(sweep: Sweep, points: Points, batch: int) -> Plan:
    """Return the plan of a sweep with its points, in batches of so many runs."""
    axes = {
        axis.name: list(axis.values)
        or {"low": axis.low, "high": axis.high, "scale": "log" if axis.log else "linear"}
        for axis in sweep.axes
    }
    details = sweep.design
    design: dict[str, Any] = {"method": details.method, "parameters": axes}
    if details.points:
        design |= {
            "points": details.points,
            "seed": details.seed,
            "second_order": details.second_order,
        }
    return Plan(
        title=sweep.title,
        scenarios=sweep.scenarios,
        names=tuple(axis.name for axis in sweep.axes),
        points=points,
        design=design,
        replicates=sweep.replicates,
        seed=sweep.seed,
        sets=sweep.sets,
        batch=batch,
        code=code_digest(),
    )


def from_manifest(about: Mapping[str, Any], points: Points) -> Plan:
    """Return the plan of which `Plan.manifest` gave ``about``; KeyError where a part is missing."""
    return Plan(
        title=about["title"],
        scenarios=tuple(from_resolved(scenario) for scenario in about["scenarios"]),
        names=tuple(about["parameters"]),
        points=points,
        design=about["design"],
        replicates=about["replicates"],
        seed=about["seed"],
        sets=tuple(about["parameter_sets"]),
        batch=about["batch"],
        code=about["code"],
    )


@functools.cache
def code_digest() -> str:
    """Return version and digest of all that decides what a run leaves behind: code and data."""
    digest = hashlib.sha256()
    model = resources.files("plazas.model")
    files = [model, model / "rules", model / "data"]
    result = [(f"{folder.name}/{item.name}", item) for folder in files for item in folder.iterdir()]
    result = [(name, item) for name, item in result if name.endswith(_CODE)]
    result += [(name, resources.files(package) / name) for package, name in _BESIDE_MODEL]
    for name, item in sorted(result):
        digest.update(name.encode())
        digest.update(item.read_bytes())
    return f"{version()}-{digest.hexdigest()[:16]}"


def _digest(content: Any) -> str:
    """Return the digest of plain values; floats count to the bit."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _meaning(scenario: Scenario) -> dict[str, Any]:
    """Return what of a resolved scenario a run depends on, and its name."""
    result = {k: v for k, v in resolved(scenario).items() if k not in _FOR_PEOPLE}
    for part in ("policies", "events"):
        result[part] = [{k: v for k, v in one.items() if k not in _LABELS} for one in result[part]]
    return result
