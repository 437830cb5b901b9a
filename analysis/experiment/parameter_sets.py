"""Sets of parameters: many values that fit the past about as well, instead of one point.

A file of sets is a CSV: lines with ``#`` that say which command made it and from what, a line with
names of parameters, then a line a set. Replicate r of a run takes set r modulo the number of sets,
so that the replicates show chance and doubt about parameters together.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from plazas.analysis.experiment import disk
from plazas.analysis.experiment.folder import reason, shown
from plazas.model.errors import UserError
from plazas.model.parameters import (
    CALIBRATED,
    ParameterError,
    declarations,
    defaults,
    parameters,
)

ParameterSet = Mapping[str, float]

SHIPPED = Path(__file__).parent / "parameter_sets.csv"
#: how to save a table so that it is read
SAVE_AS = (
    "separate columns by ',' and write decimals with '.' (in Excel: Options, Advanced, no system "
    "separators, decimal '.'; then save as CSV with commas)"
)
WORD = "calibrated"  # what stands for the shipped sets where a path is asked for


class SetsError(UserError):
    """A file of parameter sets that cannot be used; the message names file, line and word."""


def calibrated_names() -> tuple[str, ...]:
    """Return the names of the parameters that are free in a calibration."""
    return tuple(name for name, details in declarations().items() if details.status == CALIBRATED)


def default_set() -> dict[str, float]:
    """Return the default values of the free parameters."""
    return {name: defaults()[name] for name in calibrated_names()}


def shipped() -> list[dict[str, float]]:
    """Return the calibrated ensemble that comes with Plazas: changes of parameters, a dict a set.

    Raises
    ------
    SetsError
        If the file is damaged.
    """
    return read(SHIPPED)


def named(word: str) -> list[dict[str, float]]:
    """Return the shipped sets for the word ``calibrated``, else those of the file of that path."""
    return shipped() if word == WORD else read(Path(word))


def read(path: Path | str) -> list[dict[str, float]]:
    """Read sets of parameters from a CSV file; at least one.

    Raises
    ------
    SetsError
        If the file is missing or has a mistake: the message names the file, the line, the bad word
        and, for a name, the nearest right one.
    """
    path = Path(path)
    lines = _lines(path)
    if not lines:
        raise SetsError(f"{path}: holds no names of parameters; the first line must name them")
    number, names = lines[0]
    _check_separator(path, number, names)
    _check_names(path, number, names)
    sets = [_values(path, number, names, cells) for number, cells in lines[1:]]
    if not sets:
        raise SetsError(f"{path}: holds no set; below the names must stand a line a set")
    return sets


def provenance(path: Path | str = SHIPPED) -> list[str]:
    """Return what a file of sets says of itself: its lines with ``#``, without the sign."""
    lines = Path(path).read_text("utf-8").splitlines()
    return [line.lstrip("# ").rstrip() for line in lines if line.startswith("#")]


def write(path: Path | str, sets: Sequence[ParameterSet], about: Sequence[str]) -> None:
    """Write sets of one and the same parameters, whole or not at all; ``about`` becomes the top.

    Numbers are written so that they read back to the bit.

    Raises
    ------
    ValueError
        If there is no set, or two sets have different parameters.
    """
    path = Path(path)
    names = list(sets[0]) if sets else []
    if not names or any(list(values) != names for values in sets):
        raise ValueError("sets must be one or more, and all of the same parameters")
    stream = io.StringIO()
    stream.writelines(f"# {line}\n" for line in about)
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([repr(float(values[name])) for name in names] for values in sets)
    disk.write_file(path, stream.getvalue().encode())


def under(sets: Sequence[ParameterSet], replicate: int, changes: ParameterSet) -> dict[str, float]:
    """Return the changes of a replicate: those of its set, which the scenario's own override."""
    return {**sets[replicate % len(sets)], **changes} if sets else dict(changes)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """Return number and cells of every line that is neither empty nor a comment."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        near = f"; a path, or {WORD!r} for the shipped sets" if path.suffix != ".csv" else ""
        raise SetsError(f"{path}: there is no such file of parameter sets{near}") from None
    except (OSError, ValueError) as error:
        raise SetsError(f"{shown(path)}: {reason(error)}") from error
    result = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                cells = [cell.strip() for cell in next(csv.reader([line]))]
            except csv.Error as error:
                raise SetsError(f"{path}, line {number}: is not CSV: {error}") from None
            result.append((number, cells))
    return result


def _check_separator(path: Path, number: int, names: list[str]) -> None:
    """Refuse a table whose columns are separated otherwise, as Excel does in many languages."""
    sign = next((sign for sign in (";", "\t") if any(sign in name for name in names)), None)
    if sign is not None:
        raise SetsError(
            f"{path}, line {number}: columns separated by {'a tab' if sign != ';' else repr(sign)} "
            f"and decimal commas are not read; {SAVE_AS}"
        )


def _check_names(path: Path, number: int, names: list[str]) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise SetsError(f"{path}, line {number}: parameter {name!r} is repeated; allowed: once")
        if name not in defaults():
            try:
                parameters({name: 0.0})
            except ParameterError as error:
                raise SetsError(f"{path}, line {number}: {error}") from None


def _values(path: Path, number: int, names: list[str], cells: list[str]) -> dict[str, float]:
    where = f"{path}, line {number}"
    if len(cells) != len(names):
        raise SetsError(f"{where}: has {len(cells)} values for {len(names)} parameters")
    result = {}
    for name, cell in zip(names, cells, strict=True):
        try:
            result[name] = float(cell)
        except ValueError:
            comma = f"; {SAVE_AS}" if "," in cell else ""
            raise SetsError(f"{where}: {name}: {cell!r} is not a number{comma}") from None
    try:
        parameters(result)
    except ParameterError as error:
        raise SetsError(f"{where}: {error}") from None
    return result
