"""Proves that it knows the key, without sending it; then each line comes back in upper case.

python examples/legitimacy.py [HOST PORT [KEY]]
"""

import hmac
import socket
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "9999")
key = sys.argv[3] if len(sys.argv) > 3 else "callroom lab"
with socket.create_connection((host, int(port))) as sock:
    nonce = sock.recv(32)
    sock.sendall(hmac.digest(key.encode(), nonce, "md5"))
    while line := input(">>: "):
        sock.sendall(line.encode())
        try:
            answer = sock.recv(1024)
        except ConnectionError:
            answer = b""
        if not answer:
            sys.exit("closed: this is not the key")
        print(answer.decode())
