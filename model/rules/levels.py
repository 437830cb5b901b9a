"""The level of a lever in a place and against a cartel, for the rules that need it."""

from __future__ import annotations

import math

from plazas.model.jit import rule


@rule
def level(levels, segment, lever, place, founder):  # type: ignore[no-untyped-def]
    """Return the level of a lever in a place against the cartels of a founder, -1 for none."""
    if founder >= 0 and levels.aimed.shape[1] > 0:
        aimed = levels.aimed[segment, lever, place, founder]
        if not math.isnan(aimed):
            return aimed
    return levels.place[segment, lever, place]
