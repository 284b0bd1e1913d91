import json

import msgspec

from callroom_bench.machine import Machine
from callroom_bench.report import Outcome, Table, draw, shown, to_json, to_text
from callroom_words.words import Words

MACHINE = Machine("a cpu", 2, "Linux 1", "CPython 3", "3.40.1", "ext4")


class Settings(msgspec.Struct, frozen=True):
    members: tuple[int, ...] = (100, 500)
    via: tuple[str, ...] = ("tell",)


class Row(msgspec.Struct, frozen=True):
    cpu: float = 0.25


OUTCOME = Outcome(
    Settings(),
    [Row()],
    Table(["what", "CPU"], [["a long name", "0.25"], ["b", "11"]]),
    [Words("Note.", "注。")],
)


def test_numbers_are_flush_right() -> None:
    assert draw(OUTCOME.table) == "what          CPU\n-----------  ----\na long name  0.25\nb              11"


def test_the_text_has_settings_machine_table_and_notes() -> None:
    text = to_text("fanout", MACHINE, 3, OUTCOME, "en")
    assert text.startswith(
        "callroom bench fanout: median of 3 run(s)\nmembers 100,500; via tell\na cpu, 2 cores"
    )
    assert text.endswith("\n\nNote.")
    assert to_text("fanout", MACHINE, 3, OUTCOME, "zh").endswith("\n\n注。")


def test_the_json_has_everything() -> None:
    assert json.loads(to_json("fanout", MACHINE, 3, OUTCOME)) == {
        "benchmark": "fanout",
        "machine": {
            "cpu": "a cpu",
            "cores": 2,
            "kernel": "Linux 1",
            "python": "CPython 3",
            "sqlite": "3.40.1",
            "disk": "ext4",
        },
        "runs": 3,
        "settings": {"members": [100, 500], "via": ["tell"]},
        "rows": [{"cpu": 0.25}],
        "notes": ["Note."],
    }


def test_a_setting_is_shown_as_it_is_written() -> None:
    assert [shown(value) for value in (5, (1,), (1, 10), ("tell", "room"))] == ["5", "1", "1,10", "tell,room"]
