"""The screen in a browser: the page is whole by itself, and only pages of this machine are answered."""

import http.client
import os
import signal
import socket
import subprocess
import sys

from house_support import ENVIRON, PATIENCE


def test_only_pages_of_this_machine_are_answered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "callroom.main", "serve-web", "--port", str(port), "--lang", "en"]
    with subprocess.Popen(argv, env=ENVIRON, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert f"http://127.0.0.1:{port}".encode() in process.stdout.readline()
            status, page = asked(port, {})
            assert status == 200
            assert "CALLROOM" in page
            assert "https://" not in page  # nothing comes from anywhere else
            assert asked(port, {"Origin": f"http://localhost:{port}"})[0] == 200
            assert asked(port, {"Origin": "http://evil.example"})[0] == 403
            assert asked(port, {"Host": "evil.example"})[0] == 403
            assert asked(port, {"Host": f"127.0.0.1:{port + 1}"}, "/ws")[0] == 403
        finally:
            os.kill(process.pid, signal.SIGINT)
            process.wait(PATIENCE)


def asked(port: int, headers: dict[str, str], path: str = "/") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_wrong_port_is_told() -> None:
    argv = [sys.executable, "-m", "callroom.main", "serve-web", "--port", "99999"]
    done = subprocess.run(argv, env={**ENVIRON, "CALLROOM_LANG": "en"}, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"--port must be a number" in done.stderr
