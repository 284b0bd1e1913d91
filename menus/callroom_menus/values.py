"""What variables may hold: text of a bounded length without control characters; and how masked ones look."""

MAX_VALUE = 2000  # characters of one variable
MAX_FIELDS = 64  # columns taken from one row of a look-up
MAX_NAME = 64

_SHOWN_FROM = 9  # shorter than this (a PIN, a code), nothing of a masked value is shown
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")


def clean(text: str) -> str:
    """One line without anything that a terminal would obey; what comes from outside goes through here."""
    return text.translate(_CONTROLS)[:MAX_VALUE].strip()


def masked(value: str) -> str:
    """How a masked value is said: 138****0000; of a short one, only how long it is."""
    if len(value) < _SHOWN_FROM:
        return "*" * len(value)
    return f"{value[:3]}****{value[-4:]}"


def row_values(save: str, row: dict[str, str]) -> dict[str, str]:
    """The columns of a row as variables: `acct.balance`."""
    columns = list(row.items())[:MAX_FIELDS]
    return {f"{save}.{clean(name)[:MAX_NAME]}": clean(value) for name, value in columns}
