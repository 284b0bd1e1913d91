"""Address families: the same calls with an address of IPv4, of IPv6, and with a path."""

import socket
import tempfile
from pathlib import Path

from callroom_client.lab.experiments.parties import HOST, sent_all
from callroom_client.lab.parameters import Choice, Parameter, Text, Values
from callroom_client.lab.recorder import Address, Recorder
from callroom_client.lab.steps import Side
from callroom_words.words import Words

PARAMETERS: tuple[Parameter, ...] = (
    Choice(
        "family",
        Words("family", "地址族"),
        "unix",
        (
            ("inet", Words("AF_INET", "AF_INET")),
            ("inet6", Words("AF_INET6", "AF_INET6")),
            ("unix", Words("AF_UNIX", "AF_UNIX")),
        ),
    ),
    Text("text", Words("text", "文字"), "hello", 200),
)
TOLD = Words(
    "The same calls as ever; only the address looks different: {address}",
    "调用还是那些，只有地址的样子不同：{address}",
)


def run(lab: Recorder, values: Values) -> tuple[Words, ...]:
    """One message there, and one back."""
    with tempfile.TemporaryDirectory(prefix="callroom-lab-") as folder:
        match values.text("family"):
            case "inet":
                return talk(lab, values, socket.AF_INET, (HOST, 0))
            case "inet6":
                return talk(lab, values, socket.AF_INET6, ("::1", 0))
            case _:
                return talk(lab, values, socket.AF_UNIX, str(Path(folder) / "lab.sock"))


def talk(lab: Recorder, values: Values, family: socket.AddressFamily, address: Address) -> tuple[Words, ...]:
    """The conversation in one family."""
    listener = lab.open(Side.SERVER, "listener", family=family)
    listener.bind(address)
    listener.listen(1)
    there = listener.address()
    client = lab.open(Side.CLIENT, "client", family=family)
    client.connect(there)
    server = listener.accept("conn")
    sent_all(client, values.encoded("text"))
    sent_all(server, server.recv(256).upper())
    client.recv(256)
    for one in (client, server, listener):
        one.close()
    return (TOLD.fill(address=repr(there)),)
