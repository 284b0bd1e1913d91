"""Colours of people's names: the same for a name everywhere, and readable on any theme."""

import hashlib
from functools import lru_cache

from textual.color import Color

CONTRAST = 4.5
"""What WCAG 2.1 (1.4.3, level AA) asks between a text and its background."""
HUES = 24


@lru_cache(1024)
def colour_of(name: str, background: str) -> str:
    """The colour of a name on a background, both as `#rrggbb`: its hue from the name, its lightness from
    the background, as far as `CONTRAST` takes.
    """
    behind = Color.parse(background)
    hue = hashlib.blake2b(name.casefold().encode("utf-8", "replace"), digest_size=2).digest()[0] % HUES / HUES
    away = 1 if behind.brightness < 0.5 else -1
    lightness = 0.62 if away > 0 else 0.42
    while 0 < lightness < 1:
        colour = Color.from_hsl(hue, 0.62, lightness)
        if contrast(colour, behind) >= CONTRAST:
            return colour.hex6
        lightness += away * 0.03
    return "#ffffff" if away > 0 else "#000000"


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two colours by WCAG 2.1, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
