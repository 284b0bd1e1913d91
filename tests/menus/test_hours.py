from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from callroom_menus import parse
from callroom_menus.hours import Hours
from callroom_menus.texts import TEXTS
from menus_support import CHINESE, FULL, HEAD, problems_in

OVERLAYS = {"t.zh.toml": CHINESE}
DESK = parse(FULL, "t.toml", {"t.zh.toml": CHINESE}).hours["desk"]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()


@pytest.mark.parametrize(
    ("time", "is_open"),
    [
        ("2026-09-28T07:59:59", False),  # a Monday
        ("2026-09-28T08:00", True),
        ("2026-09-28T11:59:59", True),
        ("2026-09-28T12:00", False),
        ("2026-09-28T13:30", True),
        ("2026-09-28T20:00", False),
        ("2026-09-26T21:59", False),  # a Saturday, over midnight
        ("2026-09-26T22:00", True),
        ("2026-09-27T01:59", True),
        ("2026-09-27T02:00", False),
        ("2026-09-28T01:00", True),  # Monday's night is still Sunday's
        ("2026-10-01T09:00", False),
        ("2026-10-07T19:00", False),
        ("2026-10-08T09:00", True),
        ("2026-10-10T09:00", True),  # a make-up Saturday
        ("2026-10-10T23:00", False),
        ("2026-10-11T01:00", False),
    ],
)
def test_open_or_not(time: str, is_open: bool) -> None:
    assert DESK.open_at(at(time)) is is_open


def test_the_zone_is_the_desks() -> None:
    assert DESK.open_at(datetime(2026, 9, 28, 0, 0, tzinfo=UTC).timestamp())
    assert not DESK.open_at(datetime(2026, 9, 28, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())


def hours(fields: str) -> Hours:
    text = f'{HEAD}[hours.h]\ntz = "UTC"\n{fields}\n[node.main]\nend = "x"\n'
    return parse(text, "t.toml").hours["h"]


def test_in_words() -> None:
    assert DESK.told(TEXTS["zh"]) == "周一至周五 08:00-12:00、13:30-20:00；周六至周日 22:00-02:00"
    assert DESK.told(TEXTS["en"]) == "Mon to Fri 08:00-12:00, 13:30-20:00; Sat to Sun 22:00-02:00"
    assert hours("week = {}").told(TEXTS["en"]) == "closed"
    whole = hours('week = { sun-mon = ["00:00-24:00"] }')
    assert whole.told(TEXTS["en"]) == "Mon 00:00-24:00; Sun 00:00-24:00"


def test_the_whole_day() -> None:
    whole = hours('week = { mon-sun = ["00:00-24:00"] }')
    assert all(whole.open_at(second) for second in range(0, 10**6, 997))


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ('tz = "Asia/Shanghai"', 'tz = "Asia/Peking"', "bad-zone", 1),
        ('tz = "Asia/Shanghai"', 'tz = "../etc/passwd"', "bad-zone", 1),
        ("mon-fri", "mon-fry", "bad-day", 10),
        ("sat-sun", "fri-sun", "day-twice", 52),
        ("08:00-12:00", "08:00-12", "bad-interval", 21),
        ("08:00-12:00", "25:00-26:00", "bad-interval", 21),
        ("08:00-12:00", "08:00-08:00", "bad-interval", 21),
        ("2026-10-07", "2026-09-07", "bad-date", 11),
        ("2026-10-10 =", "2026-02-30 =", "bad-date", 10),
        ("closed = [", "clsed = 1\nclosed = [", "unknown-field", 1),
    ],
)
def test_what_is_wrong(old: str, new: str, code: str, column: int) -> None:
    found = problems_in(FULL.replace(old, new, 1), OVERLAYS)
    assert [(one.code, one.column) for one in found] == [(code, column)]
