"""``plazas robust``: policies over many parameter sets and under other rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from plazas.analysis.cli.options import Force, Out, Seed, Threads, load_scenario, progress, say
from plazas.model.errors import UserError

if TYPE_CHECKING:
    from plazas.model.scenario import Scenario

BASELINE = "historical"
PER_SET = 2  # replicates per set in the ranking
OF_A_VARIANT = 20  # replicates per variant, with as many sets


def robust(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            help="The baseline first, then the policies (default: historical and every shipped "
            "scenario that changes only policies)."
        ),
    ] = None,
    sets: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Parameter sets: a CSV file, or 'calibrated' for the shipped ones.",
        ),
    ] = "calibrated",
    replicates: Annotated[
        int | None,
        typer.Option(
            help=f"Replicates per policy (default {PER_SET} per set; {OF_A_VARIANT} with "
            "--variants). Replicate r uses sets[r % len(sets)]. "
            "The first shipped sets are the farthest apart."
        ),
    ] = None,
    variants: Annotated[
        bool,
        typer.Option(
            "--variants", help="Report which verdicts hold under other rules of the model."
        ),
    ] = False,
    enough: Annotated[
        float,
        typer.Option(
            metavar="SHARE", help="Share of homicides that a satisfying policy must avoid (0 to 1)."
        ),
    ] = 0.05,
    seed: Seed = 1,
    out: Out = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Rank policies by regret over many parameter sets.

    All sets fit the past. With --variants, prints for each verdict in how many structural variants
    of the model it holds. With --out, writes tables (CSV) and a figure.
    """
    if not 0.0 < enough < 1.0:
        raise UserError(f"--enough must be a share between 0 and 1, such as 0.05; got {enough:g}")
    if replicates is not None and replicates < 1:
        raise UserError(f"--replicates must be 1 or more; got {replicates}")
    wanted = _scenarios(scenarios)
    from plazas.analysis.cli.console import console
    from plazas.analysis.experiment import parameter_sets
    from plazas.analysis.experiment.store import check_target
    from plazas.analysis.robustness import regret as ranked
    from plazas.analysis.robustness import tables as robust_show
    from plazas.analysis.robustness import variants as varied

    chosen = parameter_sets.named(sets)
    usual = OF_A_VARIANT if variants else PER_SET * len(chosen)
    n = usual if replicates is None else replicates
    if out is not None:
        check_target(out, force)
    details: dict[str, Any] = {
        "command": "robust",
        "scenarios": [scenario.name for scenario in wanted],
        "replicates": n,
        "seed": seed,
        "sets": sets,
        "parameter_sets": chosen,
    }
    screen = console()
    number = len(varied.variants()) if variants else 1
    with progress("policies over sets") as (planned, step):
        planned(ranked.weeks_needed(wanted, n, number))
        if variants:
            verdicts = varied.verdicts(wanted, chosen, n, seed, threads, step)
        else:
            runs = ranked.run_policies(wanted, chosen, n, seed, threads, step)
    if variants:
        screen.print(robust_show.verdicts_table(verdicts))
        screen.print(robust_show.levels_text(verdicts))
        if out is not None:
            robust_show.write_verdicts(verdicts, out, force, details | {"variants": True})
    else:
        screen.print(robust_show.ranking_table(runs, enough))
        screen.print(robust_show.ranking_text(runs, enough))
        if out is not None:
            robust_show.write_ranking(runs, enough, out, force, details | {"enough": enough})
    if out is not None:
        say(f"results in {out}")


def _scenarios(names: list[str] | None) -> list[Scenario]:
    """Return the scenarios named; one alone is a baseline, with every shipped policy."""
    wanted = [load_scenario(name) for name in names or [BASELINE]]
    if len(wanted) > 1:
        return wanted
    from plazas.analysis.robustness.regret import shipped_policies

    return [*wanted, *shipped_policies(wanted[0])]
