"""A small sweep in the classroom country: its files, its plan, its rows."""

from __future__ import annotations

from pathlib import Path

from plazas.analysis.sweep import design, form, store
from plazas.analysis.sweep.plan import Plan, plan_of

PLAIN = """\
title: Two short years
extends: classroom
stop: 2012-01-01
drop: [army, anvil-leader-captured]
"""
RAID = """\
title: A raid
extends: plain.yaml
policies:
  - {name: raid, lever: arrests, level: 3, unit: times, start: 2011-02-01, cost: 2, source: made up}
"""
SWEEP = """\
title: A raid, at nine points
scenarios: [plain.yaml, raid.yaml]
replicates: 3
seed: 5
parameters:
  recruitment: [0.003, 0.0035, 0.004]
  hostility_war: {low: 1, high: 2, steps: 3}
"""
BATCH = 3


def write_files(folder: Path, text: str = SWEEP) -> Path:
    """Write a sweep file and its scenarios into a folder; return the sweep file."""
    (folder / "plain.yaml").write_text(PLAIN)
    (folder / "raid.yaml").write_text(RAID)
    path = folder / "sweep.yaml"
    path.write_text(text)
    return path


def planned(path: Path, batch: int = BATCH) -> Plan:
    """Return the plan of a sweep file without measuring how long a run takes."""
    sweep = form.read(path)
    return plan_of(sweep, design.points(sweep), batch)


def rows_in(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of rows by its name."""
    return {path.name: path.read_bytes() for path in store.files(folder)}
