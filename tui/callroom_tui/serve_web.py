"""`callroom serve-web`: the screen in a browser, on this machine only."""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.server import Server

from callroom_words.options import LANG, Command, Option, UsageError, language, read, usage
from callroom_words.words import Words

SERVE_WEB = Command(
    "serve-web",
    Words(
        "The screen in a browser of this machine, without a password: whoever may open the page may use it.",
        "在本机浏览器中使用全屏客户端。没有密码：能打开网页的人就能使用。",
    ),
    (("[URL]", Words("the server to call, as for callroom chat", "要连接的服务器，同 callroom chat")),),
    (Option("--port", Words("the port of the page (8890)", "网页端口（8890）"), "PORT"), LANG),
)
DEFAULT_PORT = 8890
HOST = "127.0.0.1"
"""Loopback only: each visitor runs a process of ours, and there is no login to the page."""
TEMPLATES = Path(__file__).parent / "web"
NAMES = (HOST, "localhost")
BAD_PORT = Words(
    "--port must be a number from 1 to 65535: {given}", "--port 必须是 1 到 65535 的数字：{given}"
)
SERVING = Words(
    "Callroom is at http://{host}:{port} (Ctrl+C ends it)",
    "Callroom 已就绪：http://{host}:{port}（Ctrl+C 结束）",
)
TAKEN = Words(
    "callroom serve-web: port {port} cannot be had ({why}): choose another with --port",
    "callroom serve-web：端口 {port} 不可用（{why}）：请用 --port 另选",
)


class LocalServer(Server):
    """textual-serve's server, that answers only pages of its own.

    A page from elsewhere could open a WebSocket to 127.0.0.1 (RFC 6455 section 10.2 leaves that to the
    server), or reach it under a name of its own (DNS rebinding): so both Host and Origin have to be ours.
    """

    said = ""
    """What to say once it listens."""

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._only_ours)
        return app

    @web.middleware
    async def _only_ours(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        ours = {f"{name}:{self.port}" for name in NAMES}
        origin = request.headers.get("Origin")
        if request.headers.get("Host") not in ours or (
            origin is not None and origin.removeprefix("http://") not in ours
        ):
            raise web.HTTPForbidden(text="Only pages of this machine are answered here.\n")
        return await handler(request)

    async def on_startup(self, app: web.Application) -> None:
        """Says nothing yet: textual-serve's own words come a moment before it listens."""

    def serve(self, debug: bool = False) -> None:
        """Serves until SIGINT or SIGTERM, and says where it is once it listens.

        Raises:
            OSError: the port cannot be had.
        """
        self.debug = debug
        self.initialize_logging()
        # aiohttp calls `print` when all its sockets listen, and no hook of an application as late as that.
        web.run_app(self._make_app(), host=self.host, port=self.port, print=self._announce)

    def _announce(self, *_: object) -> None:
        print(self.said, flush=True)


def serve_web(argv: Sequence[str]) -> int:
    """Runs `callroom serve-web`; the exit code."""
    lang = language(argv, os.environ)
    try:
        line = read(SERVE_WEB, argv)
        given = line.value("port") or str(DEFAULT_PORT)
        if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
            raise UsageError(BAD_PORT.fill(given=ascii(given)))
    except UsageError as error:
        print(error.told(SERVE_WEB, lang), file=sys.stderr)
        return 2
    if line.help:
        print(usage(SERVE_WEB).say(lang))
        return 0
    port = int(given)
    command = [sys.executable, "-m", "callroom.main", "chat", *line.arguments, "--lang", lang]
    try:
        server = LocalServer(shlex.join(command), HOST, port, "Callroom", templates_path=TEMPLATES)
        server.said = SERVING.say(lang, host=HOST, port=port)
        server.serve()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)  # asyncio says the port again
        print(TAKEN.say(lang, port=port, why=why), file=sys.stderr)
        return 1
    return 0
