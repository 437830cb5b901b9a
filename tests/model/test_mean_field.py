"""The mean field reproduces the published model, number by number, and a solution in closed form.

Printed numbers (the authors' network and constants) must come out in every digit printed. The
network is not shipped: these tests read it in ../shared/data, or in the folder named by the
variable PLAZAS_SHARED_DATA, and are skipped without it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import simpson

from plazas.model.calendar import SCIENCE_WEEKS_PER_YEAR
from plazas.model.mean_field import (
    START_YEAR,
    Network,
    Rates,
    Trajectory,
    equal,
    initial_members,
    solve,
)

HERE = Path(__file__).parents[2]
DATA = Path(os.environ.get("PLAZAS_SHARED_DATA", HERE.parent / "shared" / "data"))
needs_network = pytest.mark.skipif(
    not (DATA / "prietocuriel_BACRIM2020_Nodes.csv").exists()
    and not (DATA / "BACRIM2020_Nodes.csv").exists(),
    reason=f"the authors' network is not in {DATA}",
)

RATES = Rates()
HALF = RATES.recruitment / 2
POLICIES = {  # from 2022
    "baseline": RATES,
    "arrests x2": Rates(arrests=220),
    "recruitment x0.5": Rates(recruitment=HALF),
    "both": Rates(arrests=220, recruitment=HALF),
}
FLOWS = ("total", "recruits", "incapacitated", "killed", "saturation")
PRINTED = [  # year, policy, then members and persons per week, as many as are printed
    (2012, "baseline", (115_000, 291, 110, 67, 28)),
    (2016, "baseline", (135_052, 341, 110, 85, 39)),
    (2022, "baseline", (173_837, 439, 110, 124, 64)),
    (2027, "baseline", (213_745, None, None, 169, None)),
    (2027, "arrests x2", (184_036, None, None, 126, None)),
    (2027, "recruitment x0.5", (156_683, None, None, 92, None)),
]
NUMBERS = [
    pytest.param(year, policy, flow, value, id=f"{year} {policy}: {flow}")
    for year, policy, row in PRINTED
    for flow, value in zip(FLOWS, row, strict=True)
    if value is not None
]
DEATHS = {"baseline": 38.1, "arrests x2": 32.6, "recruitment x0.5": 27.9, "both": 23.7}
EQUAL = [(1, 0), (2, 142), (3, 189), (5, 227), (10, 255), (50, 278)]


def week(year: int) -> int:
    """Week at which a year begins."""
    return (year - START_YEAR) * SCIENCE_WEEKS_PER_YEAR


def matches(value: float, printed: float, digit: float = 1) -> bool:
    """Whether a value rounds to the printed one, whose last digit counts ``digit``."""
    return abs(value - printed) <= digit / 2


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.read(DATA)


@pytest.fixture(scope="module")
def runs(network: Network) -> dict[str, Trajectory]:
    return {name: docked(network, after) for name, after in POLICIES.items()}


def docked(
    network: Network,
    after: Rates = RATES,
    before: Rates = RATES,
    hostility: np.ndarray | None = None,
) -> Trajectory:
    """The years 2012 to 2027 with other rates from 2022."""
    hostility = network.hostility() if hostility is None else hostility
    return solve(initial_members(network), hostility, before, week(2027), {week(2022): after})


def misses(run: Trajectory) -> int:
    """How many printed numbers of the baseline a run misses."""
    return sum(
        not matches(getattr(run, flow)[week(year)], value)
        for year, policy, flow, value in (number.values for number in NUMBERS)
        if policy == "baseline"
    )


@needs_network
class TestDocking:
    @pytest.mark.parametrize(("year", "policy", "flow", "printed"), NUMBERS)
    def test_number(self, runs, year, policy, flow, printed):
        assert matches(getattr(runs[policy], flow)[week(year)], printed)

    @pytest.mark.parametrize(("policy", "thousands"), DEATHS.items())
    def test_deaths(self, runs, policy, thousands):
        # Printed are sums of weekly readings from 2022 to 2027, both ends counted (261, not 260).
        # The integral over the five years is less by half the first and half the last reading.
        run, start = runs[policy], week(2022)
        assert matches(run.killed[start:].sum() / 1000, thousands, 0.1)
        ends = (run.killed[start] + run.killed[-1]) / 2
        integral = run.deaths[-1] - run.deaths[start]
        assert integral == pytest.approx(run.killed[start:].sum() - ends, rel=1e-4)
        assert integral / 1000 == pytest.approx(thousands, rel=6e-3)

    @pytest.mark.parametrize(
        ("policy", "percent"), [("arrests x2", -14), ("recruitment x0.5", -27)]
    )
    def test_change_of_deaths(self, runs, policy, percent):
        since = {name: run.killed[week(2022) :].sum() for name, run in runs.items()}
        assert matches(100 * (since[policy] / since["baseline"] - 1), percent)

    def test_arrests_raise_violence_against_2022_only(self, runs):
        killed = {name: run.killed for name, run in runs.items()}
        assert killed["arrests x2"][-1] > killed["baseline"][week(2022)]
        assert killed["arrests x2"][-1] < killed["baseline"][-1]

    def test_mean_hostility(self, network):
        n = len(network.names)
        assert n == 150
        assert matches(network.hostility().sum() / (n * (n - 1)), 0.605, 0.001)

    @pytest.mark.parametrize("rate", ["recruitment", "arrests", "lethality", "saturation"])
    def test_control_a_rate_altered_by_a_tenth_is_seen(self, network, runs, rate):
        assert misses(runs["baseline"]) == 0
        altered = replace(RATES, **{rate: 1.1 * getattr(RATES, rate)})
        assert misses(docked(network, altered, altered)) >= 10

    def test_control_one_way_records_are_seen(self, network):
        # The alliances in the recorded direction only, as A_i = sum_j A_ij would suggest.
        allies = network.alliance.sum(axis=1, keepdims=True)
        hostility = (np.maximum(network.rivalry, network.rivalry.T) + 1) / (allies + 1)
        np.fill_diagonal(hostility, 0)
        assert misses(docked(network, hostility=hostility)) >= 5


def closed_form(n: int, hostility: float, total: float, rates: Rates, weeks: np.ndarray):
    """Total of n equal cartels: dC/dt = rho C - eta - k C^2, a Riccati equation."""
    k = rates.lethality * hostility * (1 - 1 / n) + rates.saturation / n
    low, high = np.sort(np.roots([k, -rates.recruitment, rates.arrests]))
    ratio = (total - high) / (total - low) * np.exp(-k * (high - low) * weeks)
    return (high - low * ratio) / (1 - ratio)


class TestEqualCartels:
    @pytest.mark.parametrize(("n", "printed"), EQUAL)
    def test_killed_per_week(self, n, printed):
        run = solve(*equal(n, 0.605, total=173_837), RATES, weeks=1)
        assert matches(run.killed[0], printed)

    @pytest.mark.parametrize("n", [1, 2, 5])
    def test_closed_form(self, n):
        run = solve(*equal(n, 0.605), RATES, weeks=1000)
        expected = closed_form(n, 0.605, 115_000, RATES, run.weeks)
        np.testing.assert_allclose(run.total, expected, rtol=1e-8)
        np.testing.assert_allclose(run.members, run.members[:, :1] * np.ones(n), rtol=1e-12)

    def test_control_closed_form_sees_an_altered_saturation(self):
        run = solve(*equal(2, 0.605), replace(RATES, saturation=4.01e-8), weeks=1000)
        expected = closed_form(2, 0.605, 115_000, RATES, run.weeks)
        assert abs(run.total[-1] / expected[-1] - 1) > 1e-5

    def test_two_rivals(self):
        # Lanchester's linear law: with war alone, C_1 and C_2 fall in the ratio S_12 to S_21.
        hostility = np.array([[0, 2.0], [0.5, 0]])
        war = Rates(recruitment=0, arrests=0, saturation=0)
        run = solve(np.array([3e4, 2e4]), hostility, war, weeks=520)
        assert run.killed[0] == pytest.approx(RATES.lethality * 2.5 * 3e4 * 2e4)
        np.testing.assert_allclose(run.members @ [1, -4], 3e4 - 4 * 2e4, rtol=1e-9)
        assert run.deaths[-1] == pytest.approx(run.total[0] - run.total[-1])

    def test_monopoly_is_peace_and_parity_is_not(self):
        assert not solve(*equal(1, 0.605), RATES, weeks=520).deaths.any()
        assert solve(*equal(2, 0.605), RATES, weeks=520).deaths[-1] > 10_000


@pytest.fixture(scope="module")
def uneven() -> Trajectory:
    rng = np.random.default_rng(1)
    hostility = rng.uniform(0, 2, (6, 6)) * (1 - np.eye(6))
    return solve(rng.uniform(1e3, 4e4, 6), hostility, RATES, weeks=520)


def imbalance(run: Trajectory, saturation: float = 1) -> float:
    """Largest gap over time between members and what the flows add up to, relative to members."""
    net = run.recruits - run.incapacitated - run.killed - saturation * run.saturation
    gap = [run.total[t] - run.total[0] - simpson(net[: t + 1]) for t in range(2, run.weeks.size, 2)]
    return float(np.abs(gap).max() / run.total[0])


class TestFlows:
    def test_members_change_by_the_flows_only(self, uneven):
        assert imbalance(uneven) < 1e-9

    def test_control_a_missing_tenth_of_saturation_is_seen(self, uneven):
        assert imbalance(uneven, saturation=0.9) > 1e-3

    def test_deaths_are_the_integral_of_killed(self, uneven):
        assert uneven.deaths[-1] == pytest.approx(simpson(uneven.killed), rel=1e-9)

    def test_each_flow_at_the_start(self, uneven):
        members = uneven.members[0]
        assert uneven.recruits[0] == pytest.approx(RATES.recruitment * members.sum())
        assert uneven.incapacitated == pytest.approx(RATES.arrests)
        assert uneven.saturation[0] == pytest.approx(RATES.saturation * (members**2).sum())

    def test_arrests_end_with_the_last_member(self):
        run = solve(*equal(3, 0.605, total=5_000), Rates(arrests=1_000), weeks=60)
        assert (run.members >= 0).all()
        assert run.total[-1] < 1e-3
        assert run.incapacitated == pytest.approx(np.minimum(run.total, 1_000))


class TestChanges:
    def test_a_run_cut_at_the_change_is_the_same(self):
        members, hostility = equal(4, 0.8)
        after = Rates(arrests=220)
        whole = solve(members, hostility, RATES, 100, {40: after})
        first = solve(members, hostility, RATES, 40)
        second = solve(first.members[-1], hostility, after, 60)
        np.testing.assert_array_equal(whole.members[:41], first.members)
        np.testing.assert_allclose(whole.members[40:], second.members, rtol=1e-12)
        assert whole.deaths[-1] == pytest.approx(first.deaths[-1] + second.deaths[-1])

    def test_flows_change_from_the_week_on(self):
        run = solve(*equal(4, 0.8), RATES, 100, {40: Rates(arrests=220), 70: RATES})
        assert run.incapacitated[[39, 40, 69, 70, 100]] == pytest.approx([110, 220, 220, 110, 110])

    @pytest.mark.parametrize("week", [-1, 100])
    def test_a_change_outside_the_run_is_an_error(self, week):
        with pytest.raises(ValueError, match=r"outside the run, 0 to 99"):
            solve(*equal(2, 1), RATES, 100, {week: RATES})


@pytest.mark.parametrize(
    ("members", "hostility", "weeks", "words"),
    [
        ([1.0, 2], np.zeros((3, 3)), 1, r"\(n,\) and \(n, n\)"),
        ([1.0, -2], np.zeros((2, 2)), 1, "not negative"),
        ([1.0, np.nan], np.zeros((2, 2)), 1, "finite"),
        ([1.0, 2], np.ones((2, 2)), 1, "diagonal"),
        ([1.0, 2], np.zeros((2, 2)), 0, "at least 1"),
    ],
)
def test_bad_input_is_an_error(members, hostility, weeks, words):
    with pytest.raises(ValueError, match=words):
        solve(np.array(members), hostility, RATES, weeks)


def test_rates_are_the_published_ones():
    assert Rates() == Rates(
        recruitment=2.527474e-3, arrests=110, lethality=1.549231e-8, saturation=4e-8
    )


def test_a_negative_rate_is_an_error():
    with pytest.raises(ValueError, match="arrests must be finite and not negative, got -1"):
        Rates(arrests=-1)


EDGES = "Edge,Node,Group,RNode,RGroup,weight\n"
FILES = {
    "Nodes": "Node,Group,State,ShortName\nN1,Uno,Colima,U\nN2,Dos,Colima,D\nN3,Tres,Colima,T\n",
    "Rivals": EDGES + "E1,N1,Uno,N2,Dos,3\n",
    "Alliances": EDGES + "R1,N2,Dos,N3,Tres,2\nR2,N3,Tres,N2,Dos,1\n",
}


class TestReading:
    @staticmethod
    def write(folder: Path, **texts: str) -> Path:
        for kind, text in {**FILES, **texts}.items():
            (folder / f"BACRIM2020_{kind}.csv").write_text(text, encoding="utf-8-sig")
        return folder

    def test_three_groups(self, tmp_path):
        network = Network.read(self.write(tmp_path))
        assert network.names == ("Uno", "Dos", "Tres")
        # Rivalry 3 both ways; alliance 2, the larger of 2 and 1, both ways.
        expected = [[0, 4, 1], [4 / 3, 0, 1 / 3], [1 / 3, 1 / 3, 0]]
        np.testing.assert_allclose(network.hostility(), expected)
        np.testing.assert_array_equal(network.strength(), [3, 5, 2])
        np.testing.assert_allclose(initial_members(network, 11), [3, 6, 2])

    def test_a_missing_file_says_where_to_find_it(self, tmp_path):
        self.write(tmp_path)
        (tmp_path / "BACRIM2020_Rivals.csv").unlink()
        with pytest.raises(FileNotFoundError, match=r"Rivals\.csv is missing.*Dryad, doi:10\.5061"):
            Network.read(tmp_path)

    @pytest.mark.parametrize(
        ("kind", "text", "words"),
        [
            ("Nodes", "Group\nUno\n", r"Nodes\.csv, line 1: no column Node"),
            (
                "Nodes",
                "Node,Group\nN1,Uno\nN1,Dos\n",
                r"Nodes\.csv, line 3: group 'N1' is .* twice",
            ),
            ("Rivals", EDGES + "E1,N1,Uno,N9,Dos,3\n", r"Rivals\.csv, line 2: .*'N9' is not"),
            ("Rivals", EDGES + "E1,N1,Uno,N2,Dos,x\n", r"line 2: .*'x'"),
            ("Rivals", EDGES + "E1,N1,Uno,N2,Dos\n", r"line 2: .*weight"),
            ("Rivals", EDGES + "E1,N1,Uno,N1,Uno,3\n", r"line 2: a pair is two groups"),
            ("Rivals", EDGES + 2 * "E1,N1,Uno,N2,Dos,3\n", r"line 3: .*listed once"),
            ("Alliances", EDGES + "E1,N1,Uno,N2,Dos,0\n", r"Alliances\.csv, line 2: .*above 0"),
        ],
    )
    def test_a_bad_line_is_an_error(self, tmp_path, kind, text, words):
        with pytest.raises(ValueError, match=words):
            Network.read(self.write(tmp_path, **{kind: text}))
