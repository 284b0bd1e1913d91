"""What the kernel calls both ends of a connection while it begins and ends (Linux: TCP_INFO).

python examples/handshake.py
"""

import socket

STATES = {1: "ESTABLISHED", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 7: "CLOSE", 8: "CLOSE_WAIT", 10: "LISTEN"}


def told(when: str, *socks: socket.socket) -> None:
    """Prints the state of each."""
    numbers = [sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] for sock in socks]
    print(f"{when}: {', '.join(STATES.get(number, str(number)) for number in numbers)}")


with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
    told("listener, client", listener, client)
    client.connect(listener.getsockname())
    told("connected, before accept", listener, client)
    server, _ = listener.accept()
    with server:
        told("accepted", server, client)
        client.shutdown(socket.SHUT_WR)
        assert server.recv(64) == b""  # their FIN is here
        told("the client has finished", server, client)
        server.shutdown(socket.SHUT_WR)
        assert client.recv(64) == b""
        told("both have", server, client)
