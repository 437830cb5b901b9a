"""Run ``plazas`` with no way out: a connection to another machine is refused and written down.

``python offline.py NOTES dashboard --port 8765`` runs ``plazas dashboard --port 8765``; NOTES is a
file that stays empty as long as nothing asks for the network.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

HERE = ("127.", "::1", "localhost", "0.0.0.0")


def close_the_way_out(notes: Path) -> None:
    """Refuse every name and every address that is not this machine's own."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def check(host: object) -> None:
        if host is not None and not str(host).startswith(HERE):
            with notes.open("a") as stream:
                stream.write(f"{host}\n")
            raise OSError(f"no network: {host}")

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple):
            check(address[0])
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return look_up(host, *args, **kwargs)

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = guarded_look_up


if __name__ == "__main__":
    close_the_way_out(Path(sys.argv.pop(1)))
    from plazas.analysis.cli.app import main

    main()
