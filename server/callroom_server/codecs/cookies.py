"""Cookies that prove an address: who sends one back has received it there. Nothing is kept for a stranger."""

import base64
import hashlib
import hmac
import secrets

WINDOW_SECONDS = 60.0
"""A cookie is good in the window of time in which it was made, and in the next: one to two minutes."""

COOKIE_CHARACTERS = 12
"""Of base 32: 60 bits. Guesses are blind, for a wrong one gets no answer, and last two minutes at most."""


class Cookies:
    """Makes and checks cookies: an HMAC of address and window, under a secret of this process alone."""

    def __init__(self, secret: bytes = b"") -> None:
        self._secret = secret or secrets.token_bytes(32)

    def make(self, address: str, now: float) -> str:
        """The cookie of an address, in groups of four; `now` in seconds of any clock that only goes on."""
        return self._made(address, int(now // WINDOW_SECONDS))

    def good(self, cookie: str, address: str, now: float) -> bool:
        """Whether this is a cookie of the address, of this window or the one before."""
        window = int(now // WINDOW_SECONDS)
        given = cookie.encode("utf-8", "replace")
        matches = [
            hmac.compare_digest(given, self._made(address, each).encode()) for each in (window, window - 1)
        ]
        return any(matches)

    def _made(self, address: str, window: int) -> str:
        mac = hmac.digest(self._secret, f"callroom-udp|{window}|{address}".encode(), hashlib.sha256)
        letters = base64.b32encode(mac)[:COOKIE_CHARACTERS].decode("ascii")
        return "-".join(letters[start : start + 4] for start in range(0, COOKIE_CHARACTERS, 4))
