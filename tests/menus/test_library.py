"""The shipped menus: their transcripts, and what holds for every one of them."""

import pytest

from callroom_menus import library, load, shipped
from callroom_menus.model import RETURN, Node
from callroom_menus.transcript import Transcript, load_transcripts, play
from callroom_menus.verbs.ask import Ask
from callroom_menus.verbs.end import Ending
from callroom_menus.verbs.keys import Keys
from callroom_menus.verbs.rate import Rate

MENUS = {name: load(shipped(name)) for name in library()}
TRANSCRIPTS = [(name, one) for name in library() for one in load_transcripts(shipped(name, "chat"))]


@pytest.mark.parametrize(
    ("name", "transcript"), TRANSCRIPTS, ids=[f"{name}:{one.line}" for name, one in TRANSCRIPTS]
)
def test_transcripts(name: str, transcript: Transcript) -> None:
    assert [str(difference) for difference in play(MENUS[name], transcript)] == []


def test_there_are_enough_transcripts() -> None:
    assert sum(name == "10086" for name, _ in TRANSCRIPTS) >= 20


def test_only_the_tutorials_robot_never_gives_up() -> None:
    verbs = [(name, node.verb) for name, menu in MENUS.items() for node in menu.nodes.values()]
    assert {name for name, verb in verbs if isinstance(verb, Keys) and verb.patience.give_up is None} == {
        "classic"
    }


def texts(node: Node) -> list[str]:
    lines = [node.say, *([node.say_again] if node.say_again else [])]
    if isinstance(node.verb, Keys | Ask | Rate):
        lines += [*node.verb.patience.no_match, *node.verb.patience.no_input]
    if isinstance(node.verb, Ending):
        lines.append(node.verb.text)
    return [line.ready.text + "".join(line.parts) for line in lines]


def test_nothing_said_is_longer_than_200_characters() -> None:
    said = [text for menu in MENUS.values() for node in menu.nodes.values() for text in texts(node)]
    assert [text for text in said if len(text) > 200] == []


def test_every_node_can_be_reached() -> None:
    for menu in MENUS.values():
        reached, found = {""}, {menu.start}
        while found:
            reached |= found
            ways = [way for name in found for way in menu.nodes[name].verb.exits()]
            found = {way.target for way in ways if way.how != "call" and way.target != RETURN} - reached
        assert menu.nodes.keys() - reached == set()
