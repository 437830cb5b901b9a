"""The command ``plazas``: what runs and compares scenarios; the rest is in ``commands``.

Everything heavy is imported inside the commands, so that ``plazas --help`` and ``plazas list``
answer at once. A user's mistake is one line on standard error and exit code 2.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from plazas.analysis import cli
from plazas.analysis.cli.options import (
    MISTAKE,
    Force,
    Name,
    Names,
    Out,
    Seed,
    Sets,
    Threads,
    enough_replicates,
    load_scenario,
    load_sets,
    progress,
)
from plazas.model.errors import UserError

if TYPE_CHECKING:
    from plazas.analysis.experiment.compare import Comparison

FAILURE = 1
INTERRUPTED = 130
REPLICATES = 20
#: the root of typer's own errors (wrong word, missing argument), wherever typer keeps it
USAGE_ERROR: Any = typer.BadParameter.__mro__[2]


class Commands(TyperGroup):
    """The commands, with every mistake told in one line."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; turn a user's mistake into one line and exit code 2."""
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs) or 0
        except USAGE_ERROR as error:
            _say(error.format_message(), getattr(error, "exit_code", MISTAKE))
        except (typer.Abort, KeyboardInterrupt):
            code = INTERRUPTED
        except BrokenPipeError:
            sys.exit(FAILURE)
        except (ValueError, ImportError, OSError, RuntimeError) as error:
            code = _exit_code(error)
            if code is None:
                raise
            _say(str(error), code)
        if code == INTERRUPTED:  # typer may also turn the interrupt into an exit of its own
            _say("stopped; nothing was written", code)
        sys.exit(code)


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="How cartels expand over Mexico's states, and what each policy would have changed.",
    epilog="A scenario is a shipped name (see 'plazas list') or the path of a .yaml file.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from plazas.analysis import version

        typer.echo(f"plazas {version()}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _common(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("list")
def list_scenarios() -> None:
    """List the shipped scenarios with their titles."""
    found = shipped()
    width = max((len(name) for name, _ in found), default=0)
    for name, title in found:
        typer.echo(f"{name:<{width}}  {title}".rstrip())


@app.command("run")
def run_scenario(
    scenario: Name,
    replicates: Annotated[
        int | None,
        typer.Option(
            help="How many; by default what the scenario says, or one for each set if more."
        ),
    ] = None,
    sets: Sets = None,
    seed: Seed = 1,
    out: Out = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Run a scenario; show its years beside those observed.

    With --out, writes Parquet files of the weekly, monthly and event series and provenance.json.
    """
    wanted = load_scenario(scenario)
    from plazas.analysis.experiment.run import run, save
    from plazas.analysis.experiment.store import check_target

    below = load_sets(sets)
    n = enough_replicates(replicates, wanted.replicates, below)
    if out is not None:
        check_target(out, force)
    with progress(wanted.name) as (planned, step):
        planned(n * wanted.weeks)
        ensemble = run(wanted, n, seed, threads, step, sets=below)
    from plazas.analysis.cli.console import console, yearly_table

    if out is not None:
        save(ensemble, out, force)
    console().print(yearly_table(ensemble))
    if out is not None:
        typer.echo(f"results in {out}")


@app.command("compare")
def compare_scenarios(
    scenarios: Names,
    replicates: Annotated[
        int | None,
        typer.Option(
            help=f"Of each scenario; by default {REPLICATES}, or one for each set if more. With "
            "--until-width, how many to begin with."
        ),
    ] = None,
    sets: Sets = None,
    until_width: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Add replicates until the 95 % interval of every difference in homicides is no "
            "wider than this share of the baseline's homicides (such as 0.02).",
        ),
    ] = None,
    cap: Annotated[int, typer.Option(help="The most replicates that --until-width may run.")] = 400,
    start_year: Annotated[
        int | None,
        typer.Option(
            help="Year from which change is measured; by default the last before they differ."
        ),
    ] = None,
    seed: Seed = 1,
    out: Out = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Compare policies with a baseline, on shared draws.

    Shows every outcome with 95 % intervals and a verdict for each policy. With --out, writes
    report.html (maps that play through time), figures, tables (CSV) and the results.
    """
    wanted = [load_scenario(name) for name in scenarios]
    from plazas.analysis.cli.console import console, outcome_table
    from plazas.analysis.experiment.compare import compare
    from plazas.analysis.experiment.store import check_target
    from plazas.analysis.report import verdicts

    if out is not None:
        check_target(out, force)
    below = load_sets(sets)
    n = enough_replicates(replicates, REPLICATES, below)
    with progress("comparing") as (planned, step):
        found = compare(
            wanted, n, seed, until_width, start_year, threads, cap, step, planned, below
        )
    if out is not None:
        _write(found, out, force)
    screen = console()
    screen.print(outcome_table(found, screen.width))
    for label, text in verdicts.verdicts(found).items():
        screen.print(f"[bold]{label}[/bold]: {text}")
    screen.print(f"\n{found.stopping}. {verdicts.chance_words(found)}")
    if out is None:
        screen.print("For maps that play through time and figures, add --out FOLDER.")
    else:
        typer.echo(f"report in {out / 'report.html'}")


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Scenario files or shipped names.")],
) -> None:
    """Check scenario files: what is wrong and where."""
    from plazas.scenarios import ScenarioFileError, load

    bad = False
    for name in files:
        try:
            scenario = load(name)
        except ScenarioFileError as error:
            typer.echo(f"plazas: {_one_line(str(error))}", err=True)
            bad = True
        else:
            typer.echo(f"{name}: good{f' ({scenario.title})' if scenario.title else ''}")
    if bad:
        raise typer.Exit(MISTAKE)


@app.command()
def show(
    scenario: Name,
    against: Annotated[
        str | None, typer.Option(metavar="SCENARIO", help="Show only what differs from this one.")
    ] = None,
) -> None:
    """Show a scenario resolved, or in what it differs."""
    from plazas.scenarios import difference, load, resolved

    if against is not None:
        lines = difference(load(against), load(scenario))
        typer.echo("\n".join(lines) or f"{scenario} comes to the same as {against}")
        return
    from ruamel.yaml import YAML

    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump(resolved(load(scenario)), sys.stdout)


def shipped() -> list[tuple[str, str]]:
    """Return names and titles of the shipped scenarios, read without loading the model."""
    spec = importlib.util.find_spec("plazas.scenarios")
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = [path for folder in folders for path in Path(folder).glob("*.yaml")]
    return sorted((path.stem, _title(path)) for path in files)


def _title(path: Path) -> str:
    """Return the title in a scenario file; "" where it is not in plain sight."""
    found = re.search(r"^title:[ ]*(.+?)[ ]*$", path.read_text("utf-8"), re.MULTILINE)
    return found.group(1).strip("'\"") if found else ""


def _write(comparison: Comparison, out: Path, force: bool) -> None:
    """Write report, figures, tables and results of a comparison, whole or not at all."""
    from plazas.analysis.cli.console import csv_tables
    from plazas.analysis.experiment import store
    from plazas.analysis.report.figures import write_figures
    from plazas.analysis.report.report import write_report

    with store.whole(out, force) as part:
        for name in ("figures", "tables", "results"):
            (part / name).mkdir()
        write_report(comparison, part / "report.html")
        write_figures(comparison, part / "figures")
        for name, frame in csv_tables(comparison).items():
            frame.to_csv(part / "tables" / f"{name}.csv")
        for label, ensemble in zip(comparison.labels, comparison.ensembles, strict=True):
            folder = part / "results" / label
            folder.mkdir()
            store.write(ensemble, folder)
        about = store.machine() | {"command": "compare", "scenarios": list(comparison.labels)}
        about |= {"parameter_sets": [dict(values) for values in comparison.ensembles[0].sets]}
        store.write_json(about | {"stopping": str(comparison.stopping)}, part / store.PROVENANCE)


def _exit_code(error: BaseException) -> int | None:
    """Return the exit code for an error that is told in one line; None for a fault of ours."""
    if isinstance(error, OSError) and error.filename is not None:
        return MISTAKE
    from plazas.model.errors import MissingLibraryError, PlazasError

    if isinstance(error, (UserError, MissingLibraryError)):
        return MISTAKE
    return FAILURE if isinstance(error, PlazasError) else None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _say(text: str, code: int) -> None:
    """Say one line on standard error and end."""
    typer.echo(f"plazas: {_one_line(text)}", err=True)
    sys.exit(code)


cli.add_to(app)


def main() -> None:
    """Run the command ``plazas``."""
    app()


if __name__ == "__main__":
    main()
