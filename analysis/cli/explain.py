"""``plazas explain``: why a state changed hands or bled, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain_state)


def explain_state(
    results: Annotated[
        Path, typer.Argument(metavar="RUN", help="A folder written by 'plazas run --out'.")
    ],
    state: Annotated[str, typer.Option(help="Name, abbreviation or code of the state.")],
    year: Annotated[int | None, typer.Option(help="Only this calendar year.")] = None,
    cartel: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only this cartel, such as cjng.")
    ] = None,
    replicate: Annotated[
        int | None, typer.Option(help="Which replicate of the run; by default its first.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the text: en or es.")] = "en",
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN2", help="Other results of the same seed: where do they part in the state?"
        ),
    ] = None,
) -> None:
    """Tell from saved results why a state flipped or bled.

    Reads the event log and the monthly series of one replicate. A results folder inside what
    'plazas compare --out' wrote will do, such as OUT/results/historical.
    """
    from plazas.analysis.cli.console import console
    from plazas.analysis.explain import explain

    found = explain(results, state, year, cartel, replicate, lang, against)
    typer.echo(found.text(min(console().width, 100)))
