"""The classroom: a map in the browser that plays a run week by week, beside its baseline.

``choices`` says what can be switched on, ``model`` is the Mesa model that the switches make,
``view`` and ``places`` read what the page shows of a run, ``words`` holds every word in English and
Spanish. Only ``page``, ``session`` and ``server`` need the extra ``dashboard``.
"""
