"""Read the text of a scenario or sweep file into plain values, each with the line it stands on.

A small part of YAML: mappings, lists and plain values of one document. Anchors, aliases and tags
are refused, so that what is read is what is seen and no file expands beyond its own size. A key
may stand once. Dates stay text here; ``schema`` reads them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from plazas.scenarios.errors import Path, ScenarioFileError

LARGEST = 1_000_000  # bytes of a file
MOST_VALUES = 20_000  # values in a file
DEEPEST = 8  # nested lists and mappings
LONGEST_SHOWN = 60  # characters of a value in a message
_HINTS = {  # what people usually did when the parser says this
    "mapping values are not allowed here": "a second ': ' in one line, or uneven indenting; "
    "text that holds ': ' stands in quotes",
    "expected <block end>": "uneven indenting; lines of one list or mapping start alike",
    "found unexpected end of stream": "a quote is opened and not closed",
    "found character '\\t' that cannot start any token": "a tab; use spaces",
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# A space that is none for YAML, where one belongs: before a key, or after the sign of one.
_ODD_SPACE = re.compile(r"^(?:[ -]*|[ -]*[\w.-]+[ ]*:[ ]*)([^\S ])")
#: characters that turn the direction of text, so that a reader sees another order
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BREAKS = "\u0085\u2028\u2029"  # ends of lines for some programs only
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")  # codes such as 09, not numbers
_WORDS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass(frozen=True)
class Document:
    """The plain values of one file, and the line (from 1) of every path in it."""

    file: str
    data: dict[str, Any]
    lines: dict[Path, int]
    hints: dict[int, str] = field(default_factory=dict)  #: of lines that hold an odd space

    def error(self, path: Path, reason: str) -> ScenarioFileError:
        """Return the error for the value at ``path``, or for the nearest one around it."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        line = self.lines.get(known, 1)
        hint = f"; {self.hints[line]}" if line in self.hints else ""
        return ScenarioFileError(self.file, line, path, reason + hint)


