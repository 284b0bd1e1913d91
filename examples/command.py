"""Remote commands: the answer's length comes first, in four bytes, then the output in GBK. `quit` ends.

python examples/command.py [HOST PORT]
"""

import socket
import struct
import sys


def read(sock: socket.socket, size: int) -> bytes:
    """Exactly so many bytes, however often recv has to be asked."""
    data = b""
    while len(data) < size:
        piece = sock.recv(min(1024, size - len(data)))
        if not piece:
            raise ConnectionError("the server closed in the middle of an answer")
        data += piece
    return data


host, port = sys.argv[1:3] if len(sys.argv) > 2 else ("127.0.0.1", "8001")
with socket.create_connection((host, int(port))) as sock:
    while (command := input(">>: ").strip()) != "quit":
        if not command:
            continue
        sock.sendall(command.encode())
        (size,) = struct.unpack("i", read(sock, 4))
        print(read(sock, size).decode("gbk"))
