"""Opens many connections at once, says something on each, and counts who was answered.

python examples/many.py [HOST PORT [CLIENTS]]
"""

import resource
import socket
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8000")
clients = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # each connection is a descriptor
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
crowd = [socket.create_connection((host, int(port))) for _ in range(clients)]
for number, sock in enumerate(crowd):
    sock.sendall(f"client {number}".encode())
answered = sum(sock.recv(1024) == f"CLIENT {number}".encode() for number, sock in enumerate(crowd))
for sock in crowd:
    sock.close()
print(f"{answered} of {clients} were answered")
