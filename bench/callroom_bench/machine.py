"""Which machine a figure was measured on."""

import os
import platform
import sqlite3
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True, gc=False):
    """What a reader must know to compare figures. `disk` is the file system below the server's data."""

    cpu: str
    cores: int
    kernel: str
    python: str
    sqlite: str
    disk: str


def this_machine(folder: Path) -> Machine:
    """This machine, with data in `folder`."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        kernel=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        sqlite=sqlite3.sqlite_version,
        disk=file_system(folder),
    )


def file_system(folder: Path) -> str:
    """The kind of file system that `folder` is on: that of the longest mount point above it."""
    best, kind = "", "unknown"
    target = str(folder.resolve())
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, point, this_kind, *_ = line.split()
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, this_kind
    return kind


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
