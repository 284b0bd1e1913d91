"""Sizes from which the screens are laid out otherwise; each shows as a class of the screen."""

NARROW = 100
"""Columns below which the panels at the sides lie over the middle instead of beside it."""
ROOMY = 150
"""Columns from which the lab's page has a column of its own."""
LOW = 16
"""Rows below which nothing is spent on air, and frames go to the edges."""
TALL = 30
"""Rows from which there is room for some air."""
HEIGHTS: list[tuple[int, str]] = [(0, "-tiny"), (LOW, "-low"), (TALL, "-tall")]
