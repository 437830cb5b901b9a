"""Keyed random draws: every random decision is a pure function of what it decides.

``draw(key, decision, week, entity)`` always gives the same number, in any order of calls. So the
order of agents and the number of threads do not change a run. A run can be continued from any
week without the state of a generator. Two policies share every draw that they do not themselves
change (common random numbers). Counts come from one draw by inversion, so that they are monotone
in their mean.

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw, SC'11, doi:10.1145/2063384.2063405).
The key holds seed and replicate, the counter holds entity (64 bits), week and block. A block
gives four numbers, one for each of four decisions.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plazas.model.jit import inlined, rule

# --- decisions -----------------------------------------------------------------------------
# A decision is block * 4 + lane. Decisions of one entity that are taken together share a block;
# lanes left out are free. Never renumber: every golden run would change. They are numpy's integers
# because numba compiles a rule again for every other Python integer that it is called with.
# of a gang, every week
RECRUIT, LEAVE, KILLED, TAKEN = np.arange(0, 4)
# of a gang that takes stock, or of which members were taken
ALLEGIANCE, DISBAND, BY_FORCE = np.arange(4, 7)
# of a place, every week
NEW_GANGS, BACKGROUND, BYSTANDERS, SOLDIERS = np.arange(8, 12)
# of a gang that forms
NEW_SIZE, NEW_ARMS = np.arange(12, 14)
# of a cartel, every week
EXPAND, EXPAND_WHERE, HIRE, HIRE_WHERE = np.arange(16, 20)
OPERATION, OPERATION_OUTCOME, LEADER_KILLED, ILLNESS = np.arange(20, 24)
ESCAPE, EXTRADITION, ANSWER, ANSWER_WHERE = np.arange(24, 28)
# of a cartel, when its leader falls or it answers pressure
HEIR, NEW_LEADER, SPLIT_HOSTILE, SPLIT_BRUTALITY = np.arange(28, 32)
ATTACK_OUTCOME, BRIBE = np.arange(32, 34)
# of a gang of a cartel that splits
FACTION, ORPHAN = np.arange(34, 36)
# of a pair of cartels, every month
PAIR_WAR, PAIR_PEACE, PAIR_ALLIANCE, PAIR_BETRAYAL = np.arange(36, 40)
# of a place in which a cartel splits
LEAN = np.int64(40)
# of a place where gangs may federate, every month, and of each gang there
RISE, RISE_HOSTILE, RISE_BRUTALITY, RISE_LEADER = np.arange(44, 48)
FEDERATE = np.int64(48)
# of a front, every month
FRONT_OPEN = np.int64(52)
FRONT_HEAT, FRONT_HEAT_TOO, FRONT_SILENCE, FRONT_FLARE = np.arange(56, 60)
# of a place, every week
CENTRE_ATTACKED, CENTRE_DEATHS = np.arange(60, 62)
# of a cartel, when it answers pressure, and every month
HIRED_ATTACK, HIRED_WHERE, THREAT, DETERRED = np.arange(64, 68)
ENDS = np.int64(68)
# of a cartel of the start
FRANCHISE, BRUTALITY = np.arange(72, 74)
# not a decision: the block from which ids of cartels are made
CARTEL_ID = np.int64(4000)

# --- the generator -------------------------------------------------------------------------
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_UNIT = 2.0**-32
_ROUNDS = 10

SEED_LIMIT = 2**32


class Key(NamedTuple):
    """The key of a run's draws: its seed and its replicate, each in [0, 2**32)."""

    seed: np.uint64
    replicate: np.uint64


