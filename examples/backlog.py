"""Connects to a listener that never accepts, until its queue is full and nobody answers any more.

python examples/backlog.py [BACKLOG [CLIENTS]]
"""

import errno
import socket
import sys

backlog, clients = int(sys.argv[1]) if len(sys.argv) > 1 else 2, int(sys.argv[2]) if len(sys.argv) > 2 else 5
with socket.create_server(("127.0.0.1", 0), backlog=backlog) as listener:
    callers = [socket.socket() for _ in range(clients)]
    for number, caller in enumerate(callers, 1):
        caller.settimeout(0.2)
        failed = caller.connect_ex(listener.getsockname())
        print(f"client {number}: {errno.errorcode[failed] + ' after 0.2 s' if failed else 'connected'}")
    for caller in callers:
        caller.close()
