"""Children that are killed while they run a share of a sweep: ``killed.py FOLDER KILLS SEED``.

Each child is a fork that runs what is missing of the sweep, killed with SIGKILL at a random moment.
Prints how many were killed while work was left. ``--careless`` writes files in place, in two steps,
which is what must not be done. ``--together N`` instead lets N children run everything at once.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from plazas.analysis.experiment import disk
from plazas.analysis.sweep import array, store, task


def careless(pause: float) -> Callable[..., None]:
    """Return a way to write files as one should not, with a pause in the middle."""

    def write(path: Path, content: bytes, keep: bool = False) -> None:
        with path.open("wb") as stream:
            stream.write(content[: len(content) // 2])
            stream.flush()
            time.sleep(pause)
            stream.write(content[len(content) // 2 :])

    return write


def child(work: Callable[[], object]) -> int:
    """Fork; return the child's process."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return process


def main(words: list[str]) -> None:
    """Kill children, or let them run together."""
    folder = Path(words[0])
    plan = task.plan_in(folder)
    task.run_rows(plan, plan.runs_of(0))  # loads, and compiles where need be
    began = time.perf_counter()
    task.run_rows(plan, plan.runs_of(0))
    pace = time.perf_counter() - began
    span = 1.5 * pace
    if "--careless" in words:
        disk.write_file = careless(20 * pace)
        span = 10 * pace

    def share() -> object:
        return array.run_share(folder, 0, 1)

    if "--together" in words:
        children = [child(share) for _ in range(int(words[-1]))]
        codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in children]
        print(codes)
        return
    generator = random.Random(int(words[2]))
    hits = 0
    for _ in range(int(words[1])):
        process = child(share)
        time.sleep(generator.uniform(0.0, span))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        hits += os.WIFSIGNALED(status) and len(store.finished(folder)) < plan.batches
    print(hits)


if __name__ == "__main__":
    main(sys.argv[1:])
