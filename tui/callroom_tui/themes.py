"""The looks of the screen: dark, light, and one of high contrast; NO_COLOR is obeyed by Textual itself.

`muted` and `faint` stand in for Textual's `text-muted` and `text-disabled`, which are no colours of their own
and come out white in the styles of single rows.
"""

from textual.theme import Theme


def _raised(raised: str, bar: str, ground: str, held: str) -> dict[str, str]:
    """What fields and scroll bars are drawn with; Textual 8.2 drops the `boost` of a theme with a `panel`."""
    return {
        "boost": raised,
        "scrollbar": bar,
        "scrollbar-hover": held,
        "scrollbar-active": held,
        "scrollbar-background": ground,
    }


DARK = Theme(
    name="callroom-dark",
    primary="#4fb8a8",
    secondary="#7f9cc0",
    accent="#e8a33d",
    warning="#e8a33d",
    error="#ef6b73",
    success="#7cc47f",
    foreground="#d9dce1",
    background="#12151a",
    surface="#171b21",
    panel="#20262e",
    variables={
        **_raised("#2a323c", "#414c59", "#171b21", "#4fb8a8"),
        "muted": "#8b95a3",
        "faint": "#4c5663",
        "block-cursor-foreground": "#12151a",
        "footer-key-foreground": "#e8a33d",
    },
)
LIGHT = Theme(
    name="callroom-light",
    dark=False,
    primary="#0b6b61",
    secondary="#3c5a86",
    accent="#9a4d00",
    warning="#8a5200",
    error="#b3202f",
    success="#2c6e2f",
    foreground="#1f2328",
    background="#fbfaf6",
    surface="#f4f2ec",
    panel="#e7e4db",
    variables={
        **_raised("#dcd8cc", "#c2beb1", "#f4f2ec", "#0b6b61"),
        "muted": "#5c646d",
        "faint": "#b3b1a8",
        "footer-key-foreground": "#9a4d00",
    },
)
CONTRAST = Theme(
    name="callroom-contrast",
    primary="#00e5ff",
    secondary="#ffffff",
    accent="#ffe600",
    warning="#ffe600",
    error="#ff6e6e",
    success="#5cff5c",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    text_alpha=1.0,
    variables={
        **_raised("#303030", "#787878", "#000000", "#00e5ff"),
        "muted": "#d0d0d0",
        "faint": "#8a8a8a",
        "footer-key-foreground": "#ffe600",
        "block-cursor-foreground": "#000000",
    },
)
THEMES = (DARK, LIGHT, CONTRAST)
