import pytest
from hypothesis import given
from hypothesis import strategies as st

from callroom_forms.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("\uff10\uff11\uff12", "012"),
        ("\uff03", "#"),
        ("\uff0a", "*"),
        ("  Exit\t", "exit"),
        ("\uff23\uff38\uff39\uff25", "cxye"),
        ("\u3000话费\u3000", "话费"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("\u1e9e", "ss"),
        ("", ""),
        ("\u3000", ""),
    ],
)
def test_what_folds_to_what(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_character_folds_once_and_for_all() -> None:
    """Of the planes where letters are; the characters beyond them have no case and no width."""
    assert [number for number in range(0x20000) if fold(fold(chr(number))) != fold(chr(number))] == []
