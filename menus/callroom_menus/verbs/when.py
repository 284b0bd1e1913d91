"""A node that goes on by conditions, the first that is true.

[node.after-hours]
when = [
    { if = 'open("desk") and plan == "gold"', goto = "gold-desk" },
    { if = "visits.pin >= 3", goto = "agent" },
    { else = true, goto = "message" },
]
"""

from callroom_menus.verbs.goto import Onward, read

__all__ = ["Onward", "read"]
