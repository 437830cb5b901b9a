"""What the commands share: options, exit codes, loading of inputs, a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plazas.model.errors import printable

if TYPE_CHECKING:
    from plazas.model.scenario import Scenario

MISTAKE = 2  #: exit code of a user's mistake
INTERRUPTED = 130  #: exit code after Ctrl-C

Name = Annotated[str, typer.Argument(help="A shipped name (see 'plazas list') or a .yaml file.")]
Names = Annotated[
    list[str],
    typer.Argument(help="The baseline first, then the policies."),
]
Seed = Annotated[
    int, typer.Option(help="Seed of every random draw; equal seeds give equal results.")
]
Threads = Annotated[
    int | None,
    typer.Option(help="Replicates run at once (default: one per core); no result depends on it."),
]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the results; written completely or not at all.")
]
Sets = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Parameter sets: a CSV file, or 'calibrated' for the shipped ones. Replicate r uses "
        "sets[r % len(sets)].",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace earlier results in the folder.")]


def load_scenario(name: str) -> Scenario:
    """Return a scenario by shipped name or path; a mistake in it is a ScenarioFileError."""
    from plazas.scenarios import load_scenario

    return load_scenario(name)


def load_sets(word: str | None) -> list[dict[str, float]] | None:
    """Return the parameter sets of a file, or the shipped ones; None if no set is asked for."""
    if word is None:
        return None
    from plazas.analysis.experiment.parameter_sets import named

    return named(word)


def one_line(text: str) -> str:
    """Return a text with every line break and run of spaces as one space, safe to print."""
    return printable(" ".join(text.split()))


def say(text: str, err: bool = False) -> None:
    """Print lines as written; a character on which a terminal would act is shown as an escape."""
    typer.echo("\n".join(map(printable, text.split("\n"))), err=err)


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
