"""The command: its errors, and that a plain install does not need the extra."""

from __future__ import annotations

import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from plazas.analysis.cli.app import app
from plazas.analysis.dashboard import server


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line of the error; the exit code must be 2."""
    with pytest.raises(SystemExit) as ended:
        app(["dashboard", "--no-browser", *arguments])
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_a_missing_extra(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_found", lambda name: name != "solara")
    line = said([], capsys)
    assert "packages that are not installed (solara)" in line
    assert "pip install 'plazas[dashboard]'" in line


def test_a_version_that_shows_an_empty_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.check_extra()  # what is installed here is right
    real = metadata.version
    monkeypatch.setattr(
        metadata, "version", lambda name: "3.0.0a2" if name == "ipyvuetify" else real(name)
    )
    assert "needs ipyvuetify below 2; 3.0.0a2 is installed" in said([], capsys)


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind((server.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        line = said(["--port", str(port)], capsys)
    assert f"port {port} cannot be used" in line
    assert "--port" in line
    assert "--port must be from 1 to 65535; got 70000" in said(["--port", "70000"], capsys)


def test_an_unknown_scenario_or_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean 'hugs-not-bullets'" in said(["--scenario", "hugs-not-bulets"], capsys)
    assert "'fr'" in said(["--lang", "fr"], capsys)
    assert "--seed must be from 0 to 4294967295; got -1" in said(["--seed", "-1"], capsys)


def test_nothing_else_imports_the_extra() -> None:
    code = (
        "import sys, plazas.analysis.cli, plazas.analysis.dashboard.view, "
        "plazas.analysis.dashboard.frames, plazas.analysis.dashboard.panels\n"
        "sys.exit(','.join(m for m in ('solara', 'reacton', 'ipyvue', 'altair') "
        "if m in sys.modules) or None)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_every_file_of_the_page_is_packed() -> None:
    root = Path(__file__).parents[3]
    packed = (root / "pyproject.toml").read_text("utf-8")
    kinds = {path.suffix for path in (root / "analysis" / "dashboard").glob("*.*")} - {".py"}
    assert kinds
    line = next(line for line in packed.splitlines() if line.startswith('"plazas.analysis.dash'))
    for kind in kinds:
        assert f'"*{kind}"' in line
