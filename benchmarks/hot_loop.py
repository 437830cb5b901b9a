"""The turns of gangs, compiled from the model's rules and from C, on the same world.

Everything else stands still: the world is opened for one week, and the gangs whose turn it is then
live many turns in it. So the two loops do the same work and can be told apart by nothing but their
speed.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from plazas.model import week as schedule
from plazas.model.draws import Key
from plazas.model.jit import rule
from plazas.model.rules.totals import QUARTER, TURN
from plazas.model.simulation import Simulation
from plazas.model.world import CELLS, UNAFFILIATED, Rows, World

SOURCE = Path(__file__).with_name("hot_loop.c")
#: scalar code as a C programmer would ask for it; contraction would change the last bit
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-fPIC", "-shared", "-std=c11")
C_TYPES = {"i2": "int16_t", "i4": "int32_t", "i8": "int64_t",
           "u4": "uint32_t", "u8": "uint64_t", "f8": "double"}  # fmt: skip


class NoCompilerError(RuntimeError):
    """There is no C compiler on the path, or it did not do."""


@rule
def open_world(world, par, levels, key, week):
    """Open a week up to the point where gangs act."""
    segment = levels.segment[week]
    schedule.open_week(world, par)
    for p in range(len(world.places)):
        schedule.place_week(world, par, levels, segment, p)
    for a in range(world.nation[0].living):
        schedule.cartel_week(world, par, levels, segment, key, week, world.cartels[a].listed)


@rule
def gang_weeks(world, par, key, week, weeks, batch):
    """Give every gang whose turn it is ``weeks`` turns from ``week`` on; all else stands still."""
    for w in range(week, week + weeks):
        schedule.gangs_week(world, par, key, w, batch)


def opened(simulation: Simulation, weeks: int) -> Simulation:
    """Run a simulation for some weeks and open the next one; return it."""
    simulation.run(weeks)
    week = simulation.week
    open_world(simulation.world, simulation.parameters, simulation.levels, simulation.key, week)
    return simulation


def struct(name: str, rows: Rows) -> str:
    """Return the C declaration of the struct whose memory a record is."""
    fields = []
    for field in rows.dtype.names:
        fields.append(f"    {C_TYPES[rows.dtype[field].str[1:]]} {field};")
    size = f'_Static_assert(sizeof({name}) == {rows.dtype.itemsize}, "{name}");'
    return "\n".join(["typedef struct {", *fields, f"}} {name};", size, ""])


def compile_c(world: World, par: Any, folder: Path) -> ctypes.CDLL:
    """Compile the C loop for the records of a world into ``folder``; return the library.

    Raises
    ------
    NoCompilerError
        If there is no C compiler, or it fails.
    """
    compiler = next(filter(None, map(shutil.which, ("gcc", "cc", "clang"))), None)
    if compiler is None:
        raise NoCompilerError("no C compiler (gcc, cc or clang) on the path")
    parts = {"Nation": world.nation, "Place": world.places, "Gang": world.gangs,
             "Cartel": world.cartels, "Presence": world.presence, "Parameters": par}  # fmt: skip
    structs = (struct(name, rows) for name, rows in parts.items())
    header = "\n".join([f"#define TURN {TURN}\n#define QUARTER {QUARTER}\n", *structs])
    (folder / "records.h").write_text(header, "ascii")
    library = folder / "hot_loop.so"
    command = [compiler, *FLAGS, "-I", str(folder), str(SOURCE), "-lm", "-o", str(library)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoCompilerError(f"{compiler} failed: {done.stderr.strip().splitlines()[:1]}")
    return ctypes.CDLL(str(library))


def gang_weeks_c(
    library: ctypes.CDLL, world: World, par: Any, key: Key, week: int, weeks: int
) -> None:
    """Do in C what :func:`gang_weeks` does."""
    cells, unaffiliated = world.rolls[CELLS], world.rolls[UNAFFILIATED]
    tables = (world.nation, world.places, world.gangs, cells, unaffiliated, world.cartels,
              world.presence)  # fmt: skip
    parameters = np.asarray(par).reshape(1)
    library.gang_weeks(
        *(ctypes.c_void_p(table.ctypes.data) for table in tables),
        ctypes.c_int64(world.presence.shape[1]),
        ctypes.c_void_p(parameters.ctypes.data),
        ctypes.c_uint64(key.seed),
        ctypes.c_uint64(key.replicate),
        ctypes.c_int64(week),
        ctypes.c_int64(weeks),
    )
