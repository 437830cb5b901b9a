"""The one error of scenario files: which file, which line, which entry, and what to write."""

from __future__ import annotations

from plazas.model.errors import UserError, printable

Path = tuple[str | int, ...]  #: where a value stands in a file: ("policies", 1, "level")
LONGEST_KEY = 60  # characters of a key in a message


class ScenarioFileError(UserError):
    """A scenario file that cannot be used; the message is one line for the person who wrote it.

    ``file``, ``line`` (counted from 1, None where there is none), ``path`` (``policies[1].level``)
    and ``reason`` hold its parts.
    """

    def __init__(self, file: str, line: int | None, path: Path, reason: str) -> None:
        self.file, self.line, self.path, self.reason = file, line, dotted(path), reason
        where = f"{file}, line {line}" if line is not None else file
        message = ": ".join(filter(None, (where, self.path, reason)))
        super().__init__(printable(message))  # a key or a name may hold anything


def dotted(path: Path) -> str:
    """Return a path as people write it: ``policies[1].level``; items count from 0."""
    text = ""
    for part in path:
        word = f"[{part}]" if isinstance(part, int) else part[:LONGEST_KEY]
        text += f".{word}" if text and isinstance(part, str) else word
    return text
