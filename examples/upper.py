"""A conversation over TCP: each line that is typed comes back in upper case. An empty line ends it.

python examples/upper.py [HOST PORT]
"""

import socket
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8000")
with socket.create_connection((host, int(port))) as sock:
    while line := input(">>: "):
        sock.sendall(line.encode())
        print(sock.recv(1024).decode())
