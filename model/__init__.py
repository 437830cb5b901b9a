"""What exists in Plazas and what happens in a week.

The package knows no file format, no screen and no cluster: those live in ``plazas.scenarios``
and ``plazas.analysis``, which depend on this one and never the other way round.
"""
