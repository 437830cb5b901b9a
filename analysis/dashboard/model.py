"""The model that the switches make, as Mesa's SolaraViz wants it: one value for every control.

``model_class(baseline)`` gives a Mesa model class whose ``__init__`` takes the seed and the values
of the switches, and nothing else: a reset makes a new one from these alone. ``model_params`` are
the controls that SolaraViz shows for them.
"""

from __future__ import annotations

from inspect import Parameter, Signature, signature
from typing import Any, ClassVar

from plazas.analysis.dashboard.choices import (
    Choice,
    ChoiceError,
    choices_for,
    compose,
    level_words,
    lever_of,
    settings_of,
    step_of,
    values_of,
    years_of,
)
from plazas.model.model import CartelModel
from plazas.model.results import Results
from plazas.model.scenario import Scenario

SEEDS = range(1, 101)  # of the slider; any other may be given to the command


class DashboardModel(CartelModel):
    """A run with all that is switched on, and beside it the baseline from the same seed.

    Parameters
    ----------
    seed
        Keys every draw of both runs.
    values
        The values of the switches by name, as ``choices.settings_of`` takes them. A class made by
        ``model_class`` names each in its signature, for Mesa reads there what a model takes.

    Notes
    -----
    ``step()`` is a week of the fast scheduler, for both runs: it gives the same world as the one
    by agents, bit for bit, in a fiftieth of the time. Agents can be asked for all the same. Where
    nothing is switched on there is no second run and ``baseline`` is None.

    Raises
    ------
    ChoiceError
        For a word that is no switch, or a seed that is no whole number.
    ScenarioError, LeverError
        If what is on cannot be run; see ``choices.compose``.
    """

    base: ClassVar[Scenario]
    choices: ClassVar[tuple[Choice, ...]]

    def __init__(self, seed: int = 1, **values: float | bool) -> None:
        if seed != int(seed):
            raise ChoiceError(f"the seed must be a whole number, not {seed}")
        self.settings = settings_of(self.choices, values)
        scenario = compose(self.base, self.choices, self.settings)
        super().__init__(scenario, rng=int(seed), collect=False)
        changed = scenario is not self.base
        self.baseline = CartelModel(self.base, rng=int(seed), collect=False) if changed else None
        self.seed_given = int(seed)

    def step(self) -> None:
        """Run one week, by the fast scheduler."""
        self.run(1)

    def run(self, weeks: int | None = None) -> Results:
        """Run both for so many weeks, or to the end; return the results of the one with changes."""
        if self.baseline is not None:
            self.baseline.run(weeks)
        return super().run(weeks)

    def runs(self) -> list[CartelModel]:
        """Return the runs to be shown: the baseline first, where there are two."""
        return [self] if self.baseline is None else [self.baseline, self]


def model_class(base: Scenario) -> type[DashboardModel]:
    """Return the class of models that lie over a baseline."""
    choices = choices_for(base)

    def __init__(self: DashboardModel, seed: int = 1, **values: float | bool) -> None:  # noqa: N807
        DashboardModel.__init__(self, seed, **values)

    plain = signature(__init__).parameters
    named = (
        Parameter(word, Parameter.KEYWORD_ONLY, default=value)
        for word, value in values_of(choices, {}).items()
    )
    __init__.__signature__ = Signature([plain["self"], plain["seed"], *named])  # type: ignore[attr-defined]
    members = {"base": base, "choices": choices, "__init__": __init__}
    return type("DashboardModel", (DashboardModel,), members)


def model_params(model: type[DashboardModel], seed: int = 1) -> dict[str, Any]:
    """Return the controls of SolaraViz for a model: the seed and every value of every switch."""
    values = values_of(model.choices, {})
    years = years_of(model.base)
    params: dict[str, Any] = {
        "seed": _slider("Seed", seed, min(seed, SEEDS[0]), max(seed, SEEDS[-1]), 1)
    }
    for choice in model.choices:
        on = {"type": "Checkbox", "label": choice.title, "value": values[choice.word]}
        params[choice.word] = on
        for word in (f"{choice.word}_first", f"{choice.word}_last"):
            label = f"{choice.title}: {word.rsplit('_', 1)[1]} year"
            params[word] = _slider(label, values[word], years[0], years[-1], 1)
        for word, policy in zip(level_words(choice), choice.policies, strict=True):
            lever = lever_of(policy)
            label = f"{choice.title}: {lever.name} ({lever.unit})"
            params[word] = _slider(label, values[word], lever.low, lever.high, step_of(lever))
    return params


def _slider(label: str, value: float, low: float, high: float, step: float) -> dict[str, Any]:
    whole = all(isinstance(number, int) for number in (value, low, high, step))
    kind = "SliderInt" if whole else "SliderFloat"
    return {"type": kind, "label": label, "value": value, "min": low, "max": high, "step": step}
