"""A process that has imported the server and forks one for each request: a start costs 30 ms instead of 800.

What is forked runs the command line of `callroom` from its beginning to its end, and is a process of its own
to kill. Run by `house_support.Nursery`; its standard input is a socket on which requests come as JSON, each
with the two descriptors that the child gets as stdout and stderr.
"""

import gc
import os
import resource
import signal
import socket
import sys
import traceback

import msgspec

import callroom_server.app.menus
import callroom_server.cli.serve
import house_faults
from callroom.main import main
from callroom_wire import names

REQUEST_BYTES = 65536


class Bear(msgspec.Struct, tag=True):
    """Start a server with limits of setrlimit(2), and with a fault of `house_faults` put in."""

    argv: list[str]
    fault: str = ""
    soft: dict[str, int] = {}
    hard: dict[str, int] = {}


class Await(msgspec.Struct, tag=True):
    """Wait for the end of a child; answered with its exit code, negative for a signal."""

    pid: int


def child(request: Bear) -> None:
    """Becomes the server; does not return."""
    code = 70
    # Opened anew: the ones from before the fork remember whether they were files, pipes or terminals.
    sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
    try:
        for limit in {**request.soft, **request.hard}:
            number: int = getattr(resource, limit)
            ceiling = request.hard.get(limit, resource.getrlimit(number)[1])
            resource.setrlimit(number, (request.soft.get(limit, ceiling), ceiling))
        if request.fault:
            getattr(house_faults, request.fault)()
        code = main(request.argv)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def serve(control: socket.socket) -> None:
    """Answers requests until the other side is gone, and lets nobody outlive it."""
    requests: msgspec.json.Decoder[Bear | Await] = msgspec.json.Decoder(Bear | Await)
    children: set[int] = set()
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, REQUEST_BYTES, 2)
        if not data:
            break
        request = requests.decode(data)
        if isinstance(request, Await):
            _, status = os.waitpid(request.pid, 0)
            children.discard(request.pid)
            control.send(msgspec.json.encode(os.waitstatus_to_exitcode(status)))
            continue
        pid = os.fork()
        if pid == 0:
            control.close()
            silence = os.open(os.devnull, os.O_RDWR)
            for number, descriptor in enumerate((silence, *descriptors)):
                os.dup2(descriptor, number)
            for descriptor in (silence, *descriptors):
                os.close(descriptor)
            child(request)
        children.add(pid)
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(msgspec.json.encode(pid))
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    # Tables that are read when they are first used are read before the first fork.
    names.skeleton(names.canonical("warm"))
    callroom_server.app.menus.shipped_menus()
    callroom_server.cli.serve.usage(callroom_server.cli.serve.SERVE)
    gc.freeze()
    serve(socket.socket(fileno=os.dup(0)))
