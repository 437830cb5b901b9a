"""The terminal around a command: signals that end it, and text that the output cannot encode."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

BY_SIGNAL = 128  #: exit code of a command that a signal ended, less the number of the signal
#: the signals that end a command, with the handler that each has as long as nobody changed it
ENDING = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}

_received: list[int] = []  # signals, in order


class SignalInterrupt(KeyboardInterrupt):
    """A signal asks the command to end.

    Where a plain KeyboardInterrupt passes through ``exec``, Python ends by SIGINT, not by the exit
    code that was asked for.
    """


def interrupted_code() -> int:
    """Return the exit code of an interrupted command: 130 after Ctrl-C, 143 after SIGTERM."""
    return BY_SIGNAL + (_received[0] if _received else signal.SIGINT)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end the command like Ctrl-C, by a KeyboardInterrupt, so that it cleans up.

    A second signal ends the process at once. A signal that the caller of the command ignores
    (``nohup``) stays ignored.
    """
    _received.clear()
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number, usual in ENDING.items():
            if signal.getsignal(number) == usual:
                before[number] = signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> NoReturn:
    _received.append(number)
    if len(_received) > 1:
        os._exit(interrupted_code())
    raise SignalInterrupt


def replace_what_cannot_be_encoded() -> None:
    """Let output replace characters that its encoding lacks, instead of an error.

    Such an encoding is cp1252 or ASCII, and output has it where it goes to a file or a pipe.
    """
    for stream in (sys.stdout, sys.stderr):
        # Some streams that tests and notebooks put there cannot be changed, and need not be.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
