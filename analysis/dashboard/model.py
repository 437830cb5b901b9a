"""The model that the switches make, as Mesa's SolaraViz needs it: one value per control.

``model_class(baseline)`` returns a Mesa model class. Its ``__init__`` takes the seed and the values
of the switches and nothing else, so a reset makes a new model from the same values.
``model_params`` returns the controls that SolaraViz shows for them.
"""

from __future__ import annotations

from inspect import Parameter, Signature, signature
from typing import Any, ClassVar

from plazas.analysis.dashboard.choices import (
    Choice,
    ChoiceError,
    choices_for,
    compose,
    level_parameters,
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
    """A run with everything that is switched on, and the baseline from the same seed.

    Parameters
    ----------
    seed
        The seed of both runs: they share every random draw that the switches do not change.
    **values
        The values of the switches by name; see `choices.settings_of`. A class made by
        `model_class` has all of them in its signature, because Mesa reads the parameters there.

    Attributes
    ----------
    baseline
        The run of the baseline; None where nothing is switched on.
    settings
        The setting of each choice by its key.

    Raises
    ------
    ChoiceError
        For an unknown switch, or a seed that is not a whole number.
    ScenarioError, LeverError
        If the switches make a scenario that cannot be run; see `choices.compose`.

    Notes
    -----
    ``step()`` runs one week of the fast scheduler in both runs. The result is identical, bit for
    bit, to a step by agents, in a fiftieth of the time. ``model.agents`` works as usual.
    """

    base: ClassVar[Scenario]
    choices: ClassVar[tuple[Choice, ...]]

    def __init__(self, seed: int = 1, **values: float | bool) -> None:
        if seed != int(seed):
            raise ChoiceError(f"seed must be a whole number; got {seed}")
        self.settings = settings_of(self.choices, values)
        scenario = compose(self.base, self.choices, self.settings)
        super().__init__(scenario, rng=int(seed), collect=False)
        changed = scenario is not self.base
        self.baseline = CartelModel(self.base, rng=int(seed), collect=False) if changed else None
        self.seed_given = int(seed)

    def step(self) -> None:
        """Run one week with the fast scheduler."""
        self.run(1)

    def run(self, weeks: int | None = None) -> Results:
        """Run both models.

        Parameters
        ----------
        weeks
            Number of weeks; by default all that are left.

        Returns
        -------
        Results
            The results so far of the run with the changes.
        """
        if self.baseline is not None:
            self.baseline.run(weeks)
        return super().run(weeks)

    def runs(self) -> list[CartelModel]:
        """Return the runs to show: one, or the baseline and the run with the changes."""
        return [self] if self.baseline is None else [self.baseline, self]


def model_class(base: Scenario) -> type[DashboardModel]:
    """Return the class of models whose switches change one baseline.

    Parameters
    ----------
    base
        The baseline.

    Examples
    --------
    >>> from plazas.scenarios import load
    >>> model = model_class(load("classroom"))(seed=7, lever_arrests=True)
    >>> model.baseline is not None
    True
    """
    choices = choices_for(base)

    def __init__(self: DashboardModel, seed: int = 1, **values: float | bool) -> None:  # noqa: N807
        DashboardModel.__init__(self, seed, **values)

    plain = signature(__init__).parameters
    named = (
        Parameter(name, Parameter.KEYWORD_ONLY, default=value)
        for name, value in values_of(choices, {}).items()
    )
    __init__.__signature__ = Signature([plain["self"], plain["seed"], *named])  # type: ignore[attr-defined]
    members = {"base": base, "choices": choices, "__init__": __init__}
    return type("DashboardModel", (DashboardModel,), members)


def model_params(model: type[DashboardModel], seed: int = 1) -> dict[str, Any]:
    """Return the controls of SolaraViz for the seed and every value of every switch.

    Parameters
    ----------
    model
        A class from `model_class`.
    seed
        The first seed; the slider reaches it even where it is outside `SEEDS`.

    Returns
    -------
    dict
        Mesa's description of a control, by the name of the parameter.
    """
    values = values_of(model.choices, {})
    years = years_of(model.base)
    ends = (years[0], years[-1])
    params: dict[str, Any] = {
        "seed": _slider("Seed", seed, min(seed, SEEDS[0]), max(seed, SEEDS[-1]), 1)
    }
    for choice in model.choices:
        on = {"type": "Checkbox", "label": choice.title, "value": values[choice.parameter]}
        params[choice.parameter] = on
        for end in ("first", "last"):
            name = f"{choice.parameter}_{end}"
            params[name] = _slider(f"{choice.title}: {end} year", values[name], *ends, 1)
        for name, policy in zip(level_parameters(choice), choice.policies, strict=True):
            lever = lever_of(policy)
            label = f"{choice.title}: {lever.name} ({lever.unit})"
            params[name] = _slider(label, values[name], lever.low, lever.high, step_of(lever))
    return params


def _slider(label: str, value: float, low: float, high: float, step: float) -> dict[str, Any]:
    whole = all(isinstance(number, int) for number in (value, low, high, step))
    kind = "SliderInt" if whole else "SliderFloat"
    return {"type": kind, "label": label, "value": value, "min": low, "max": high, "step": step}
