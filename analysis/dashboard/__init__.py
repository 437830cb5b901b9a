"""The dashboard: a map in the browser that plays a run week by week, next to its baseline.

``choices`` lists what can be switched on. ``model`` is the Mesa model that the switches make.
``view`` and ``places`` read from a run what the page shows. ``frames``, ``panels`` and ``timeline``
turn it into the properties of the page's components. ``words`` holds the texts in English and
Spanish. Only ``board``, ``page``, ``parts``, ``session`` and ``server`` need the extra
``dashboard``.
"""
