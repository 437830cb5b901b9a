"""Serve the page on this machine alone, with nothing taken from the network."""

from __future__ import annotations

import os
import socket
import threading
import time
import warnings
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from importlib.util import find_spec
from typing import Any

from plazas.model.errors import UserError

PAGE = "plazas.analysis.dashboard.page"
HOST = "127.0.0.1"
LIMIT = 2**32  # seeds are below
INSTALL = "pip install 'plazas[dashboard]'"
#: packages of which a newer major version gives an empty page
BELOW = {"ipyvue": 2, "ipyvuetify": 2}


class MissingExtraError(UserError):
    """The packages of the dashboard are not installed, or too new."""


class PortTakenError(UserError):
    """Another program listens on the port."""


class SeedOutOfRangeError(UserError):
    """No run can have this seed."""


def check_extra() -> None:
    """Raise MissingExtraError, which says what to install, where the dashboard cannot be shown."""
    missing = [name for name in ("solara", "altair", "solara.server") if not _found(name)]
    if missing:
        raise MissingExtraError(
            f"the dashboard needs packages that are not installed ({missing[0]}); "
            f"install them with: {INSTALL}"
        )
    for name, below in BELOW.items():
        version = metadata.version(name)
        if int(version.split(".")[0]) >= below:
            raise MissingExtraError(
                f"the dashboard needs {name} below {below}, not {version}, which shows an empty "
                f"page; install the right one with: {INSTALL}"
            )


def _found(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def check_port(port: int) -> None:
    """Raise PortTakenError, which names a way out, where the port is not free."""
    if not 0 < port < 65536:
        raise PortTakenError(f"port {port} does not exist; choose one from 1024 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(
                f"port {port} cannot be used ({error.strerror}); choose another with --port"
            ) from error


@contextmanager
def without_notices() -> Iterator[None]:
    """Leave out what Solara has to say to developers, about Mesa's code and about cookies."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module=r"solara\.")
        yield


def check_seed(seed: int) -> None:
    """Raise SeedOutOfRangeError where no run can have this seed."""
    if not 0 <= seed < LIMIT:
        raise SeedOutOfRangeError(f"the seed must be from 0 to {LIMIT - 1}, not {seed}")


def serve(port: int, open_browser: bool) -> None:
    """Serve the page until interrupted; it must have been configured (``page.configure``)."""
    os.environ["SOLARA_APP"] = PAGE
    from solara.server import settings

    # No telemetry, no banner, and no watching of files: this is no development server.
    settings.main.mode = "production"
    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    settings.theme.title = "Plazas"
    settings.kernel.cull_timeout = "1h"  # what a page that was left keeps is freed
    import uvicorn

    config = uvicorn.Config(
        "solara.server.starlette:app", host=HOST, port=port, log_level="error", access_log=False
    )
    server = uvicorn.Server(config)
    if open_browser:
        threading.Thread(target=_open, args=(server, address(port)), daemon=True).start()
    with without_notices():
        server.run()


def address(port: int) -> str:
    """Return the address at which the page is served."""
    return f"http://{HOST}:{port}"


def _open(server: Any, url: str) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.05)
    webbrowser.open(url)
