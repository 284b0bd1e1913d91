"""Makes a message harmless to show, whatever is in it: a server is a stranger, too."""

from typing import TypeGuard, TypeVar

import msgspec

from callroom_wire.text import clean

Struct = TypeVar("Struct", bound=msgspec.Struct)

MANY_LINES = frozenset({"text"})
"""Fields that may hold line breaks: they stay as LF, and whoever shows them indents."""


def cleaned(message: Struct) -> Struct:
    """The message with every text in it cleaned; itself, if all are clean already."""
    changed: dict[str, object] = {}
    for name in message.__struct_fields__:
        value: object = getattr(message, name)
        harmless = _cleaned(value, name in MANY_LINES)
        if harmless is not value:
            changed[name] = harmless
    return msgspec.structs.replace(message, **changed) if changed else message


def _cleaned(value: object, multiline: bool) -> object:
    if isinstance(value, str):
        return clean(value, multiline)
    if isinstance(value, msgspec.Struct):
        return cleaned(value)
    if _is_list(value):
        items = [_cleaned(one, multiline) for one in value]
        return value if _unchanged(items, value) else items
    if _is_tuple(value):
        items = [_cleaned(one, multiline) for one in value]
        return value if _unchanged(items, value) else tuple(items)
    if _is_dict(value):
        return {_cleaned(key, False): _cleaned(one, multiline) for key, one in value.items()} or value
    return value


def _unchanged(items: list[object], before: list[object] | tuple[object, ...]) -> bool:
    return all(one is other for one, other in zip(items, before, strict=True))


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _is_tuple(value: object) -> TypeGuard[tuple[object, ...]]:
    return isinstance(value, tuple)


def _is_dict(value: object) -> TypeGuard[dict[object, object]]:
    return isinstance(value, dict)
