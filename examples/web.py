"""A browser in a few lines: asks for a page, reads the head up to the empty line, then as much as it says.

python examples/web.py [HOST PORT]
"""

import socket
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8080")
with socket.create_connection((host, int(port))) as sock, sock.makefile("rb") as answer:
    sock.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    status = answer.readline().decode().strip()
    headers: dict[str, str] = {}
    while line := answer.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    page = answer.read(int(headers["content-length"]))
print(status)
print(page.decode())
