"""A crash report: for its owner alone, without what anyone said; where it cannot be written that is told."""

from pathlib import Path

import pytest

from callroom_tui.crash import report
from callroom_words.words import Lang

SECRET = "what somebody said"


def fails() -> None:
    try:
        {}[SECRET]
    except KeyError as error:
        raise RuntimeError(SECRET) from error


def fault() -> RuntimeError:
    """A fault with what led to it; both messages quote a person."""
    with pytest.raises(RuntimeError) as caught:
        fails()
    return caught.value


@pytest.mark.parametrize(("lang", "words"), [("en", "Unsent lines are kept"), ("zh", "未发送的内容已保存")])
def test_it_tells_where_and_is_for_its_owner_alone(lang: Lang, words: str, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "crashes"
    said = report(fault(), folder).say(lang)
    [file] = folder.iterdir()
    assert str(file) in said
    assert words in said
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_it_holds_the_way_and_no_words(tmp_path: Path) -> None:
    report(fault(), tmp_path)
    [file] = tmp_path.iterdir()
    written = file.read_text()
    assert written.startswith("Callroom ")
    assert "Textual 8" in written
    assert SECRET not in written
    first, _, second = written.partition("which led to:")
    assert first.endswith("KeyError\n")
    assert second.endswith("RuntimeError\n")
    assert f"{__file__}:" in first
    assert "in fails" in second


def test_what_cannot_be_written_is_told_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "a file"
    folder.write_text("")
    assert report(fault(), folder).say("en").endswith("a fault of its own: RuntimeError")


def test_no_file_that_stands_there_is_written_over(tmp_path: Path) -> None:
    said = {report(fault(), tmp_path).say("en") for _ in range(3)}
    written = {file: file.read_text() for file in tmp_path.iterdir()}
    assert all(text.endswith("RuntimeError\n") for text in written.values())
    told = [one for one in said if any(str(file) in one for file in written)]
    assert len(told) == len(written)  # and of any other in the same second it is said that there is none
