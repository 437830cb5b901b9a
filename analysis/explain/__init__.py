"""Explain in words, from saved results alone, who led a state, why, and its deadliest years.

:func:`explain` is what ``plazas explain`` prints. The numbers in it are counted from the event log
and the monthly series. It says what happened at the same time, not what caused what.
"""

from __future__ import annotations

from pathlib import Path

from plazas.analysis.explain.account import Account, of_place
from plazas.analysis.explain.divergence import diverging
from plazas.analysis.explain.language import Language, Section
from plazas.analysis.explain.saved import ExplainError, check_cartel, check_year, read, seen_from

__all__ = ["Account", "ExplainError", "Section", "explain"]


def explain(
    folder: Path | str,
    state: str,
    year: int | None = None,
    cartel: str | None = None,
    replicate: int | None = None,
    language: str = "en",
    against: Path | str | None = None,
) -> Account:
    """Return what saved results say about a state.

    ``year`` and ``cartel`` (a key) narrow it down; ``replicate`` is the first one if None;
    ``language`` is en or es. With ``against``, other results of the same seed, it shows where the
    two runs diverge in that state instead.

    Raises
    ------
    ExplainError, ResultError, UnknownPlaceError
        If what is asked for is not there; the message says what is.
    """
    ensemble, scenario, chosen = read(folder, replicate)
    place = scenario.country.geography.index(state)
    saved = seen_from(folder, ensemble, scenario, chosen, place)
    names = dict(saved.cartels["name"])
    if cartel is not None:
        check_cartel(saved, cartel)
    if year is not None:
        check_year(saved, year)
    if against is None:
        return of_place(saved, Language(language, names), year, cartel)
    other = seen_from(against, *read(against, chosen), place)
    return diverging(saved, other, Language(language, dict(other.cartels["name"]) | names))
