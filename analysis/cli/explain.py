"""``plazas explain``: why a state changed hands or had many homicides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plazas.analysis.cli.options import say


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
        int | None, typer.Option(help="Number of the replicate (default: the first).")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the text: en or es.")] = "en",
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN2",
            help="Other results of the same seed: when do they start to differ in this state?",
        ),
    ] = None,
) -> None:
    """Explain why a state changed hands or had many homicides.

    Reads the events and the monthly series of one replicate. RUN may also be a folder inside the
    output of 'plazas compare --out', such as OUT/results/historical.
    """
    from plazas.analysis.cli.console import console
    from plazas.analysis.explain import explain

    result = explain(results, state, year, cartel, replicate, lang, against)
    say(result.text(min(console().width, 100)))
