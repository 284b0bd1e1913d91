"""Calls the 10086 robot: it speaks first, then each line is an entry. `exit` hangs up.

python examples/robot.py [HOST PORT]
"""

import socket
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8888")
with socket.create_connection((host, int(port))) as sock:
    print(sock.recv(1024).decode())
    while True:
        entry = input(">>: ").strip()
        if not entry:  # nothing would be sent, and no answer would come
            continue
        sock.sendall(entry.encode())
        if entry == "exit":
            break
        print(sock.recv(1024).decode())
