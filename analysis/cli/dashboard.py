"""The command ``plazas dashboard``: the map in the browser."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from plazas.analysis.cli.options import Seed, load_scenario
from plazas.analysis.cli.terminal import interrupted_code

SESSIONS = 20  # pages open at once


class Language(StrEnum):
    """The languages of the page."""

    en = "en"
    es = "es"


def dashboard(
    scenario: Annotated[
        str, typer.Option(help="The baseline: a shipped name or a .yaml file.")
    ] = "historical",
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8765,
    lang: Annotated[
        Language, typer.Option(help="First language; the page can change it.")
    ] = Language.en,
    seed: Seed = 1,
    browser: Annotated[bool, typer.Option(help="Whether to open the page in a browser.")] = True,
    token: Annotated[
        bool,
        typer.Option(
            "--token",
            help="Let in only those who have the address that is printed; for a machine that "
            "others use too.",
        ),
    ] = False,
    sessions: Annotated[
        int, typer.Option(min=1, help="Most pages open at once; each takes memory.")
    ] = SESSIONS,
) -> None:
    """Play runs and switch policies on a map in the browser.

    Click on a state for its figures. Works without a network. Stop it with Ctrl-C.
    """
    from plazas.analysis.dashboard import server

    server.check_extra()
    server.check_port(port)
    server.check_seed(seed)
    base = load_scenario(scenario)
    with server.without_notices():
        from plazas.analysis.dashboard import page
    from plazas.analysis.dashboard.model import model_class

    typer.echo("Preparing the model (up to a minute the first time)")
    make = model_class(base)
    make(seed=seed).step()  # compiles the rules before the first visitor comes
    page.configure(page.Setup(make, seed, lang.value))
    secret = server.new_token() if token else None
    typer.echo(f"The dashboard is at {server.address(port, secret)}; stop it with Ctrl-C")
    try:
        server.serve(port, browser, sessions, secret)
    except KeyboardInterrupt:
        typer.echo("plazas: the dashboard is stopped", err=True)
        sys.exit(interrupted_code())
