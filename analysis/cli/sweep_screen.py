"""Show the progress of a sweep: a bar on a terminal, otherwise a line every half minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from plazas.analysis.cli.console import progress_bar
from plazas.analysis.sweep.engine import Progress, Report
from plazas.analysis.sweep.status import duration

EVERY = 30.0  # seconds between two lines


@contextmanager
def shown(name: str) -> Iterator[Report]:
    """Give a callback that shows progress on standard error."""
    bar = progress_bar()
    if bar.disable:
        yield _Lines(name)
        return
    with bar:
        task = bar.add_task(name, total=None)
        yield lambda progress: bar.update(
            task, total=progress.total, completed=progress.done, description=_words(name, progress)
        )


def _words(name: str, progress: Progress) -> str:
    text = f"{name}: {progress.done:,} of {progress.total:,} runs"
    if progress.failed:
        text += f", {progress.failed:,} failed"
    return text if progress.workers else f"{text}, waiting for workers"


class _Lines:
    """Writes a line every half minute, for logs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.began = self.last = time.monotonic()
        self.before: int | None = None

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if self.before is None:
            self.before = progress.done
        if now - self.last < EVERY:
            return
        self.last = now
        text = _words(self.name, progress)
        new = progress.done - self.before
        if new:
            left = (progress.total - progress.done) * (now - self.began) / new
            text += f", {duration(left)} left"
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
