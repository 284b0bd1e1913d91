"""What hypothesis tries is the same each time, so that one change does not pay for another's luck.

`make search` lets it look anew: what it finds becomes a test of its own.
"""

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("search", print_blob=True)
settings.load_profile("same")
