"""The rules of a week, one module per rule; ``plazas.model.week`` says in which order they run.

Each module starts with its rule in words, its formula and its source. Rules are compiled
(``plazas.model.jit``): they read and write rows of the world and make no arrays. Arguments that
all rules share have one name everywhere.

Parameters
----------
world : plazas.model.world.World
    The state of the run; a rule writes only the rows that its summary names.
par : numpy.record
    Values of the parameters (``plazas.model.parameters.compiled``), in their declared units.
levels : plazas.model.levers.Levels
    Levels of the levers, by segment of weeks, place and founding cartel.
segment : int
    Segment of ``levels`` that holds this week.
events : numpy.recarray
    Scheduled events of the scenario (``plazas.model.events.ScheduledEvent``).
record : plazas.model.record.Record
    The output of the run.
key : plazas.model.draws.Key
    Seed and replicate of all draws.
week : int
    Week of the run, counted from 0.
p, k, g : int
    Rows of a place, a cartel and a gang.
place, cartel, gang, here : numpy.record
    The rows themselves; ``here`` is a cartel in a place (``plazas.model.world.Presence``).
u : float
    A uniform draw in (0, 1).
"""
