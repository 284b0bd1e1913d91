import json
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench_fake_server import BETRAYAL
from bench_support import FAKE, PYTHONPATH
from callroom_bench.main import BENCHMARKS, DONE, FAILED, INTERRUPTED, main


@pytest.fixture(autouse=True)
def _find_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)
    monkeypatch.setenv("CALLROOM_LANG", "en")


def tiny(folder: Path) -> list[str]:
    options = ["--pairs", "2", "--via", "tell", "--window", "4", "--messages", "100"]
    return ["--folder", str(folder), "--server", shlex.join(FAKE), "--runs", "1", "pairs", *options]


def test_json_has_rows_settings_and_the_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*tiny(tmp_path), "--json"]) == DONE
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert list(report) == ["benchmark", "machine", "runs", "settings", "rows", "notes"]
    assert report["settings"] == {
        "pairs": 2,
        "via": ["tell"],
        "window": [4],
        "messages": 100,
        "text_bytes": 64,
    }
    (row,) = report["rows"]
    assert row["messages"] == row["delivery_ms"]["count"] == 100
    assert row["all_runs"] == [row["cpu_us_per_message"]]
    assert printed.err.startswith("pairs tell window 4: ")


def test_the_table_is_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*tiny(tmp_path), "--quick"]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "callroom bench pairs: median of 1 run(s)"
    assert any(line.startswith("tell, 4 ") for line in lines)


def test_a_fault_is_one_line_and_no_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BETRAYAL, "drop")
    assert main(tiny(tmp_path)) == FAILED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("callroom bench: after 29 entries a member got")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_has_help_with_its_defaults(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == DONE
    assert "; quick: " in " ".join(capsys.readouterr().out.split())


def test_help_in_chinese(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLROOM_LANG", "zh")
    with pytest.raises(SystemExit):
        main(["idle", "--help"])
    assert "空闲的分帧连接数" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ["fanuot"],
        ["fanout", "--members", "0"],
        ["fanout", "--members", "x"],
        ["pairs", "--via", "post"],
        ["--runs", "0"],
    ],
)
def test_wrong_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(argv)
    assert left.value.code == 2
    assert "usage: callroom bench" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_benchmark_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    argv = [
        "--folder",
        str(tmp_path),
        "--server",
        shlex.join(FAKE),
        "latency",
        "--seconds",
        "60",
        "--rates",
        "50",
    ]
    command = [sys.executable, "-m", "callroom_bench.main", *argv]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 20
        while not (server := server_in(tmp_path)) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert server
    assert process.returncode == INTERRUPTED
    assert (out, err) == ("", "callroom bench: interrupted\n")
    assert server_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def server_in(folder: Path) -> list[Path]:
    """The processes that serve a benchmark in this folder and are ready."""
    marks = [output for output in folder.glob("*/output.txt") if "listening" in output.read_text()]
    lines = [path for path in Path("/proc").glob("[0-9]*/cmdline") if marks and str(folder) in _text(path)]
    return [path for path in lines if "serve" in _text(path).split("\0")]


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:  # the process has ended
        return ""
