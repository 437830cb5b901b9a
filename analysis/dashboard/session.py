"""One visitor's page: the model that is shown, what is selected, and what the buttons do.

A reset needs only ``values``, the parameters of the model. Everything else (language, layer, state,
speed) changes only what the page shows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import solara
from mesa.visualization.utils import force_update

from plazas.analysis.dashboard import frames
from plazas.analysis.dashboard.choices import ChoiceError, values_of
from plazas.analysis.dashboard.model import DashboardModel
from plazas.model.errors import unknown
from plazas.model.levers import LeverError
from plazas.model.scenario import ScenarioError


class Speed(NamedTuple):
    """Weeks between two pictures, and the shortest time between them in milliseconds."""

    weeks: int
    frame_ms: int


SPEEDS = {
    "slow": Speed(1, 500),
    "week": Speed(1, 0),
    "month": Speed(4, 0),
    "quarter": Speed(13, 0),
}
POLICIES, CARTELS, PLACE = TABS = ("policies", "cartels", "place")


class Session:
    """The state of one page and the handlers of its controls.

    Parameters
    ----------
    make
        Makes a new model from the values of its controls.
    seed
        The first seed.
    language
        ``en`` or ``es``.
    """

    def __init__(self, make: type[DashboardModel], seed: int = 1, language: str = "en") -> None:
        self.make = make
        values: dict[str, Any] = {"seed": seed, **values_of(make.choices, {})}
        self.values: solara.Reactive[dict[str, Any]] = solara.reactive(values)
        self.model: solara.Reactive[DashboardModel] = solara.reactive(make(**values))
        self.language = solara.reactive(language)
        self.layer = solara.reactive(frames.LEADERS)
        self.speed = solara.reactive("week")
        self.playing = solara.reactive(False)
        self.drawn = solara.reactive(0)
        self.tab = solara.reactive(POLICIES)
        self.place = solara.reactive(-1)
        self.of_baseline = solara.reactive(False)
        self.error = solara.reactive("")

    # --- time ----------------------------------------------------------------------------------
    def step(self, *_: Any) -> None:
        """Run the weeks between two pictures, or those that are left."""
        self._run(SPEEDS[self.speed.value].weeks)

    def tick(self, *_: Any) -> None:
        """Step while playing; the page calls this when it has drawn the last picture."""
        if self.playing.value:
            self.step()
            self.drawn.value += 1

    def play(self, on: bool) -> None:
        """Start to play, or pause."""
        self.playing.value = bool(on) and not self.ended

    def to_end(self, *_: Any) -> None:
        """Run all weeks that are left."""
        self.playing.value = False
        self._run(self.weeks)

    def reset(self, *_: Any) -> None:
        """Start again from the values of the controls."""
        self.playing.value = False
        self.model.value = self.make(**self.values.value)

    def go_to(self, week: int) -> None:
        """Show another week: continue to it, or start again and run to it."""
        week = max(0, min(int(week), self.weeks))
        if week < self.model.value.week:
            self._replace(self.values.value, week)
        else:
            self._run(week - self.model.value.week)

    @property
    def weeks(self) -> int:
        """Return the number of weeks of the run."""
        return self.make.base.weeks

    @property
    def ended(self) -> bool:
        """Return whether all weeks have been run."""
        return self.model.value.week >= self.weeks

    def _run(self, weeks: int) -> None:
        model = self.model.value
        weeks = min(weeks, self.weeks - model.week)
        if weeks == 1:
            model.step()
        elif weeks > 1:
            model.run(weeks)
        if self.ended:
            self.playing.value = False
        force_update()

    # --- the runs ------------------------------------------------------------------------------
    def set_seed(self, seed: int) -> None:
        """Repeat the run from another seed, up to the current week."""
        self._replace({**self.values.value, "seed": int(seed)}, self.model.value.week)

    def switch(self, change: dict[str, Any]) -> None:
        """Change a switch and repeat the run up to the current week.

        Parameters
        ----------
        change
            The ``key`` of the choice and any of ``on``, ``first``, ``last``, and ``level`` with
            the ``number`` of its policy.

        Raises
        ------
        ChoiceError
            If no choice has the key.
        """
        choices = {choice.key: choice for choice in self.make.choices}
        if change["key"] not in choices:
            raise ChoiceError(unknown("switch", change["key"], choices))
        choice = choices[change["key"]]
        settings = self.model.value.settings
        setting = settings[choice.key]
        if "level" in change:
            levels = list(setting.levels)
            levels[int(change["number"])] = float(change["level"])
            setting = setting._replace(levels=tuple(levels))
        if "on" in change:
            setting = setting._replace(on=bool(change["on"]))
        if "first" in change:
            first = int(change["first"])
            setting = setting._replace(first=first, last=max(first, setting.last))
        if "last" in change:
            last = int(change["last"])
            setting = setting._replace(first=min(last, setting.first), last=last)
        self._set(settings | {choice.key: setting})

    def switch_all_off(self, *_: Any) -> None:
        """Switch everything off: only the baseline runs."""
        self._set({c.key: c.setting for c in self.make.choices})

    def _set(self, settings: dict[str, Any]) -> None:
        values = {"seed": self.values.value["seed"], **values_of(self.make.choices, settings)}
        self._replace(values, self.model.value.week)

    def _replace(self, values: dict[str, Any], week: int) -> None:
        """Show a new model in a given week; keep the old one where the new one cannot be made."""
        try:
            model = self.make(**values)
        except (ScenarioError, LeverError) as error:
            self.error.value = str(error)
            return
        if week:
            model.run(week)
        self.error.value = ""
        self.values.value = values
        if model.baseline is None:
            self.of_baseline.value = False
        self.model.value = model

    # --- what is shown -------------------------------------------------------------------------
    def choose_place(self, place: int) -> None:
        """Show a place in the panel."""
        self.place.value = int(place)
        self.tab.value = PLACE

    def set_side(self, side: str) -> None:
        """Show the baseline, or the run with the changes, in the panel."""
        self.of_baseline.value = side == "baseline"

    def shown_run(self) -> Any:
        """Return the run that the panel shows."""
        model = self.model.value
        return model.baseline if self.of_baseline.value and model.baseline else model
