"""Remote commands over UDP: one datagram there, one back. What does not fit is cut. `quit` ends.

python examples/command_udp.py [HOST PORT]
"""

import socket
import sys

host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8001")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(35)  # a runbook may take 30 s
    while (command := input(">>: ").strip()) != "quit":
        sock.sendto(command.encode(), (host, int(port)))
        data, _ = sock.recvfrom(65535)
        print(data.decode("gbk"))
