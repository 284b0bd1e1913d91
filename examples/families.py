"""The same question by way of every address of a host, IPv4 and IPv6, or over a Unix socket.

python examples/families.py [HOST PORT | PATH]
"""

import socket
import sys

if len(sys.argv) == 2:
    ways = [(socket.AF_UNIX, sys.argv[1])]
else:
    host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("localhost", "8000")
    found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    ways = [(family, address) for family, _, _, _, address in found]
for family, address in ways:
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        try:
            sock.connect(address)
        except OSError as error:
            print(f"{family.name} {address}: {error.strerror}")
            continue
        sock.sendall(b"hello")
        print(f"{family.name} {address}: {sock.recv(1024).decode()}")
