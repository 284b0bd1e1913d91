"""What can go wrong between a house and its guests, as a tree of errors and a table of their codes.

    CallroomError
    ├── WireError                the peer broke the protocol: it is told the code, then the connection closes
    │   ├── FrameTooLong         frame_too_long      a frame is longer than the limit
    │   ├── BadFrame             bad_frame           a frame is empty, cut short, or neither JSON nor a chunk
    │   ├── BadMessage           bad_message         the JSON is not a message of this protocol
    │   ├── BadText              bad_text            a text is not Unicode
    │   ├── BuffersFull          buffers_full        unfinished frames of all together take too much memory
    │   └── TLSError             tls_error           TLS could not be agreed on, or was broken
    └── Refused                  any of `REFUSALS`   the person may not: told, and the session goes on

Anything else is a bug of ours. A door for another protocol adds its own `WireError`, and a line in `FAULTS`.
The names say what happened, as those of messages do, so most of them have no "Error" at the end.
"""


class CallroomError(Exception):
    """Anything that is not a bug of ours."""


class WireError(CallroomError):
    """The peer broke the protocol; tell it `code`, the sentence `str(error)` and `fix`, then close.

    The sentence and `fix` are for the programmer of the other side, and in English.
    """

    code: str = "wire_error"
    fix: str = "Send what docs/protocol.md describes."

    def __init__(self, text: str, fix: str = "") -> None:
        super().__init__(text)
        if fix:
            self.fix = fix


class FrameTooLong(WireError):  # noqa: N818
    """A frame announces more than the limit; nothing of it was stored."""

    code = "frame_too_long"

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"A frame of {length} bytes was announced; at most {limit} bytes are allowed here.",
            f"Send frames of at most {limit} bytes, each behind its length as 4 bytes, big-endian.",
        )
        self.length = length
        self.limit = limit


class BadFrame(WireError):  # noqa: N818
    """A frame is empty, cut short by the end of input, or of an unknown kind."""

    code = "bad_frame"
    fix = "Send 4 bytes of length, big-endian, then so many bytes: one JSON object, or 0x01 and a chunk."


class BadMessage(WireError):  # noqa: N818
    """The JSON of a frame is not a message of this protocol; the sentence names the field by its path."""

    code = "bad_message"
    fix = "Compare the message with its example in docs/protocol.md."


class BadText(WireError):  # noqa: N818
    """A text is not Unicode: bytes that are not UTF-8, or half of a surrogate pair."""

    code = "bad_text"
    fix = "Send text as UTF-8, and characters beyond U+FFFF as themselves or as a pair of escapes."


class BuffersFull(WireError):  # noqa: N818
    """Unfinished frames of all connections together take more memory than the house gives them."""

    code = "buffers_full"
    fix = "Come back later, and send whole frames."


class TLSError(WireError):
    """TLS could not be agreed on, or was broken; the sentence holds OpenSSL's reason."""

    code = "tls_error"
    fix = "Speak TLS 1.2 or newer, and trust the server's certificate."


