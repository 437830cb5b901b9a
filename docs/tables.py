"""Write the generated tables of the documents again, or list which are stale.

python docs/tables.py          # writes
python docs/tables.py --check  # exit code 1 where a table is stale

A table stands in a Markdown file between ``<!-- table: NAME -->`` and ``<!-- end -->``. What is in
it comes from the model: parameters, levers, events, series and the start are declared there. The
experiments of ``plazas mechanisms`` come from their catalogue.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from plazas.analysis.mechanisms.catalogue import ROWS
from plazas.model.events import SCHEDULED_WORDS, EventKind
from plazas.model.geography import start_2010, states
from plazas.model.levers import LEVERS
from plazas.model.parameters import declarations, defaults
from plazas.model.record import WEEK_FLOWS, Week
from plazas.model.structure import constants

FOLDER = Path(__file__).parent
MARKED = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def parameters() -> str:
    """Return every parameter with value, range, unit, status, meaning and source."""
    values = defaults()
    return _table(
        ("parameter", "value", "range", "unit", "status", "meaning", "source"),
        (
            (
                *(f"`{name}`", f"{values[name]:.7g}", f"{about.low:g} to {about.high:g}"),
                *(about.unit, about.status, about.meaning, about.source),
            )
            for name, about in declarations().items()
        ),
    )


def structure() -> str:
    """Return every structural constant with value, unit and reason."""
    return _table(
        ("constant", "value", "unit", "reason"),
        (
            (f"`{name}`", f"{value:.7g}", about.unit, about.reason)
            for name, (value, about) in constants().items()
        ),
    )


def levers() -> str:
    """Return every lever with unit, baseline, range and what it changes."""
    return _table(
        ("lever", "baseline", "range", "unit", "by cartel", "changes"),
        (
            (
                *(f"`{each.name}`", f"{each.baseline:g}", f"{each.low:g} to {each.high:g}"),
                *(each.unit, "yes" if each.by_cartel else "no", each.meaning),
            )
            for each in LEVERS
        ),
    )


def dated_events() -> str:
    """Return the kinds of dated events that a scenario can hold."""
    return ", ".join(f"`{name}`" for name in SCHEDULED_WORDS) + "\n"


def log() -> str:
    """Return the kinds of entries in the event log of a run."""
    return ", ".join(f"`{kind.name.lower()}`" for kind in EventKind) + "\n"


def series() -> str:
    """Return the national series of a run: which are flows and which are levels."""
    said = dict(re.findall(r"^    (\w+): F(?:  #: (.*))?$", inspect.getsource(Week), re.MULTILINE))
    return _table(
        ("series", "kind", "remark"),
        (
            (f"`{name}`", "flow" if name in WEEK_FLOWS else "level", said[name])
            for name in Week.__annotations__
        ),
    )


def cartels() -> str:
    """Return the cartels of 1 January 2010 with the values that set them apart."""
    places, start = states(), start_2010(states())
    return _table(
        ("cartel", "home", "share of members", "brutality", "franchise", "cohesion", "leader"),
        (
            (
                *(row.name, places.names[row.home], f"{100 * row.share:.1f} %"),
                *(f"{row.brutality:g}", f"{row.franchise:g}", f"{row.cohesion:g}"),
                f"{row.leader_age:g} years",
            )
            for row in start.cartels
        ),
    )


def mechanisms() -> str:
    """Return the experiments of ``plazas mechanisms``: expectation, measure, size, source."""
    return _table(
        ("row", "expected", "measured", "counts from", "source"),
        (
            (
                *(f"`{row.key}`", row.expected, row.quantity),
                f"{'+' if row.sign > 0 else '−'}{row.least:.3g} {row.unit}",
                row.source,
            )
            for row in ROWS
        ),
    )


TABLES: dict[str, Callable[[], str]] = {
    "parameters": parameters,
    "structure": structure,
    "levers": levers,
    "dated-events": dated_events,
    "log": log,
    "series": series,
    "cartels": cartels,
    "mechanisms": mechanisms,
}


def renewed(text: str) -> str:
    """Return a document with its tables as they must be; KeyError for an unknown one."""
    return MARKED.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


def stale(folder: Path = FOLDER) -> list[Path]:
    """Return the documents in which a table is not as it must be."""
    found = sorted(folder.glob("*.md"))
    return [path for path in found if renewed(path.read_text("utf-8")) != path.read_text("utf-8")]


def main(words: Sequence[str]) -> int:
    """Write what is stale, or only name it; return the exit code."""
    found = stale()
    for path in found:
        print(f"{path.name}: {'stale' if '--check' in words else 'written'}")
        if "--check" not in words:
            path.write_text(renewed(path.read_text("utf-8")), "utf-8")
    return int(bool(found) and "--check" in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
