"""Keyed draws: known answers, a battery that a poor hash fails, counts by inversion."""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from plazas.model.draws import (
    SEED_LIMIT,
    Key,
    binomial,
    cartel_id,
    draw,
    four,
    make_key,
    normal_quantile,
    philox,
    poisson,
)
from plazas.model.rules.formation import gang_id

Draws = Callable[..., np.ndarray]

# Random123, kat_vectors: philox4x32 of 10 rounds.
ONES = 0xFFFFFFFF
KNOWN = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter, key, answer) -> None:
    words = philox(*(np.uint64(w) for w in (*counter, *key)))
    assert tuple(int(w) for w in words) == answer


def test_a_draw_is_the_generator_at_its_counter() -> None:
    entity, week, decision = 0x0123456789ABCDEF, 77, 22
    parts = (entity & ONES, entity >> 32, week, decision >> 2, 5, 6)
    words = philox(*(np.uint64(part) for part in parts))
    u = draw(make_key(5, 6), decision, week, np.uint64(entity))
    assert u == (int(words[decision & 3]) + 0.5) / 2**32
    lanes = four(make_key(5, 6), decision & ~3, week, np.uint64(entity))
    assert lanes[decision & 3] == u


@pytest.mark.parametrize("bad", [-1, SEED_LIMIT, 1.0, "1", None, True])
@pytest.mark.parametrize("name", ["seed", "replicate"])
def test_a_key_out_of_range_is_an_error_that_names_it(name, bad) -> None:
    with pytest.raises(ValueError, match=name):
        make_key(**{"seed": 1, "replicate": 1, name: bad})
    assert make_key(0, SEED_LIMIT - 1) == Key(np.uint64(0), np.uint64(SEED_LIMIT - 1))


# --- the battery ---------------------------------------------------------------------------
@numba.njit
def ours(seed, replicate, decision, week, entity):
    """Return the draws at arrays of coordinates, all (N,) uint64."""
    u = np.empty(len(seed))
    for i in range(len(seed)):
        u[i] = draw(Key(seed[i], replicate[i]), decision[i], week[i], entity[i])
    return u


def poor(seed, replicate, decision, week, entity):
    """Return a multiplicative hash of the coordinates, of the kind that looks random enough."""
    mixed = entity * np.uint64(2654435761) + week * np.uint64(40503)
    mixed += (decision * np.uint64(97) + seed) * np.uint64(69069) + replicate * np.uint64(12345)
    return ((mixed & np.uint64(ONES)).astype(float) + 0.5) / 2**32


N = 1 << 16
ALONG = np.arange(N, dtype=np.uint64)
GANGS = np.array(
    [gang_id(p, w, 0, n) for p in range(32) for w in range(64) for n in range(32)], np.uint64
)
CARTELS = np.array([cartel_id(np.uint64(0), 0, n) for n in range(363)], np.uint64)
PAIRS = (CARTELS[:, None] ^ CARTELS[None, :])[np.triu_indices(len(CARTELS), 1)]
AXES = {
    "entity": {"entity": ALONG},
    "week": {"week": ALONG},
    "decision": {"decision": ALONG},
    "seed": {"seed": ALONG},
    "replicate": {"replicate": ALONG},
    "gangs": {"entity": GANGS},
    "pairs of cartels": {"entity": PAIRS[:N]},
    "gangs by weeks": {"entity": ALONG >> np.uint64(8), "week": ALONG & np.uint64(255)},
}


