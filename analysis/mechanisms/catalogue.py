"""All experiments, in the order in which they are printed, and what finds them by name."""

from __future__ import annotations

from collections.abc import Sequence

from plazas.analysis.mechanisms import agent_rows, group_rows, people_rows, policy_rows
from plazas.analysis.mechanisms.row import Row
from plazas.model.errors import UserError, unknown
from plazas.model.geography import states
from plazas.model.scenario import Country

ROWS: tuple[Row, ...] = (
    *group_rows.ROWS,
    *people_rows.ROWS,
    *agent_rows.ROWS,
    *policy_rows.ROWS,
)


def missing(row: Row, country: Country) -> list[str]:
    """Return the cartels and states that a row needs and a country does not have."""
    geography = country.geography
    names = states().names if geography.name == "municipalities" else geography.names
    keys = {cartel.key for cartel in country.start.cartels}
    return [key for key in row.cartels if key not in keys] + [
        state for state in row.states if state not in names
    ]


def find(keys: Sequence[str], country: Country) -> list[Row]:
    """Return rows by key.

    Parameters
    ----------
    keys
        Keys of rows; an empty sequence means all that the country allows.
    country
        Where they are run.

    Returns
    -------
    list of Row
        In the order of ``ROWS``.

    Raises
    ------
    UserError
        If a key is unknown (the message names the nearest), or needs a cartel or a state that the
        country does not have.
    """
    known = {row.key: row for row in ROWS}
    for key in keys:
        if key not in known:
            raise UserError(unknown("row", key, known))
        lacking = missing(known[key], country)
        if lacking:
            raise UserError(
                f"row {key!r} needs {' and '.join(map(repr, lacking))}; {country.name} has none"
            )
    return [row for row in ROWS if row.key in keys or not (keys or missing(row, country))]
