"""Write scenario.schema.json, for editors, from the form of a scenario file.

``python -m plazas.scenarios.schema`` prints it, with ``--write`` it replaces the shipped file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from plazas.scenarios.form import schema

FILE = Path(__file__).parent / "scenario.schema.json"


def main(arguments: list[str]) -> int:
    """Print or write the schema; return the exit code, 2 where the arguments are wrong."""
    if arguments not in ([], ["--write"]):
        sys.stderr.write("usage: python -m plazas.scenarios.schema [--write]\n")
        return 2
    text = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
    if arguments:
        FILE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