def read_file(path: FilePath, called: str = "") -> Document:
    """Return what a file says; ``called`` is its name in errors, its path if unsaid.

    Raises
    ------
    ScenarioFileError
        If the file cannot be opened, is larger than ``LARGEST``, is not UTF-8, or is not the part
        of YAML described above.
    """
    file = called or str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise ScenarioFileError(file, None, (), unreadable(error)) from error
    if len(raw) > LARGEST:
        raise ScenarioFileError(
            file, None, (), f"is larger than {LARGEST // 1000:,} kB; it should be a short text"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioFileError(
            file, line, (), f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from error
    return read(text, file)


def unreadable(error: Exception) -> str:
    """Return the reason why a path cannot be read."""
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def read(text: str, file: str) -> Document:
    """Return what a text says; ``file`` is its name in errors, which are those of `read_file`."""
    hints: dict[int, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise ScenarioFileError(file, number, (), "a tab at the start; indent with spaces")
        bad = _refused(line.removesuffix("\r"))
        if bad is not None:
            raise ScenarioFileError(file, number, (), f"is not YAML: {bad}")
        odd = _ODD_SPACE.match(line)
        if odd is not None and odd.group(1) not in "\r\t":
            hints[number] = f"{_named(odd.group(1))} stands here; write an ordinary space"
    reader = _Reader(file, hints)
    try:
        data = reader.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line_number = mark.line + 1 if mark else None
        problem = str(error.problem or error.context)
        problem = next((hint for said, hint in _HINTS.items() if problem.startswith(said)), problem)
        near = [number for number in hints if number <= (line_number or 1)]
        if near:  # the parser notices it some lines later
            line_number = near[-1]
            problem = hints[line_number]
        raise ScenarioFileError(file, line_number, (), f"is not YAML: {problem}") from error
    except ReaderError as error:
        line_number = text.count("\n", 0, error.position) + 1
        problem = f"the character {chr(error.character)!r} is not allowed"
        raise ScenarioFileError(file, line_number, (), f"is not YAML: {problem}") from error
    return Document(file, data, reader.lines, hints)


def _refused(text: str, breaks: str = "") -> str | None:
    """Return what is wrong with the first character that no text may hold; None if all are right.

    These are control characters other than a tab and ``breaks``, characters that turn the direction
    of text, and halves of characters.
    """
    for sign in text:
        hidden = unicodedata.category(sign) in ("Cc", "Cs") and sign not in ("\t", *breaks)
        if hidden or sign in _DIRECTIONS or sign in _BREAKS:
            return f"the character {_named(sign)} is not allowed"
    return None


def _named(sign: str) -> str:
    """Return a character by its name and number, or by its escape where it has no name."""
    name = unicodedata.name(sign, "").lower()
    return f"{name} (U+{ord(sign):04X})" if name else repr(sign)


class _Reader:
    """Builds plain values from the events of a parser, one event at a time."""

    def __init__(self, file: str, hints: dict[int, str]) -> None:
        self.file, self.hints = file, hints
        self.lines: dict[Path, int] = {}
        self.values = 0

    def error(self, event: Event, path: Path, reason: str) -> ScenarioFileError:
        hint = f"; {self.hints[line]}" if (line := _line(event)) in self.hints else ""
        return ScenarioFileError(self.file, line, path, reason + hint)

    def document(self, events: Iterator[Event]) -> dict[str, Any]:
        begun = False
        data: Any = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if begun:
                    raise self.error(event, (), "a second document begins here ('---'); keep one")
                begun = True
                first = next(events)
                data = self.value(first, events, ())
                if data is not None and not isinstance(data, dict):
                    raise self.error(first, (), f"must be 'key: value' lines, not {kind(data)}")
        if data is None:
            raise ScenarioFileError(self.file, None, (), "is empty; it needs at least a title")
        return dict(data)

    def value(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        self.values += 1
        if self.values > MOST_VALUES:
            raise self.error(event, path, f"more than {MOST_VALUES:,} values; split the file")
        if len(path) > DEEPEST:
            raise self.error(event, (), f"lists or mappings are nested more than {DEEPEST} deep")
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            sign = "*" if isinstance(event, AliasEvent) else "&"
            raise self.error(
                event, path, f"'{sign}{anchor}': anchors and aliases are not read; repeat it"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self.error(event, path, f"tag {kind(str(tag))} is not read; leave it out")
        if isinstance(event, SequenceStartEvent):
            return self.sequence(events, path)
        if isinstance(event, MappingStartEvent):
            return self.mapping(events, path)
        assert isinstance(event, ScalarEvent)
        bad = _refused(event.value, "\n")  # what an escape in quotes means
        if bad is not None:
            raise self.error(event, path, bad)
        return plain(event.value) if event.style is None else event.value

    def filled(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        value = self.value(event, events, path)
        if value is None:
            raise self.error(event, path, "is empty; give it a value or leave it out")
        return value

    def sequence(self, events: Iterator[Event], path: Path) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            here = (*path, len(items))
            self.lines[here] = _line(event)
            items.append(self.filled(event, events, here))
        return items

    def mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                raise self.error(event, path, "a key must be one word")
            here = (*path, event.value)
            if event.value in pairs:
                first = self.lines[here]
                raise self.error(event, here, f"this key stands on line {first} already")
            self.lines[here] = _line(event)
            self.value(event, events, here)  # a key may carry no anchor or tag either
            pairs[event.value] = self.filled(next(events), events, here)
        return pairs


def plain(word: str) -> Any:
    """Return what a word without quotes means: a number, true, false, nothing, or text."""
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word) if len(word) < 20 else float(word)
    if _DECIMAL.fullmatch(word) and not _LEADING_ZERO.match(word):
        return float(word)
    return word


def kind(value: object) -> str:
    """Return what to call a value in a message."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    word = repr(value)
    return word if len(word) <= LONGEST_SHOWN else f"{word[:LONGEST_SHOWN]}..."


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1
