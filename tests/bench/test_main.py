import json
import shlex
from pathlib import Path

import pytest

from bench_fake_server import BETRAYAL
from bench_support import FAKE, PYTHONPATH
from callroom_bench.main import BENCHMARKS, DONE, FAILED, main


@pytest.fixture(autouse=True)
def _find_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)


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
