"""Letters: each line is one datagram, and its answer is another. Nobody promises that either arrives.

python examples/datagrams.py [HOST PORT]
"""

import socket
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8000")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(5)
    while line := input(">>: "):
        sock.sendto(line.encode(), (host, int(port)))
        try:
            data, sender = sock.recvfrom(65535)
        except TimeoutError:
            print("lost: the question, or the answer")
        else:
            print(f"{data.decode()} (from {sender[0]}:{sender[1]})")
