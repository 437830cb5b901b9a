"""Check the values of a file against a form (a pydantic model), and explain what is wrong.

What every kind of file shares: scenarios (``form``) and sweeps (``plazas.analysis.sweep.form``).
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from plazas.model.errors import allowed, nearest
from plazas.scenarios.errors import Path, ScenarioFileError
from plazas.scenarios.text import Document, kind, plain

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Strict(BaseModel):
    """A form in which every key is known and nothing is turned into another kind of value."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Form = TypeVar("Form", bound=Strict)


def filled_in(document: Document, form: type[Form], at: Path = ()) -> Form:
    """Return the form filled in with what stands at a path of a file, the whole file if unsaid.

    Raises
    ------
    ScenarioFileError
        For a key that is unknown or missing, or a value of the wrong kind; unknown keys first.
    """
    data = _inside(document.data, at)
    try:
        return form.model_validate(data)
    except ValidationError as error:
        faults = [dict(fault) for fault in error.errors(include_url=False)]
        result = [_explain(document, form, data, at, fault) for fault in faults]
        first = min(result, key=lambda fault: (not fault[0], fault[1].line or 0))
        raise first[1] from None


def _inside(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _form_at(form: type[Strict], path: Path) -> type[Strict]:
    """Return the innermost form in which the value at a path stands."""
    for part in path[:-1]:
        if isinstance(part, str) and part in form.model_fields:
            inner = _forms_in(form.model_fields[part].annotation)
            form = inner[0] if inner else form
    return form


def _forms_in(annotation: Any) -> list[type[Strict]]:
    """Return the forms named in the annotation of a field, such as ``list[PolicyEntry]``."""
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return [annotation]
    return [form for part in get_args(annotation) for form in _forms_in(part)]


def _explain(
    document: Document, form: type[Strict], data: Any, at: Path, fault: dict[str, Any]
) -> tuple[bool, ScenarioFileError]:
    """Return whether a fault is an unknown key, and the error that tells of it."""
    path: Path = fault["loc"]
    fields = _form_at(form, path).model_fields
    value, context = fault["input"], fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden":
            free = [key for key in fields if key not in _inside(data, path[:-1])]
            near = nearest(str(path[-1]), free or fields)
            hint = f"did you mean {near!r}?" if near else allowed(free or fields)
            reason = f"unknown key {kind(path[-1])}; {hint}"
        case "missing":
            reason = f"is missing: {fields[str(path[-1])].description}"
        case "value_error":
            reason = str(context["error"])
        case "finite_number":
            reason = f"{value} is not a finite number"
        case "float_type" if isinstance(value, str) and type(plain(value)) in (int, float):
            reason = f"{kind(value)} is text; write the number without quotes"
        case "float_type":
            reason = f"{kind(value)} is not a number"
        case "int_type" | "int_from_float":
            reason = f"{kind(value)} is not a whole number"
        case "greater_than_equal":
            reason = f"{value} is too small; the least is {context['ge']:g}"
        case "less_than_equal":
            reason = f"{value} is too large; the most is {context['le']:,}"
        case "bool_type":
            reason = f"{kind(value)} is neither true nor false"
        case "string_type" if isinstance(value, bool | int | float):
            reason = f"{kind(value)} is not text; write it in quotes"
        case "string_type":
            reason = f"must be text, not {kind(value)}"
        case "string_too_short" | "too_short":
            reason = "is empty; give it a value or leave it out"
        case "list_type":
            reason = f"must be a list of lines that begin with '- ', not {kind(value)}"
        case "dict_type" | "model_type":
            reason = f"must be 'key: value' lines, not {kind(value)}"
        case _:
            reason = fault["msg"]
    return fault["type"] == "extra_forbidden", document.error((*at, *path), reason)
