"""Cookies: good for one address, for one to two minutes, and from this process alone."""

from callroom_server.codecs.cookies import WINDOW_SECONDS, Cookies
from callroom_wire.datagrams import COOKIE

HERE = "192.0.2.7:5000"


def test_a_cookie_is_good_for_a_window_or_two() -> None:
    cookies = Cookies()
    made = cookies.make(HERE, 3 * WINDOW_SECONDS)
    assert COOKIE.fullmatch(made)
    assert cookies.good(made, HERE, 3 * WINDOW_SECONDS)
    assert cookies.good(made, HERE, 5 * WINDOW_SECONDS - 1)
    assert not cookies.good(made, HERE, 5 * WINDOW_SECONDS)
    assert not cookies.good(made, HERE, 3 * WINDOW_SECONDS - 1)


def test_a_cookie_is_good_nowhere_else() -> None:
    made = Cookies().make(HERE, 0)
    cookies = Cookies()
    assert not cookies.good(made, HERE, 0), "another process"
    made = cookies.make(HERE, 0)
    assert not cookies.good(made, "192.0.2.7:5001", 0), "another port"
    assert not cookies.good(made, "192.0.2.8:5000", 0), "another address"
    assert not cookies.good("", HERE, 0)
    assert not cookies.good(made[:-1] + "é", HERE, 0)
