"""Ways that lead round without a wait: the engine would end such a call after 100 steps, with an apology."""

from collections.abc import Iterator

from callroom_menus.lint.circles import circles
from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.view import View, Way

ERRANDS = ("lookup", "run")  # verbs that wait for something else than the caller
MAX_SHOWN = 8  # nodes of a circle named in the finding


def find(view: View) -> Iterator[Found]:
    """One for each circle, at the way that closes it."""
    at_once = {name: [way for way in ways if not way.waits] for name, ways in view.ways.items()}
    for part in _round(view, at_once):
        certain = all(not way.waits and way.target in part for name in part for way in view.ways[name])
        yield _told("silent-loop" if certain else "loop-by-condition", part, at_once)
    unattended = {
        name: [way for way in ways if not way.waits or view.nodes[name].verb in ERRANDS]
        for name, ways in view.ways.items()
    }
    for part in _round(view, unattended):
        if any(view.nodes[name].verb in ERRANDS for name in part):
            yield _told("lookup-loop", part, unattended)


def _round(view: View, ways: dict[str, list[Way]]) -> Iterator[list[str]]:
    """The circles of these ways."""
    after = {
        name: [way.target for way in out if way.target in view.nodes] for name, out in ways.items() if out
    }
    for targets in list(after.values()):
        for target in targets:
            after.setdefault(target, [])
    for part in circles(after):
        if len(part) > 1 or part[0] in after[part[0]]:
            yield part


def _told(code: str, part: list[str], ways: dict[str, list[Way]]) -> Found:
    first = part[0]
    way = next(way for way in ways[first] if way.target in part)
    shown = part[:MAX_SHOWN] + (["..."] if len(part) > MAX_SHOWN else []) + [first]
    return found(code, way.path, way=" > ".join(shown))