class Refused(CallroomError):  # noqa: N818
    """The person may not; `code` is one of `REFUSALS`, `params` fill its sentence in their language."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, str | int] = params

    def __str__(self) -> str:
        """The code and its parameters, for a log."""
        return " ".join([self.code, *(f"{name}={value!r}" for name, value in self.params.items())])


FAULTS: dict[str, str] = {
    "frame_too_long": "A frame is longer than the limit in force.",
    "bad_frame": "A frame is empty, cut short, or neither a JSON object nor a chunk.",
    "bad_message": "The JSON is malformed, or not a message of this protocol; the field is named.",
    "bad_text": "A text is not valid UTF-8, or has half of a surrogate pair.",
    "buffers_full": "Unfinished frames of all connections together take too much memory.",
    "tls_error": "TLS could not be agreed on, or was broken.",
}
"""Codes of a broken protocol: told in an `Error`, then the connection closes. Code -> meaning."""

REFUSALS: dict[str, str] = {
    "already_logged_in": "This connection has a name already.",
    "argument_is_option": "An argument of a runbook begins with `-`; arguments are never options.",
    "argument_path": "A path leads out of the folder that the runbook may use.",
    "argument_unfit": "An argument of a runbook is not what its parameter allows; that is named.",
    "bad_lang": "The language is not one the house speaks.",
    "bad_number": "A number is outside of what it may be; the field and the range are named.",
    "bad_query": "There is nothing in the query to search for.",
    "bad_token": "The token is unknown, used up, or its hold time is over.",
    "busy": "The house has too much to do for this just now; trying again later helps.",
    "id_order": "The id of a line is smaller than one that was stored before.",
    "ledger_down": "Nothing can be stored just now; nothing was.",
    "ledger_full": "Too much is waiting to be stored just now; nothing was.",
    "name_bad": "The name breaks a rule for names; the rule is named.",
    "name_taken": "Somebody has this name, or one that looks like it.",
    "no_such_menu": "There is no menu of this name.",
    "no_such_person": "Nobody of this name is here or was lately.",
    "no_runbooks": "The house has no runbooks.",
    "no_such_runbook": "There is no runbook of this name; those that there are, are named.",
    "no_such_room": "There is no room of this name.",
    "no_pages": "The house speaks HTTP nowhere, so that nothing can be handed out there.",
    "no_rooms_here": "This door cannot bring what others say: it has the robot alone.",
    "not_in_call": "There is no call with the robot.",
    "not_in_room": "This is possible only in a room one is in.",
    "not_logged_in": "This needs a name first.",
    "room_full": "The room holds as many people as it may.",
    "run_here_only": "Runbooks are run from this machine only.",
    "runbook_needs_account": "Only people with certain roles may run it, and there are no accounts yet.",
    "runbook_not_started": "The program of a runbook could not be started; the reason is named.",
    "runbook_usage": "A runbook was given too few or too many arguments; what it takes is named.",
    "runbooks_busy": "As many runbooks run already as may at once.",
    "text_empty": "There is nothing in the text.",
    "text_too_long": "The text has more characters than a line may have.",
    "to_yourself": "This is for somebody else, not for oneself.",
    "too_fast": "More was sent in a short time than is allowed.",
    "too_many_rooms": "One person is in as many rooms as they may be, or the house has as many as it may.",
    "topic_too_long": "The topic has more characters than a topic may have.",
    "unknown_command": "There is no such command.",
    "wrong_state": "This is not possible just now, in the state the session is in.",
}
"""Codes of what a person may not: told in an `Error`, and the session goes on. Code -> meaning."""

FAREWELLS: dict[str, str] = {
    "too_many_newcomers": "Too many at the door have not said a word that makes sense yet.",
    "first_byte": "Nothing at all was sent in time.",
    "first_word": "The robot was called, and for long nothing was said.",
    "frame_timeout": "A frame was begun and not finished in time.",
    "house_full": "The house has as many connections as it may have.",
    "idle": "Nothing was heard from the peer for too long.",
    "internal_error": "A mistake of the server's own; this session ends, what was acknowledged is kept.",
    "login_timeout": "No name was taken in time.",
    "quit": "As the person asked.",
    "server_restarts": "The server starts again; coming back with the token loses nothing.",
    "shutting_down": "The server closes.",
    "slow_reader": "The peer does not read what it is sent; coming back with the token loses nothing.",
    "taken_over": "The same person came back on another connection.",
    "buffers_full": "Unfinished frames of all connections together take too much memory.",
    "tls_error": "TLS could not be agreed on, or was broken.",
    "too_fast": "More was sent than is allowed, for too long.",
    "too_many_from_address": "Too many connections come from this address.",
    "wrong_door": "This door speaks another protocol than the peer.",
}
"""Codes of a `Bye`: why the server closes, besides `FAULTS`, which close as well. Code -> meaning."""
