"""The tree of errors and the tables of codes agree."""

from callroom_wire import errors
from callroom_wire.errors import BadFrame, FrameTooLong, Refused, WireError


def test_every_fault_has_its_line_in_the_table() -> None:
    codes = {kind.code for kind in WireError.__subclasses__() if kind.__module__ == errors.__name__}
    assert codes == set(errors.FAULTS)


def test_the_tree_is_drawn_in_the_docstring() -> None:
    drawn = errors.__doc__ or ""
    for kind in (*WireError.__subclasses__(), WireError, Refused):
        if kind.__module__ == errors.__name__:
            assert kind.__name__ in drawn


def test_meanings_are_sentences() -> None:
    for table in (errors.FAULTS, errors.REFUSALS, errors.FAREWELLS):
        assert all(meaning[0].isupper() and meaning.endswith(".") for meaning in table.values())


def test_a_refusal_keeps_its_parameters_and_reads_well_in_a_log() -> None:
    refused = Refused("text_too_long", limit=4000, length=4001)
    assert (refused.code, refused.params) == ("text_too_long", {"limit": 4000, "length": 4001})
    assert str(refused) == "text_too_long limit=4000 length=4001"
    assert str(Refused("no_such_room", room="a\nb\x1b[2J")) == r"no_such_room room='a\nb\x1b[2J'"


def test_a_fault_has_a_sentence_and_what_to_do() -> None:
    assert BadFrame("It is broken.").fix == BadFrame.fix
    assert BadFrame("It is broken.", "Mend it.").fix == "Mend it."
    too_long = FrameTooLong(70_000, 65_536)
    assert "70000" in str(too_long)
    assert "65536" in str(too_long)
    assert "65536" in too_long.fix