def coordinates(axis: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return arrays of all five coordinates: fixed, but for those of the axis."""
    n = len(next(iter(axis.values())))
    fixed = {"seed": 11, "replicate": 3, "decision": 4, "week": 52, "entity": 1 << 33}
    return {name: axis.get(name, np.full(n, at, np.uint64)) for name, at in fixed.items()}


def chi_square(counts: np.ndarray) -> float:
    """Return the p-value of equal chances, folded: draws too even are as suspect as too uneven."""
    p = float(stats.chisquare(counts.ravel()).pvalue)
    return 2.0 * min(p, 1.0 - p)


def battery(u: np.ndarray) -> dict[str, float]:
    """Return the p-value of every test of draws in the order of their axis."""
    found = {
        "chi-square": chi_square(np.histogram(u, 256, (0.0, 1.0))[0]),
        "Kolmogorov-Smirnov": float(stats.kstest(u, "uniform").pvalue),
        "last bits": chi_square(np.bincount((u * 2**32).astype(np.uint64) & np.uint64(63))),
    }
    for lag in (1, 2, 3, 4, 8, 32):
        r = np.corrcoef(u[:-lag], u[lag:])[0, 1] * np.sqrt(len(u) - lag)
        found[f"correlation at lag {lag}"] = float(2.0 * stats.norm.sf(abs(r)))
        first, second = u[: -lag or None], u[lag:]
        apart = np.arange(len(first)) // lag % 2 == 0  # pairs that share no draw
        table = np.histogram2d(first[apart], second[apart], 32, [[0, 1], [0, 1]])[0]
        found[f"pairs at lag {lag}"] = chi_square(table)
    return found


def worst(draws: Draws, axis: str) -> tuple[float, str]:
    """Return the smallest p-value of the battery along an axis, and the test that gave it."""
    found = battery(draws(**coordinates(AXES[axis])))
    return min((p, name) for name, p in found.items())


@pytest.mark.parametrize("axis", AXES)
def test_draws_pass_the_battery(axis) -> None:
    p, name = worst(ours, axis)
    assert p > 1e-4, name


@pytest.mark.parametrize("axis", [axis for axis in AXES if axis != "pairs of cartels"])
def test_a_poor_hash_fails_the_battery(axis) -> None:
    assert worst(poor, axis)[0] < 1e-12


def test_the_four_lanes_of_a_block_are_independent() -> None:
    lanes = [ours(**coordinates({"entity": ALONG, "decision": ALONG * 0 + d})) for d in range(4)]
    for a in range(4):
        for b in range(a):
            assert chi_square(np.histogram2d(lanes[a], lanes[b], 32)[0]) > 1e-4
    assert chi_square(np.histogram2d(lanes[0], np.roll(lanes[0], 0), 32)[0]) < 1e-12


def test_keys_that_differ_little_draw_apart() -> None:
    base = coordinates({"entity": ALONG})
    u = ours(**base)
    for name in ("seed", "replicate", "week", "decision"):
        other = ours(**{**base, name: base[name] + np.uint64(1)})
        assert abs(np.corrcoef(u, other)[0, 1]) * np.sqrt(N) < 4.5, name


# --- counts --------------------------------------------------------------------------------
def grid(n: int) -> np.ndarray:
    """Return draws in (0, 1): the extremes that can come up, and an even grid."""
    ends = (np.array([0, 1, 10, 1000, 10**6]) + 0.5) / 2**32
    return np.concatenate([ends, (np.arange(n) + 0.5) / n, 1.0 - ends])


U = grid(400)
means = st.floats(0.0, 3000.0)
draws_ = st.integers(0, 2**32 - 1).map(lambda word: (word + 0.5) / 2**32)


@pytest.mark.parametrize("mean", [1e-9, 0.003, 0.2, 1.0, 3.7, 20.0, 99.9, 250.0, 499.0])
def test_poisson_is_the_quantile(mean) -> None:
    counts = np.array([poisson(mean, u) for u in U])
    exact = stats.poisson.ppf(U, mean)
    off = counts != exact
    assert np.all(np.abs(counts - exact) <= 1)
    boundary = stats.poisson.cdf(np.minimum(counts, exact), mean)
    assert np.all(np.abs(boundary - U)[off] < 1e-12)  # only where u falls on a step


@pytest.mark.parametrize("p", [1e-8, 0.001, 0.03, 0.3, 0.5, 0.7, 0.999])
@pytest.mark.parametrize("n", [1, 7, 40, 150, 700])
def test_binomial_is_the_quantile(n, p) -> None:
    counts = np.array([binomial(n, p, u) for u in U])
    exact = stats.binom.ppf(U, n, p)
    off = counts != exact
    assert np.all(np.abs(counts - exact) <= 1)
    boundary = stats.binom.cdf(np.minimum(counts, exact), n, p)
    assert np.all(np.abs(boundary - U)[off] < 1e-12)


@pytest.mark.parametrize("mean", [501.0, 800.0, 5000.0, 1e6])
def test_large_counts_are_close_to_the_quantile(mean) -> None:
    counts = np.array([poisson(mean, u) for u in U])
    assert np.all(np.abs(counts - stats.poisson.ppf(U, mean)) <= 1)
    n = int(mean / 0.2)
    counts = np.array([binomial(n, 0.2, u) for u in U])
    assert np.all(np.abs(counts - stats.binom.ppf(U, n, 0.2)) <= 1)


def test_certain_and_impossible_counts() -> None:
    assert poisson(0.0, 0.999) == poisson(-1.0, 0.999) == 0
    assert binomial(0, 0.5, 0.5) == binomial(9, 0.0, 0.999) == 0
    assert binomial(9, 1.0, 1e-9) == 9


def test_the_normal_quantile() -> None:
    ours_ = np.array([normal_quantile(u) for u in U])
    assert np.allclose(ours_, stats.norm.ppf(U), rtol=2e-9, atol=2e-9)


@settings(max_examples=300, deadline=None)
@given(u=draws_, mean=means, more=st.floats(0.0, 50.0))
def test_poisson_is_monotone_in_its_mean(u, mean, more) -> None:
    assert poisson(mean, u) <= poisson(mean + more, u)


@settings(max_examples=300, deadline=None)
@given(u=draws_, n=st.integers(0, 4000), p=st.floats(0.0, 1.0), more=st.floats(0.0, 0.1))
def test_binomial_is_monotone_in_its_chance(u, n, p, more) -> None:
    assert binomial(n, p, u) <= binomial(n, min(1.0, p + more), u) <= n


def test_counts_are_monotone_where_sum_and_expansion_meet() -> None:
    for u in grid(20000):
        assert poisson(500.0, u) <= poisson(500.0 + 1e-7, u)
        assert binomial(4000, 0.125 - 1e-11, u) <= binomial(4000, 0.125 + 1e-11, u)


@settings(max_examples=100, deadline=None)
@given(low=draws_, high=draws_, mean=means, n=st.integers(0, 4000), p=st.floats(0.0, 1.0))
def test_counts_are_monotone_in_the_draw(low, high, mean, n, p) -> None:
    low, high = min(low, high), max(low, high)
    assert poisson(mean, low) <= poisson(mean, high)
    assert binomial(n, p, low) <= binomial(n, p, high)
