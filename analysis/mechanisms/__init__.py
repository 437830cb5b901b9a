"""Does each mechanism of the model show? Paired experiments, with a mechanism on and off.

``row`` says what an experiment is, ``catalogue`` lists all of them as data, ``experiment`` runs
them, ``verdict`` has the one rule that judges all, ``show`` and ``figure`` print and draw.
"""
