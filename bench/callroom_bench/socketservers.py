"""The echo in upper case as the standard library's `socketserver` does it: a thread or a process a client.

    python -m callroom_bench.socketservers threading|forking

Prints `listening PORT` and serves until it is terminated: what `callroom lab compare` measures ours beside.
"""

import socket
import socketserver
import sys

BACKLOG = 1024
"""As ours; the default of 5 would have a thousand clients wait for retransmitted handshakes."""


class Upper(socketserver.BaseRequestHandler):
    """One client, from the first byte to the last."""

    request: socket.socket

    def handle(self) -> None:
        """Answers until the client leaves."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := self.request.recv(65536):
            self.request.sendall(data.decode().upper().encode())


class Threading(socketserver.ThreadingTCPServer):
    """A thread for each client."""

    daemon_threads = True
    request_queue_size = BACKLOG


class Forking(socketserver.ForkingTCPServer):
    """A process for each client."""

    request_queue_size = BACKLOG
    max_children = 10_000


SERVERS: dict[str, type[socketserver.TCPServer]] = {"threading": Threading, "forking": Forking}


def main(kind: str) -> None:
    """Serves."""
    with SERVERS[kind](("127.0.0.1", 0), Upper) as server:
        print(f"listening {server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
