"""One line without anything that a terminal would obey: what an entry or a look-up leaves of a text."""

MAX_VALUE = 2000  # characters of one variable

_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")


def clean(text: str) -> str:
    """The text as one line; what comes into a variable from outside goes through here."""
    return text.translate(_CONTROLS)[:MAX_VALUE].strip()
