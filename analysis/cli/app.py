"""The command ``plazas``: its commands in groups, and the one place where errors become text.

Every command is a function in a module of its own, listed in `GROUPS`. It imports everything heavy
when it runs, so that ``plazas --help`` and ``plazas list`` answer at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from plazas.analysis.cli.ablate import ablate
from plazas.analysis.cli.calibrate import calibrate
from plazas.analysis.cli.check import check
from plazas.analysis.cli.compare import compare_scenarios
from plazas.analysis.cli.dashboard import dashboard
from plazas.analysis.cli.explain import explain_state
from plazas.analysis.cli.list import list_scenarios
from plazas.analysis.cli.mechanisms import mechanisms
from plazas.analysis.cli.options import INTERRUPTED, MISTAKE, one_line
from plazas.analysis.cli.robust import robust
from plazas.analysis.cli.run import run_scenario
from plazas.analysis.cli.sensitivity import sensitivity
from plazas.analysis.cli.show import show
from plazas.analysis.cli.sweep import query, status, sweep
from plazas.analysis.cli.terminal import (
    ended_by_signals,
    interrupted_code,
    replace_what_cannot_be_encoded,
)
from plazas.analysis.cli.validate import validate
from plazas.analysis.experiment.folder import FULL, reason, shown
from plazas.model.errors import MissingLibraryError, PlazasError, UserError

FAILURE = 1  #: exit code of a run that failed
#: the root of typer's own errors (wrong word, missing argument), wherever typer keeps it
USAGE_ERROR: Any = typer.BadParameter.__mro__[2]

#: the commands in the groups and the order in which ``plazas --help`` shows them
GROUPS: dict[str, dict[str, Any]] = {
    "Start": {
        "list": list_scenarios,
        "show": show,
        "check": check,
        "run": run_scenario,
    },
    "Compare and explain": {
        "compare": compare_scenarios,
        "explain": explain_state,
        "dashboard": dashboard,
    },
    "How far to trust the model": {
        "validate": validate,
        "mechanisms": mechanisms,
        "ablate": ablate,
        "robust": robust,
        "sensitivity": sensitivity,
        "calibrate": calibrate,
    },
    "Many runs": {
        "sweep": sweep,
        "status": status,
        "query": query,
    },
}


class Commands(TyperGroup):
    """The commands: shown in groups, with every error in one line."""

    def format_commands(self, context: Any, formatter: Any) -> None:
        """Write the commands of each group under its name."""
        width = formatter.width - 6 - max(map(len, self.commands))
        for group, commands in GROUPS.items():
            with formatter.section(group):
                formatter.write_dl(
                    [(name, self.commands[name].get_short_help_str(width)) for name in commands],
                    col_max=max(map(len, self.commands)),
                )

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; print an error as one line and end with its exit code."""
        kwargs["standalone_mode"] = False
        replace_what_cannot_be_encoded()
        with ended_by_signals():
            try:
                code = super().main(*args, **kwargs) or 0
                sys.stdout.flush()  # an error of the output is reported here, not at the exit
            except USAGE_ERROR as error:
                _fail(error.format_message(), getattr(error, "exit_code", MISTAKE))
            except (typer.Abort, KeyboardInterrupt):
                code = INTERRUPTED
            except BrokenPipeError:
                _end_quietly(FAILURE)
            except OSError as error:
                _fail(_sentence(error), MISTAKE)
            except PlazasError as error:
                _fail(str(error), _exit_code(error))
            if code == INTERRUPTED:  # typer may also turn the interrupt into an exit of its own
                _fail("stopped; nothing was written", interrupted_code())
            sys.exit(code)


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,  # brackets in titles and errors are text, not markup
    pretty_exceptions_enable=False,
    help="How cartels expand over Mexico's states, and what each policy would have changed.",
    epilog="First example: plazas compare historical hugs-not-bullets --out results. "
    "A scenario is a shipped name (see 'plazas list') or the path of a .yaml file.",
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


for _commands in GROUPS.values():
    for _name, _function in _commands.items():
        app.command(_name)(_function)


def _exit_code(error: Exception) -> int:
    return MISTAKE if isinstance(error, (UserError, MissingLibraryError)) else FAILURE


def _sentence(error: OSError) -> str:
    """Return an error of the system in one line, with the file where it names one."""
    if error.filename is None:
        return f"output: {reason(error)}" if error.errno in FULL else str(error)
    return f"{shown(os.fsdecode(error.filename))}: {reason(error)}"


def _end_quietly(code: int) -> NoReturn:
    """End where nobody reads the output any more; Python would complain when it flushes it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _fail(text: str, code: int) -> NoReturn:
    """Print one line on standard error and end."""
    typer.echo(f"plazas: {one_line(text)}", err=True)
    try:
        sys.stdout.flush()
    except OSError:  # a full disk, on which Python would try again at the exit
        _end_quietly(code)
    sys.exit(code)


def main() -> None:
    """Run the command ``plazas``."""
    app()


if __name__ == "__main__":
    main()
