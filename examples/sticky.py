"""Sends hello, world and egon in three calls, and shows what the server's recv of five bytes made of them.

python examples/sticky.py [HOST PORT]
"""

import socket
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8002")
with socket.create_connection((host, int(port))) as sock:
    for word in (b"hello", b"world", b"egon"):
        sock.send(word)
    sock.shutdown(socket.SHUT_WR)  # nothing more will come: the server answers what it has and closes
    with sock.makefile() as lines:
        for line in lines:
            print("one recv:", line, end="")
