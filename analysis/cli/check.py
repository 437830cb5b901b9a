"""The command ``plazas check``: is a scenario file right?"""

from __future__ import annotations

from typing import Annotated

import typer

from plazas.analysis.cli.options import MISTAKE, one_line, say


def check(
    files: Annotated[list[str], typer.Argument(help="Scenario files or shipped names.")],
) -> None:
    """Check scenario files; name every mistake with file and line."""
    from plazas.scenarios import ScenarioFileError, load_scenario

    bad = False
    for name in files:
        try:
            scenario = load_scenario(name)
        except ScenarioFileError as error:
            say(f"plazas: {one_line(str(error))}", err=True)
            bad = True
        else:
            say(f"{name}: good{f' ({scenario.title})' if scenario.title else ''}")
    if bad:
        raise typer.Exit(MISTAKE)
