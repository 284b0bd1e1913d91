import pytest

from callroom_menus import library, load, load_folder, shipped


def test_what_ships() -> None:
    assert library() == ("10086", "classic", "faq", "plans", "starter", "starter-en")
    assert {menu.id for menu in load_folder(shipped("classic").parent).values()} == set(library())
    for name in library():
        assert load(shipped(name)).id == name


def test_what_does_not_ship() -> None:
    with pytest.raises(KeyError):
        shipped("../loader")
