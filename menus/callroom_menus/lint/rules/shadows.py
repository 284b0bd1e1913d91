"""Keys and words that mean one thing everywhere and another thing here."""

from collections.abc import Iterator

from callroom_menus.lint.findings import Found, found
from callroom_menus.lint.view import Choice, View


def find(view: View) -> Iterator[Found]:
    """Each key or word of a node that takes the place of a global one and does something else."""
    shared = {choice.key: choice for choice in view.shared}
    words = {word: choice for choice in view.shared for _, word in choice.words()}
    for node in view.nodes.values():
        replaced = {choice.key for choice in node.keys} & shared.keys()
        for choice in node.keys:
            if choice.key in shared:
                other = shared[choice.key]
                if choice.does != other.does:
                    yield found("key-shadowed", choice.path, key=choice.key, label=_named(other))
            for path, word in choice.words() if words else ():
                other = words.get(word)
                if other is not None and other.key not in replaced and other.does != choice.does:
                    yield found("word-shadowed", path, word=word, label=_named(other))


def _named(choice: Choice) -> str:
    return f"{choice.key} {choice.label}"
