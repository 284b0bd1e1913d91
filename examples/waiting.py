"""Three ways to wait for bytes that do not come yet: not at all, for a while, and for as long as it takes.

python examples/waiting.py
"""

import socket
import threading

with socket.create_server(("127.0.0.1", 0)) as listener:
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
with client, server:
    for seconds in (0, 0.2):
        server.settimeout(seconds)
        try:
            server.recv(64)
        except OSError as error:
            print(f"settimeout({seconds}): {type(error).__name__}, errno {error.errno}")
    server.settimeout(None)
    threading.Timer(0.3, client.sendall, [b"at last"]).start()
    print(f"settimeout(None): {server.recv(64).decode()}")
