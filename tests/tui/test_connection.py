"""The connection panel says nothing that the socket has not done."""

from callroom_client.events import SocketOpened, Stage, StageChanged
from callroom_client.model.model import Model
from callroom_tui.handshake import Handshake
from callroom_tui.widgets.connection import diagram


def drawn(address: str, family: str, peer: str) -> str:
    model, handshake = Model(), Handshake()
    opened = SocketOpened(at=1.0, descriptor=3, family=family, local=peer, peer=peer)
    for event in (StageChanged(at=0.0, stage=Stage.CONNECTING, address=address), opened):
        model.apply(event)
        handshake.apply(event)
    return diagram(model.connection, handshake, "en", 40).plain


def test_tcp_shows_the_packets_that_have_passed() -> None:
    said = drawn("tcp://127.0.0.1:8888", "AF_INET", "127.0.0.1:8888")
    assert said.count("✓") == 4  # SYN, SYN-ACK, ACK, open
    assert "FIN" in said


def test_a_unix_socket_has_no_packets_to_show() -> None:
    said = drawn("unix:///run/callroom/house.sock", "AF_UNIX", "unix:/run/callroom/house.sock")
    assert "SYN" not in said
    assert "Unix socket" in said
    assert max(map(len, said.splitlines())) <= 40
