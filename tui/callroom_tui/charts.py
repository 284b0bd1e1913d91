"""Small charts of characters: a sparkline, a bar, sizes as one reads them."""

from collections.abc import Sequence

_STEPS = "▁▂▃▄▅▆▇█"
_UNITS = ("B", "KiB", "MiB", "GiB")


def spark(values: Sequence[float], width: int) -> str:
    """The last `width` values as a line of blocks, the highest of them full."""
    shown = list(values)[-width:] if width > 0 else []
    highest = max(shown, default=0.0) or 1.0
    return "".join(_STEPS[min(7, int(value / highest * 7.999))] for value in shown)


def bar(share: float, width: int) -> tuple[str, str]:
    """A bar's full part and its empty part."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "━" * full, "─" * (width - full)


def size(count: int) -> str:
    """A number of bytes as one reads it."""
    value = float(count)
    unit = 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value /= 1024
        unit += 1
    return f"{count} B" if not unit else f"{value:.1f} {_UNITS[unit]}"
