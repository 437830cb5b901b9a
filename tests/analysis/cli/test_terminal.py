"""Signals end a command in one line, and no encoding of the output stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from plazas.analysis.cli import terminal
from plazas.analysis.experiment.workers import interrupts_deferred

COMMAND = [sys.executable, "-m", "plazas.analysis.cli"]
SCENARIO = """\
title: Pueblos mágicos → señal de humo ☂
extends: classroom
stop: 2012-01-01
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs the signals of POSIX")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_in_one_line(tmp_path: Path, number: signal.Signals, code: int) -> None:
    ended = interrupted(
        ["run", "historical", "--replicates", "3000", "--out", "out"], number, tmp_path
    )
    assert ended == (code, "", "plazas: stopped; nothing was written\n")
    assert list(tmp_path.iterdir()) == []


SWEEP = """\
title: Many runs
scenarios: [classroom]
replicates: 4000
"""


def test_a_signal_to_a_sweep_and_its_workers_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    words = ["sweep", "sweep.yaml", "--out", "out", "--workers", "2", "--batch", "10"]
    code, _, errors = interrupted(words, signal.SIGINT, tmp_path, after=tmp_path / "out" / "runs")
    lines = [line for line in errors.splitlines() if not line.startswith("out: ")]  # progress
    assert code == 130
    assert lines == ["plazas: stopped; finished runs are kept in out; continue with --resume"]


def interrupted(
    words: list[str], number: signal.Signals, folder: Path, after: Path | None = None
) -> tuple[int, str, str]:
    """Run a command, send a signal to all its processes, and return exit code and output.

    The signal is sent some time after the model is there, or when the folder ``after`` is.
    """
    started = subprocess.Popen(
        [*COMMAND, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    limit = time.monotonic() + 120.0
    if after is None:
        time.sleep(5.0)
    while after is not None and not after.is_dir() and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(1.0)
    os.killpg(started.pid, number)
    output, errors = started.communicate(timeout=120)
    return started.returncode, output, errors


def test_signals_wait_while_workers_start() -> None:
    steps = []
    with pytest.raises(terminal.SignalInterrupt), terminal.ended_by_signals():
        with interrupts_deferred():
            signal.raise_signal(signal.SIGTERM)
            steps.append("went on")
        steps.append("never")
    assert steps == ["went on"]
    assert terminal.interrupted_code() == 143
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_an_ignored_signal_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with terminal.ended_by_signals():
            signal.raise_signal(signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_thread_installs_no_handler() -> None:
    seen = []

    def work() -> None:
        with terminal.ended_by_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]


def test_no_encoding_of_the_output_stops_a_command(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(SCENARIO, "utf-8")
    for encoding, words in (
        ("cp1252", ["show", "plan.yaml"]),
        ("ascii", ["show", "plan.yaml"]),
        ("ascii", ["run", "plan.yaml", "--replicates", "2", "--out", "out"]),
        ("ascii", ["compare", "plan.yaml", "plan.yaml", "--replicates", "2"]),
        ("ascii", ["explain", "out", "--state", "Northgate", "--lang", "es"]),
        ("ascii", ["show", "señal.yaml"]),
    ):
        ended = subprocess.run(
            [*COMMAND, *words],
            cwd=tmp_path,
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            check=False,
        )
        # Typer writes UTF-8 where the encoding is ASCII; Rich writes a question mark.
        text = (ended.stdout + ended.stderr).decode("utf-8" if encoding == "ascii" else encoding)
        assert "Traceback" not in text, words
        assert ended.returncode == (2 if words[1] == "señal.yaml" else 0), text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device /dev/full of Linux")
def test_output_to_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ended.returncode, ended.stderr) == (2, "plazas: output: no space is left on the disk\n")
