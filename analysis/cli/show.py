"""The command ``plazas show``: a scenario as the model reads it."""

from __future__ import annotations

import io
from typing import Annotated

import typer

from plazas.analysis.cli.options import Name, say


def show(
    scenario: Name,
    against: Annotated[
        str | None,
        typer.Option(metavar="SCENARIO", help="Show only differences from this one."),
    ] = None,
) -> None:
    """Show a scenario in full, or how it differs from another one."""
    from plazas.scenarios import difference, load_scenario, resolved

    if against is not None:
        lines = difference(load_scenario(against), load_scenario(scenario))
        say("\n".join(lines) or f"{scenario} comes to the same as {against}")
        return
    from ruamel.yaml import YAML

    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()  # not the output itself, to which it writes bytes of UTF-8
    writer.dump(resolved(load_scenario(scenario)), text)
    typer.echo(text.getvalue(), nl=False)