def make_key(seed: int, replicate: int = 0) -> Key:
    """Return the key of a run.

    Parameters
    ----------
    seed, replicate : int
        Whole numbers in [0, 2**32).

    Returns
    -------
    Key

    Raises
    ------
    ValueError
        If seed or replicate is not a whole number in [0, 2**32).
    """
    for name, value in (("seed", seed), ("replicate", replicate)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ValueError(f"{name} must be a whole number, not {value!r}")
        if not 0 <= value < SEED_LIMIT:
            raise ValueError(f"{name} must be in 0..{SEED_LIMIT - 1}, not {value}")
    return Key(np.uint64(seed), np.uint64(replicate))


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Return four 32-bit words (as uint64) for a 128-bit counter and a 64-bit key."""
    for _ in range(_ROUNDS):
        p0 = _M0 * (c0 & _LOW)
        p1 = _M1 * (c2 & _LOW)
        c0 = (p1 >> _32) ^ c1 ^ k0
        c1 = p1
        c2 = (p0 >> _32) ^ c3 ^ k1
        c3 = p0
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0 & _LOW, c1 & _LOW, c2 & _LOW, c3 & _LOW


@rule
def four(key, first, week, entity):
    """Return the draws of four decisions of one entity in one week.

    Parameters
    ----------
    key : Key
        Of the run.
    first : numpy.int64
        The first of the four decisions, a multiple of four.
    week : int
        Week of the run, 0 or more.
    entity : numpy.uint64
        Id of a gang or a cartel, or row of a place.

    Returns
    -------
    tuple of float
        Draws in (0, 1) of the decisions ``first`` to ``first`` + 3.
    """
    w0, w1, w2, w3 = philox(
        entity & _LOW,
        entity >> _32,
        np.uint64(week),
        np.uint64(first >> 2),
        key.seed,
        key.replicate,
    )
    return (
        (float(w0) + 0.5) * _UNIT,
        (float(w1) + 0.5) * _UNIT,
        (float(w2) + 0.5) * _UNIT,
        (float(w3) + 0.5) * _UNIT,
    )


BLOCK = 128  # entities that draw together: so few that their draws stay in the first cache


class Batch(NamedTuple):
    """A block of entities that draw together."""

    entities: NDArray[np.uint64]  #: (BLOCK,)
    draws: NDArray[np.float64]  #: (4, BLOCK)


def new_batch() -> Batch:
    """Return an empty batch."""
    return Batch(np.zeros(BLOCK, np.uint64), np.zeros((4, BLOCK)))


@rule
def four_each(key, first, week, batch, n):
    """Fill a batch with the draws of :func:`four` for its first ``n`` entities.

    A loop over plain arrays that does nothing else compiles to vector instructions, so that a draw
    takes a fifth of the time.
    """
    block, when = np.uint64(first >> 2), np.uint64(week)
    for i in range(n):
        entity = batch.entities[i]
        w0, w1, w2, w3 = philox(entity & _LOW, entity >> _32, when, block, key.seed, key.replicate)
        batch.draws[0, i] = (float(w0) + 0.5) * _UNIT
        batch.draws[1, i] = (float(w1) + 0.5) * _UNIT
        batch.draws[2, i] = (float(w2) + 0.5) * _UNIT
        batch.draws[3, i] = (float(w3) + 0.5) * _UNIT


@inlined
def drawn(batch, i):
    """Return what :func:`four_each` drew for entity ``i`` of a batch."""
    draws = batch.draws
    return draws[0, i], draws[1, i], draws[2, i], draws[3, i]


@rule
def draw(key, decision, week, entity):
    """Return the draw in (0, 1) of one decision of one entity in one week."""
    u0, u1, u2, u3 = four(key, decision & ~3, week, entity)
    lane = decision & 3
    if lane == 0:
        return u0
    if lane == 1:
        return u1
    if lane == 2:
        return u2
    return u3


@rule
def cartel_id(parent, week, ordinal):
    """Return the id of a new cartel.

    Ids are well mixed, so that the exclusive or of two ids identifies their pair.

    Parameters
    ----------
    parent : numpy.uint64
        Id of the cartel that it split from; 0 for none.
    week, ordinal : int
        When it began, and its number among the cartels that begin so.

    Returns
    -------
    numpy.uint64
    """
    w0, w1, _, _ = philox(
        parent & _LOW,
        parent >> _32,
        np.uint64(week),
        np.uint64(CARTEL_ID),
        np.uint64(ordinal),
        np.uint64(0),
    )
    return (w0 << _32) | w1


# --- counts by inversion -------------------------------------------------------------------
# Above this mean the quantile is taken from the Cornish-Fisher expansion, but never below the exact
# one of this mean: counts stay monotone where the two meet.
_LARGE = 500.0


# Acklam's rational approximation of the normal quantile, highest power first.
_TAIL = 0.02425
_CENTRE_OVER = (-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.3577518672690,
                -30.66479806614716, 2.506628277459239)  # fmt: skip
_CENTRE_UNDER = (-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972,
                 -13.28068155288572, 1.0)  # fmt: skip
_TAIL_OVER = (-7.784894002430293e-03, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
              4.374664141464968, 2.938163982698783)  # fmt: skip
_TAIL_UNDER = (7.784695709041462e-03, 0.3224671290700398, 2.445134137142996, 3.754408661907416,
               1.0)  # fmt: skip


@rule
def _polynomial(coefficients, x):
    """Return the value at ``x`` of a polynomial, highest power first."""
    total = 0.0
    for coefficient in coefficients:
        total = total * x + coefficient
    return total


@rule
def normal_quantile(u):
    """Return the standard normal quantile (Acklam's rational form, relative error < 1.2e-9)."""
    if u < _TAIL:
        q = math.sqrt(-2.0 * math.log(u))
        return _polynomial(_TAIL_OVER, q) / _polynomial(_TAIL_UNDER, q)
    if u > 1.0 - _TAIL:
        return -normal_quantile(1.0 - u)
    q = u - 0.5
    return q * _polynomial(_CENTRE_OVER, q * q) / _polynomial(_CENTRE_UNDER, q * q)


@rule
def _large_count(mean, deviation, skewness, u):
    """Return a count of a large mean by the Cornish-Fisher expansion."""
    z = normal_quantile(u)
    shifted = mean + deviation * (z + skewness * (z * z - 1.0) / 6.0)
    return max(0, math.floor(shifted + 0.5))


@rule
def _poisson_sum(mean, u):
    """Return the Poisson count by summing probabilities from 0."""
    term = math.exp(-mean)
    total = term
    count = 0
    while total < u and count < 1500:
        count += 1
        term *= mean / count
        total += term
    return count


@inlined
def none(mean, u):
    """Return whether a count of this mean must be 0 at draw ``u``, Poisson or binomial.

    The chance of 0 is exp(-mean) or (1 - p)**n, with n p = mean, and neither is below 1 - mean.
    So the most frequent count needs no power.
    """
    return u <= 1.0 - mean


@inlined
def one(mean, u):
    """Return whether a count of this mean must be 1 at draw ``u``, Poisson or binomial.

    By Bonferroni's inequalities the chance of 0 is at most 1 - mean + mean**2 / 2, and that of 2 or
    more at most mean**2 / 2. So nearly every count of a small mean needs no power.
    """
    more = 0.5 * mean * mean
    return 1.0 - mean + more < u <= 1.0 - more


@rule
def poisson(mean, u):
    """Return the smallest count whose Poisson distribution function reaches ``u``.

    Parameters
    ----------
    mean : float
        Expected count; 0 or less gives 0.
    u : float
        A draw in (0, 1).

    Returns
    -------
    int
    """
    if mean <= 0.0 or none(mean, u):
        return 0
    if one(mean, u):
        return 1
    if mean > _LARGE:
        deviation = math.sqrt(mean)
        return max(_poisson_sum(_LARGE, u), _large_count(mean, deviation, 1.0 / deviation, u))
    return _poisson_sum(mean, u)


@rule
def power(base, exponent):
    """Return ``base`` to a whole power of 0 or more, by repeated squaring."""
    result = 1.0
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


@rule
def _binomial_sum(n, p, u):
    """Return the binomial count by summing probabilities from 0."""
    odds = p / (1.0 - p)
    term = power(1.0 - p, n)
    total = term
    count = 0
    while total < u and count < n:
        count += 1
        term *= odds * (n - count + 1) / count
        total += term
    return count


@rule
def _binomial_quantile(n, p, u):
    """Return the binomial count, by expansion where the mean is large."""
    mean = n * p
    if mean > _LARGE:
        deviation = math.sqrt(mean * (1.0 - p))
        least = _binomial_sum(n, _LARGE / n, u)
        return min(n, max(least, _large_count(mean, deviation, (1.0 - 2.0 * p) / deviation, u)))
    return _binomial_sum(n, p, u)


@rule
def _binomial_low(n, p, u):
    """Return the binomial count for a chance in (0, 1/2]; counts of 0 and 1 are found at once."""
    mean = n * p
    if none(mean, u):
        return 0
    if one(mean, u):
        return 1
    return _binomial_quantile(n, p, u)


@rule
def binomial(n, p, u):
    """Return the smallest count whose binomial distribution function reaches ``u``.

    Parameters
    ----------
    n : int
        Number of trials; 0 or less gives 0.
    p : float
        Chance of each trial.
    u : float
        A draw in (0, 1).

    Returns
    -------
    int
        Between 0 and ``n``.
    """
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if p > 0.5:
        return n - _binomial_low(n, 1.0 - p, 1.0 - u)
    return _binomial_low(n, p, u)
