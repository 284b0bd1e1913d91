"""Legitimacy of a client: it answers 32 random bytes with their HMAC, or is closed; then comes an echo."""

import hashlib
import hmac
import os
from pathlib import Path

from callroom_server.protocols.house import Timer
from callroom_server.protocols.lab.upper import Upper
from callroom_server.protocols.lesson import Lab, LessonError, Talk
from callroom_wire.address import Address

SCHEME = "hmac"
OPTIONS = {"key-file": "lab.key", "digest": "sha256"}

NONCE_BYTES = 32
DIGESTS = ("md5", "sha1", "sha256", "sha512")
"""MD5 is the tutorial's; as an HMAC it is not broken (RFC 6151), but nobody should begin with it today."""

LAB_KEY = b"callroom lab"
"""The key where none is given: no secret, and for that reason never beyond loopback."""

KEY_BYTES = 4096


class Legitimacy(Upper):
    """Asks for proof, once, within `lab_proof_seconds`."""

    lesson = SCHEME

    def __init__(self, lab: Lab, key: bytes, digest: str) -> None:
        super().__init__(lab)
        self._nonce = os.urandom(NONCE_BYTES)
        self._proof = hmac.new(key, self._nonce, digest).digest()
        self._answer = bytearray()
        self._proved = False
        self._deadline: Timer | None = None

    def begun(self) -> None:
        """Sends the nonce."""
        self.transport.write(self._nonce)
        self._deadline = self.lab.call_later(self.lab.limits.lab_proof_seconds, self._too_late)

    def taken(self, data: bytes) -> None:
        """The answer, perhaps in pieces, and then text."""
        if self._proved:
            super().taken(data)
            return
        missing = len(self._proof) - len(self._answer)
        self._answer += data[:missing]
        if len(self._answer) < len(self._proof):
            return
        # Compared whole and in constant time: how long it takes tells nothing of where they differ.
        if not hmac.compare_digest(self._answer, self._proof):
            self.transport.close("wrong_proof")
            return
        self._proved = True
        self._stop_waiting()
        if rest := data[missing:]:
            super().taken(rest)

    def ended(self) -> None:
        """Who ends without a proof is closed at once."""
        if self._proved:
            super().ended()
        else:
            self.transport.close("no_proof")

    def gone(self) -> None:
        """The connection is gone."""
        self._stop_waiting()

    def _too_late(self) -> None:
        self.transport.close("lab_proof_seconds")

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def over_stream(lab: Lab, address: Address) -> Talk:
    """What serves connections, with the key and the digest of the URL."""
    digest = address.query.get("digest", "md5")
    if digest not in DIGESTS or digest not in hashlib.algorithms_available:
        raise LessonError(f'{address}: there is no digest "{digest}": write one of {", ".join(DIGESTS)}')
    key = LAB_KEY
    if "key-file" in address.query:
        key = _key(address, Path(address.query["key-file"]))
    return lambda: Legitimacy(lab, key, digest)


def _key(address: Address, path: Path) -> bytes:
    """The first bytes of the file, without the line ending that an editor adds."""
    try:
        with path.open("rb") as file:
            data = file.read(KEY_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise LessonError(f"{address}: the key file {path} cannot be read: {reason}") from error
    key = data.removesuffix(b"\n").removesuffix(b"\r")
    if not key:
        raise LessonError(f"{address}: the key file {path} is empty: write the key into it")
    if len(data) > KEY_BYTES:
        raise LessonError(f"{address}: the key file {path} is over {KEY_BYTES} bytes: is it the right one?")
    return key
