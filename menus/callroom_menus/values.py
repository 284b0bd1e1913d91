"""What variables may hold: text of a bounded length without control characters; and how masked ones look."""

from callroom_forms.cleaning import clean

MAX_FIELDS = 64  # columns taken from one row of a look-up
MAX_NAME = 64

_SHOWN_FROM = 9  # shorter than this (a PIN, a code), nothing of a masked value is shown


def masked(value: str) -> str:
    """How a masked value is said: 138****0000; of a short one, only how long it is."""
    if len(value) < _SHOWN_FROM:
        return "*" * len(value)
    return f"{value[:3]}****{value[-4:]}"


def row_values(save: str, row: dict[str, str]) -> dict[str, str]:
    """The columns of a row as variables: `acct.balance`."""
    columns = list(row.items())[:MAX_FIELDS]
    return {f"{save}.{clean(name)[:MAX_NAME]}": clean(value) for name, value in columns}
