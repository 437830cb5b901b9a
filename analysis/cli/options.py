"""What the commands share: their options, loading a scenario, a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from plazas.model.scenario import Scenario

MISTAKE = 2  #: exit code of a user's mistake


Name = Annotated[str, typer.Argument(help="A shipped name, or a .yaml file.")]
Names = Annotated[
    list[str],
    typer.Argument(help="The baseline first, then the others."),
]
Seed = Annotated[int, typer.Option(help="Keys every draw: the same seed gives the same results.")]
Threads = Annotated[
    int | None,
    typer.Option(help="Replicates run at once, by default one a core; no result depends on it."),
]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the results, written whole or not at all.")
]
Sets = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Sets of parameters (a CSV file, or the word 'calibrated' for those that come with "
        "Plazas): replicate r takes set r, over and over.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace earlier results in that folder.")]


def load_scenario(name: str) -> Scenario:
    """Return a scenario by shipped name or path; a mistake in it is a ScenarioFileError."""
    from plazas.scenarios import load

    return load(name)


def load_sets(word: str | None) -> list[dict[str, float]] | None:
    """Return the sets of parameters of a file, or those shipped; None where none are asked for."""
    if word is None:
        return None
    from plazas.analysis.experiment.parameter_sets import named

    return named(word)


def enough_replicates(asked: int | None, usual: int, sets: Sequence[object] | None) -> int:
    """Return how many replicates to run: as asked, else the usual number, or one for each set."""
    return max(usual, len(sets or ())) if asked is None else asked


@contextmanager
def progress(what: str) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """Give two callbacks: how many weeks are planned in all, and how many have just been run."""
    from plazas.analysis.cli.console import progress_bar

    with progress_bar() as bar:
        task = bar.add_task(what, total=None)
        yield (
            lambda total: bar.update(task, total=total),
            lambda weeks: bar.update(task, advance=weeks),
        )
