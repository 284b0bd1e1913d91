"""The cure for sticky packets: each message goes with its length in front, and arrives as it was sent.

python examples/framed.py [HOST PORT]
"""

import socket
import struct
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8003")
with socket.create_connection((host, int(port))) as sock:
    for word in (b"hello", b"world", b"egon"):
        sock.sendall(struct.pack("i", len(word)) + word)
    sock.shutdown(socket.SHUT_WR)
    with sock.makefile() as lines:
        for line in lines:
            print("one message:", line, end="")
