"""The `Range` header: which bytes of a thing of known size are wanted (RFC 9110, section 14)."""

import re

_ONE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


class Unsatisfiable(Exception):  # noqa: N818
    """The range begins where there is nothing any more: 416."""


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None for all.

    What is malformed, of another unit, or more than one range is ignored, as a server may (section 14.2):
    many small ranges of one file are a known way to make a server work.

    Raises:
        Unsatisfiable: nothing of it is there.
    """
    found = _ONE.fullmatch(header)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        if not length:
            raise Unsatisfiable
        return size - length, size
    first = int(found[1])
    last = int(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return first, min(last + 1, size)
