"""The words for what happens: kinds of logged events, kinds of scheduled events, fates of leaders.

This is data: no compiled code, so that scenario files can be read without it. A rule uses a member
of these enums as it stands (``EventKind.WAR``); numba reads its whole number.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from plazas.model.world import I

NO_GANG = np.uint64(2**64 - 1)  #: in the log: no single gang (place 65,535, which none has)


class EventKind(IntEnum):
    """What a logged event says happened; the numbers stand in the event log."""

    ABSORBED = 0  #: a gang joins ``cartel``; ``other`` is the cartel it leaves, -1 none
    INDEPENDENT = 1  #: a gang leaves ``cartel`` and joins no other
    CELL = 2  #: ``cartel`` founds a cell
    HIRED = 3  #: ``cartel`` hires a local gang against its enemies
    CAPTURED = 4  #: the leader of ``cartel`` is captured
    KILLED = 5  #: the leader is killed
    ILL = 6  #: the leader dies or gives up because of illness
    RELEASED = 7  #: an operation fails and the leader goes free
    ESCAPED = 8  #: a captive leader escapes
    EXTRADITED = 9  #: a captive leader is extradited
    SUCCESSION = 10  #: an heir takes over
    SPLIT = 11  #: ``other`` breaks away from ``cartel``
    DISSOLVED = 12  #: ``cartel`` ends
    ALLIANCE = 13  #: ``cartel`` and ``other`` become allies
    BETRAYAL = 14  #: ``cartel`` leaves its alliance with ``other``
    WAR = 15  #: ``cartel`` and ``other`` go to war
    PEACE = 16  #: they stop
    ATTACK = 17  #: ``cartel`` attacks an official; ``amount`` is 1 when the official dies
    FLIP = 18  #: the primary cartel of a place changes from ``other`` to ``cartel``
    BRIBE = 19  #: ``cartel`` bribes an official; ``amount`` in thousand USD
    RISE = 20  #: ``cartel`` rises from local gangs, against ``other``, -1 none; ``amount`` members
    FRONT_OPENS = 21  #: ``cartel`` and ``other`` begin to fight in a place
    FRONT_SILENT = 22  #: they stop there for now; ``amount`` members killed since it opened
    FRONT_FLARES = 23  #: they fight there again
    FRONT_ENDS = 24  #: for good: one is gone, or it was silent for long; ``amount`` as above
    THREAT = 25  #: ``cartel`` threatens an official
    CENTRE_ATTACK = 26  #: gunmen attack a rehabilitation centre; ``amount`` patients killed


class Fate(IntEnum):
    """What happens to a cartel's leader in a week (``Cartel.fate``)."""

    NOTHING = 0
    CAPTURED = 1
    KILLED = 2
    ILL = 3
    RELEASED = 4


class Custody(IntEnum):
    """What happens to a cartel's captive leader in a week (``Cartel.custody``)."""

    NOTHING = 0
    ESCAPED = 1
    EXTRADITED = 2


class Heir(IntEnum):
    """Whether a fallen leader has a clear heir (``ScheduledEvent.heir``)."""

    DRAWN = -1  #: left to chance
    NONE = 0
    CLEAR = 1


class Scheduled(IntEnum):
    """What a dated event of a scenario does; its word in files is the name in small letters.

    The first four are fates of a leader, numbered as in `Fate`.
    """

    CAPTURED = 1
    KILLED = 2
    ILL = 3
    RELEASED = 4
    ESCAPED = 11
    EXTRADITED = 12
    SPLIT = 20
    WAR = 21
    PEACE = 22
    ALLIANCE = 23
    RISE = 24
    FRONT_OPENS = 25
    FRONT_HELD = 26
    FRONT_ENDS = 27


class ScheduledEvent:
    """A dated event of a scenario, compiled: one record."""

    week: I
    kind: I  #: a `Scheduled`
    cartel: I
    other: I  #: second cartel, -1 where there is none
    heir: I  #: a `Heir`
    place: I  #: where local gangs rise against the cartel, or of a front; -1 for other kinds


#: the words of scenario files for scheduled events, and what each does
SCHEDULED_WORDS = {kind.name.lower(): kind for kind in Scheduled}
FRONTS = ("front_opens", "front_held", "front_ends")
BETWEEN_TWO = ("war", "peace", "alliance", *FRONTS)  #: these need a second cartel
RISE = "rise"
IN_A_STATE = (RISE, *FRONTS)  #: these need a state
ABOUT_LEADERS = ("captured", "killed", "ill", "released")  #: these may name an heir
