"""Serve the page on this machine only, without the network."""

from __future__ import annotations

import ctypes
import gc
import os
import secrets
import socket
import sys
import threading
import time
import warnings
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import metadata
from importlib.util import find_spec
from typing import Any

from plazas.analysis.dashboard.guard import TOKEN, Guard
from plazas.model.errors import UserError

PAGE = "plazas.analysis.dashboard.page"
HOST = "127.0.0.1"
SEEDS = range(2**32)  # the seeds that a run can have
CULLED_AFTER = "3m"  # after its last page lost the connection, a session is closed
AFTER_CLOSING = 2.0  # seconds until the memory of a closed session is given back
GRACE = 3  # seconds that open pages have when the server ends
TOKEN_BYTES = 24
INSTALL = "pip install 'plazas[dashboard]'"
#: packages whose newer major versions show an empty page
BELOW = {"ipyvue": 2, "ipyvuetify": 2}


class MissingExtraError(UserError):
    """The packages of the dashboard are not installed, or too new."""


class PortTakenError(UserError):
    """The port does not exist or another program uses it."""


class SeedOutOfRangeError(UserError):
    """No run can have this seed."""


def check_extra() -> None:
    """Check that the packages of the dashboard are installed.

    Raises
    ------
    MissingExtraError
        If one is missing or too new; the message says what to install.
    """
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
                f"the dashboard needs {name} below {below}; {version} is installed and "
                f"shows an empty page; install the right version with: {INSTALL}"
            )


def _found(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def check_port(port: int) -> None:
    """Check that the page can be served on a port.

    Raises
    ------
    PortTakenError
        If the port does not exist or is not free; the message says what to do.
    """
    if not 0 < port < 65536:
        raise PortTakenError(f"--port must be from 1 to 65535; got {port}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(
                f"port {port} cannot be used ({error.strerror}); choose another one with --port"
            ) from error


@contextmanager
def without_notices() -> Iterator[None]:
    """Hide the notices that Solara prints for developers."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module=r"solara\.")
        yield


def check_seed(seed: int) -> None:
    """Check that a run can have a seed.

    Raises
    ------
    SeedOutOfRangeError
        If it cannot.
    """
    if seed not in SEEDS:
        raise SeedOutOfRangeError(f"--seed must be from {SEEDS[0]} to {SEEDS[-1]}; got {seed}")


class Kernels:
    """The sessions that are open in Solara's server, which calls them kernels."""

    def __init__(self) -> None:
        from solara.server import kernel_context  # heavy

        self._contexts = kernel_context.contexts
        self._connected = kernel_context.PageStatus.CONNECTED

    def __contains__(self, key: object) -> bool:
        return key in self._contexts

    def __len__(self) -> int:
        return len(self._contexts)

    def close_unused(self) -> None:
        """Close the sessions that no page is connected to, such as after a lost connection."""
        for context in list(self._contexts.values()):
            if self._connected not in context.page_status.values():
                context.close(reason="cull")
        give_memory_back()


def give_memory_back() -> None:
    """Free what closed sessions held, and return it to the system where that is possible."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def _after_a_session() -> Callable[[], None]:
    """Return what runs when the session that begins now is closed."""

    def closed() -> None:
        timer = threading.Timer(AFTER_CLOSING, give_memory_back)
        timer.daemon = True
        timer.start()

    return closed


def serve(port: int, open_browser: bool, sessions: int, token: str | None = None) -> None:
    """Serve the page until the user interrupts it.

    Call `page.configure` first.

    Parameters
    ----------
    port
        The port on this machine.
    open_browser
        Whether to open the page in the default browser.
    sessions
        How many sessions may be open at once.
    token
        What the first address must have, as `new_token` makes it; None for no token.
    """
    os.environ["SOLARA_APP"] = PAGE
    from solara.server import settings

    # No telemetry, no banner and no file watcher: this is not a development server.
    settings.main.mode = "production"
    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    settings.theme.title = "Plazas"
    settings.kernel.cull_timeout = CULLED_AFTER
    import solara.lab
    import uvicorn
    from solara.server.starlette import app as pages

    solara.lab.on_kernel_start(_after_a_session)
    guard = Guard(pages, Kernels(), sessions, token, port)
    config = uvicorn.Config(
        guard,
        host=HOST,
        port=port,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = uvicorn.Server(config)
    if open_browser:
        threading.Thread(target=_open, args=(server, address(port, token)), daemon=True).start()
    with without_notices():
        server.run()


def address(port: int, token: str | None = None) -> str:
    """Return the address of the page, with its token if it has one."""
    return f"http://{HOST}:{port}" + (f"/?{TOKEN}={token}" if token else "")


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _open(server: Any, url: str) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.05)
    webbrowser.open(url)
