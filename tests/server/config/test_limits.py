import re
from pathlib import Path

import msgspec
import pytest
from msgspec import inspect

from callroom_server.config.limits import ORDERED, Limits

UNITS = re.compile(
    r"(^|_)(seconds|bytes|characters|entries|records|rows|days|limit|per_second)($|_before|_per)"
)
HERE = Path(__file__)
TESTS = "\n".join(file.read_text() for file in HERE.parents[2].rglob("*.py") if file != HERE)
COUNTED = {  # the thing counted is the unit
    "accepts_per_wake", "connections_per_address", "datagram_calls", "datagram_sources", "datagrams_per_wake",
    "descriptors_reserved", "flood_burst", "messages_per_pass",
    "people_per_room", "requests_waiting", "rooms", "rooms_per_person",
    "runbooks_at_once", "runbooks_per_session",
    "unauthenticated_connections",
    "unauthenticated_drop_from",
}  # fmt: skip


def reason(field: msgspec.structs.FieldInfo) -> str:
    [meta] = [meta for meta in field.type.__metadata__ if isinstance(meta, msgspec.Meta)]
    return meta.description or ""


def test_the_defaults_are_within_their_own_ranges() -> None:
    assert msgspec.convert(msgspec.to_builtins(Limits()), Limits) == Limits()


@pytest.mark.parametrize("field", msgspec.structs.fields(Limits), ids=lambda field: field.name)
def test_every_limit_has_a_range_a_reason_and_a_unit(field: msgspec.structs.FieldInfo) -> None:
    info = inspect.type_info(field.type)
    assert isinstance(info, inspect.Metadata)
    assert isinstance(info.type, inspect.IntType | inspect.FloatType)
    assert info.type.ge is not None
    assert info.type.le is not None
    assert reason(field)
    assert field.name in COUNTED or UNITS.search(field.name)


def test_pairs_are_in_order_by_default() -> None:
    values: dict[str, float] = msgspec.structs.asdict(Limits())
    for low, high in ORDERED:
        assert values[low] <= values[high]


def test_no_frame_can_start_with_a_byte_other_than_zero() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"frame_bytes": 1 << 24}, Limits)


@pytest.mark.parametrize("name", Limits.__struct_fields__)
def test_every_limit_is_set_or_reached_somewhere_in_the_tests(name: str) -> None:
    assert re.search(rf"(\b|\\n){name}\b", TESTS)  # behind "\n" in the text of a settings file
