"""Completion: commands in the script in which they are begun, rooms, people, menu words, time-outs."""

import pytest

from callroom_client.commands import TABLE
from callroom_client.completion import suggestions
from callroom_client.model import PlaceChosen
from callroom_wire import messages as m
from client_support import Watched


@pytest.fixture
def scene() -> Watched:
    scene = Watched()
    scene.hears(m.LoggedIn(name="ann"))
    scene.hears(m.Joined(place="lab", people=["ann", "bob", "小明"]))
    scene.hears(m.RoomsListed(rooms=[m.RoomInfo("tea"), m.RoomInfo("lab"), m.RoomInfo("大厅")]))
    scene.hears(m.WhoListed(people=[m.PersonInfo("bert")]))
    scene.hears(
        m.Prompted(menu="faq", text="?", choices=[m.ChoiceInfo("1", "余额"), m.ChoiceInfo("2", "Help")])
    )
    scene.happens(PlaceChosen(at=1, place="lab"))
    return scene


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("/jo", ["join"]),
        ("/加", ["加入"]),
        ("/h", ["help", "history", "hangup"]),
        ("/join ", ["lab", "tea", "大厅"]),
        ("/加入 大", ["大厅"]),
        ("/msg b", ["bob", "bert"]),
        ("/msg bob b", ["bob", "bert"]),
        ("/msg bob ", []),
        ("/go @", ["@bob", "@小明", "@bert"]),
        ("/go r", ["robot"]),
        ("/help wh", ["who"]),
        ("/call f", ["faq"]),
        ("/lang ", ["en", "zh"]),
        ("/bell o", ["on", "off"]),
        ("/timeout re", ["recv"]),
        ("/timeout recv n", ["none"]),
        ("/rooms x", []),
        ("/xyzzy x", []),
        ("hello bo", ["bob"]),
        ("hello @小", ["@小明"]),
        ("hello ", []),
        ("//jo", []),
    ],
)
def test_what_may_follow(scene: Watched, line: str, texts: list[str]) -> None:
    found = suggestions(line, scene.model, "en")
    assert [one.text for one in found] == texts
    assert all(line.endswith(line[len(line) - one.replaces :]) for one in found)


def test_the_words_of_a_menu(scene: Watched) -> None:
    scene.happens(PlaceChosen(at=1, place=""))
    [one] = suggestions("余", scene.model, "zh")
    assert (one.text, one.replaces, one.about) == ("余额", 1, "1")
    assert suggestions("", scene.model, "zh") == []


def test_every_command_of_a_client_is_known_once() -> None:
    words = [word for command in TABLE.commands for word in (command.name, *command.also)]
    assert len(words) == len(set(words))
    assert all(any(not word.isascii() for word in command.also) for command in TABLE.commands)
