"""What `/doctor` tells of a client: what it sends, and what was agreed with it."""

from callroom_server.codecs import telnet as t
from callroom_server.protocols.text.input import Reading
from callroom_server.protocols.text.phrases import DoorReader
from callroom_server.protocols.text.screen import Screen


def diagnosis(reader: DoorReader, reading: Reading, screen: Screen) -> list[tuple[str, str]]:
    """Rows of what and how it is."""
    say, telnet = reader.say, reading.telnet
    agreed = [
        f"{name} ({side})"
        for option, name in t.OPTION_NAMES.items()
        for side, on in (("server", telnet.ours(option)), ("client", telnet.theirs(option)))
        if on
    ]
    unknown = say("doctor_unknown", width=screen.columns)
    size = f"{screen.width} x {screen.height}" if screen.width else unknown
    echo = "doctor_echo_here" if reading.editor is not None else "doctor_echo_there"
    return [
        (say("doctor_protocol"), say("doctor_telnet" if telnet.spoken else "doctor_raw")),
        (say("doctor_ending"), reading.ending.value),
        (say("doctor_echo"), say(echo)),
        (say("doctor_window"), size),
        (say("doctor_terminal"), reading.terminal or say("doctor_untold")),
        (say("doctor_encoding"), reading.encoding),
        (say("doctor_options"), ", ".join(agreed) or say("doctor_none")),
        (say("doctor_plain"), say("on" if reader.plain else "off")),
    ]
