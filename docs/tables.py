"""Writes the tables of settings and limits into docs/operations.md, or checks them.

python docs/tables.py            write
python docs/tables.py --check    compare, exit with 1 if they differ
"""

import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "server"), str(ROOT / "wire")]

from msgspec import inspect  # noqa: E402
from slots import fill, update  # noqa: E402

from callroom_server.config.limits import Limits  # noqa: E402 - found by the line above, installed or not
from callroom_server.config.settings import Settings  # noqa: E402

SCRIPT = "docs/tables.py"
PAGE = ROOT / "docs" / "operations.md"
PLAIN = {"data": "the user's data folder", "menus": "none", "lang": "`LANG`'s, else `en`", "flood": "`true`"}
"""Defaults that are not one value."""


def settings_table() -> str:
    """A row for each setting: key, option, variable, default, meaning."""
    rows = ["| key | option | variable | default | |", "|---|---|---|---|---|"]
    for field in msgspec.structs.fields(Settings):
        if field.name == "limits":
            continue
        option = "--no-flood" if field.name == "flood" else "--" + field.name.replace("_", "-")
        default = PLAIN.get(field.name, f"`{_plain(field.default)}`")
        variable = f"CALLROOM_{field.name.upper()}"
        rows.append(f"| `{field.name}` | `{option}` | `{variable}` | {default} | {_reason(field)} |")
    return "\n".join(rows)


def limits_table() -> str:
    """A row for each limit: key, default, range, reason."""
    rows = ["| limit | default | range | why |", "|---|---|---|---|"]
    for field in msgspec.structs.fields(Limits):
        kind = inspect.type_info(field.type)
        if not isinstance(kind, inspect.Metadata) or not isinstance(
            kind.type, inspect.IntType | inspect.FloatType
        ):
            raise AssertionError(f"{field.name} is no number")
        show = _size if "bytes" in field.name else _plain
        bounds = f"{show(kind.type.ge)} to {show(kind.type.le)}"
        rows.append(f"| `{field.name}` | {show(field.default)} | {bounds} | {_reason(field)} |")
    return "\n".join(rows)


def filled(page: str) -> str:
    """The page with both tables in their places."""
    page = fill(page, "settings", SCRIPT, settings_table())
    return fill(page, "limits", SCRIPT, limits_table())


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(msgspec.convert(value, tuple[str, ...]))
    if isinstance(value, int | float):
        return f"{value:,.15g}"
    return str(value)


def _size(value: object) -> str:
    if isinstance(value, int):
        for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
            if value >= size and value % size == 0:
                return f"{value // size:,} {unit}"
    return _plain(value)


def _reason(field: msgspec.structs.FieldInfo) -> str:
    return next(str(meta.description) for meta in field.type.__metadata__ if isinstance(meta, msgspec.Meta))


if __name__ == "__main__":
    sys.exit(update(SCRIPT, {PAGE: filled(PAGE.read_text("utf-8"))}, sys.argv[1:]))
