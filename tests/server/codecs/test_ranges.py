import pytest

from callroom_server.codecs.ranges import Unsatisfiable, wanted


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 10)),
        ("bytes=3-5", (3, 6)),
        ("Bytes= 3-5 ", (3, 6)),
        ("bytes=9-", (9, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=5-3", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=٣-٥", None),
        ("lines=0-1", None),
        ("", None),
        ("bytes=0-" + "9" * 400, None),
    ],
)
def test_what_is_wanted(header: str, span: tuple[int, int] | None) -> None:
    assert wanted(header, 10) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_what_is_not_there(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted(header, 10)


def test_nothing_of_nothing() -> None:
    with pytest.raises(Unsatisfiable):
        wanted("bytes=-5", 0)
