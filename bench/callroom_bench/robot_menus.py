"""The menus that the robot is measured with, written out as an author would write them."""

BRANCHES = 9  # keys of a node: as wide as a menu on a telephone may be

HEAD = """schema = 1
id = "bench"
title = "Bench"
lang = "en"
start = "main"

[defaults]
timeout = 20
no_match = ["There is no such choice.", "Please choose:{menu}"]
no_input = ["Are you still there?"]
attempts = 3
give_up = "bye"
exit_words = ["bye"]

[global.keys]
"*" = { label = "Back", do = "back" }
"#" = { label = "Again", do = "repeat" }

[node.bye]
end = "Goodbye."
"""


def small() -> str:
    """A menu as callers meet it: a start with five choices, and behind each a short answer with two."""
    parts = [HEAD, '[node.main]\nsay = "Welcome to the hotline. Please choose:{menu}"']
    topics = ("Balance", "Plans", "Faults", "Chat", "Roaming")
    parts += [f'keys.{i} = {{ label = "{topic}", goto = "topic{i}" }}' for i, topic in enumerate(topics, 1)]
    for i, topic in enumerate(topics, 1):
        parts.append(f'\n[node.topic{i}]\nsay = "{topic}: everything is as it should be.{{menu}}"')
        parts.append('keys.1 = { label = "Details", goto = "main" }\nkeys.9 = { label = "Top", do = "top" }')
    return "\n".join(parts) + "\n"


def large(nodes: int) -> str:
    """A menu of so many nodes: a tree, each with up to nine choices, and words for each choice."""
    parts = [HEAD]
    for i in range(nodes - 1):  # the last is `bye`
        parts.append(f'[node.{_name(i)}]\nsay = "This is place {i}.{{menu}}"')
        below = range(BRANCHES * i + 1, min(BRANCHES * i + BRANCHES + 1, nodes - 1))
        for key, child in enumerate(below, 1):
            words = f'words = ["place {child}", "p{child}"]'
            parts.append(f'keys.{key} = {{ label = "Place {child}", goto = "{_name(child)}", {words} }}')
        if not below:
            parts.append('keys.1 = { label = "Start", goto = "main" }')
        parts.append("")
    return "\n".join(parts)


def _name(number: int) -> str:
    return f"n{number}" if number else "main"
