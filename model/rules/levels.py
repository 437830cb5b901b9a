"""The level of a lever in a place and against a cartel, for the rules that need it."""

from __future__ import annotations

import math

from plazas.model.jit import rule


@rule
def level(levels, segment, lever, place, founder):  # type: ignore[no-untyped-def]
    """Return the level of a lever in a place against one cartel.

    Parameters
    ----------
    levels, segment, place
        As in all rules; ``place`` is a row.
    lever : numpy.int64
        Row of the lever (``plazas.model.levers``).
    founder : int
        Row of the founding cartel from which the cartel descends; -1 if it has none.

    Returns
    -------
    float
        The level aimed at the founder where a policy aims at it, else the level of the place.
    """
    if founder >= 0 and levels.aimed.shape[1] > 0:
        aimed = levels.aimed[segment, lever, place, founder]
        if not math.isnan(aimed):
            return aimed
    return levels.place[segment, lever, place]
