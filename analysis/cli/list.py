"""The command ``plazas list``: the shipped scenarios, read without loading the model."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import typer


def list_scenarios() -> None:
    """List the shipped scenarios with their titles."""
    scenarios = shipped()
    width = max((len(name) for name, _ in scenarios), default=0)
    for name, title in scenarios:
        typer.echo(f"{name:<{width}}  {title}".rstrip())


def shipped() -> list[tuple[str, str]]:
    """Return the name and title of every shipped scenario, in order of name.

    Returns
    -------
    list of (str, str)
        Name and title; an empty title where the file has none on a line of its own.
    """
    spec = importlib.util.find_spec("plazas.scenarios")
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = [path for folder in folders for path in Path(folder).glob("*.yaml")]
    return sorted((path.stem, _title(path)) for path in files)


def _title(path: Path) -> str:
    """Return the title in a scenario file; "" where it is not in plain sight."""
    match = re.search(r"^title:[ ]*(.+?)[ ]*$", path.read_text("utf-8"), re.MULTILINE)
    return match.group(1).strip("'\"") if match else ""
