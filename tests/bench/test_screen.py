"""The benchmark of the screen from its command line to its JSON: a real client on a pseudo-terminal."""

import subprocess
from pathlib import Path

import msgspec

from callroom_bench.screen import Row
from house_support import COMMAND, ENVIRON

SMALL = ["--json", "--runs", "1", "--starts", "1", "--rate", "300", "--seconds", "1", "--lines", "800"]


class Told(msgspec.Struct):
    """What the JSON holds."""

    benchmark: str
    rows: list[Row]


def test_every_line_is_found_and_every_figure_is_told(tmp_path: Path) -> None:
    argv = [*COMMAND, "bench", "screen", *SMALL, "--folder", str(tmp_path)]
    done = subprocess.run(argv, env=ENVIRON, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    told = msgspec.json.decode(done.stdout, type=Told)
    [row] = told.rows
    assert told.benchmark == "screen"
    assert row.sent == row.found == 800
    assert 0 < row.echo_p50_ms <= row.echo_p95_ms <= row.echo_max_ms
    assert row.all_runs == [row.echo_p95_ms]
    for figure in (row.first_paint_ms, row.imports_ms, row.resize_ms, row.cpu_us_per_line, row.memory_mb):
        assert figure > 0
    assert b"from key to echo" in done.stderr
    assert list(tmp_path.iterdir()) == []
