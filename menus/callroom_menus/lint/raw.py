"""Reading TOML as it comes: what is not of the wanted kind counts as not there, for the loader tells it."""

from __future__ import annotations

from callroom_menus.quick import Table, is_list, is_table


def table(of: Table, field: str) -> Table:
    """The table in this field; an empty one if there is none."""
    value = of.get(field)
    return value if is_table(value) else {}


def tables(of: Table, field: str) -> list[Table]:
    """The tables in the array of this field, in order."""
    value = of.get(field)
    return [item for item in value if is_table(item)] if is_list(value) else []


def text(of: Table, field: str) -> str:
    """The text in this field; empty if there is none."""
    value = of.get(field)
    return value if isinstance(value, str) else ""


def texts(of: Table, field: str) -> list[tuple[int, str]]:
    """The texts in the array of this field, each with its index."""
    value = of.get(field)
    if not is_list(value):
        return []
    return [(index, item) for index, item in enumerate(value) if isinstance(item, str)]
