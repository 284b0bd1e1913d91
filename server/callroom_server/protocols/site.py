"""The pages of a house: what it is and how to call it, whether it is well, its figures, and transcripts.

Nothing that was asked is ever shown back: a page holds what the house knows, not what the visitor sent.
"""

import hashlib
import html
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
from typing import Protocol as Interface

import msgspec

from callroom_server.codecs.http import Request
from callroom_server.codecs.ranges import Unsatisfiable, wanted
from callroom_server.config.settings import Watchers
from callroom_server.protocols.http import NO_CODE, Reply, Visitor, plain
from callroom_server.protocols.reach import ANYWHERE, commands
from callroom_words.words import Lang, Words

METHODS = "GET, HEAD, OPTIONS"
TARGET = re.compile(r"(?:https?://[^/?#]*)?(/[^?#]*)(?:\?[^#]*)?", re.IGNORECASE)
"""origin-form or absolute-form (RFC 9112, section 3.2): only the path counts here."""

TOKEN = re.compile(r"/transcripts/([A-Za-z0-9_-]{32})")

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#f2f2f2;color:#111;padding:.6rem;overflow-x:auto}"
)
POLICY = f"{NO_CODE}; style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"

ABOUT = Words(
    "{name} is a Callroom: a hotline and chat house for the terminal. A menu robot answers, and there are "
    "rooms to talk in.",
    "{name} 是一个 Callroom：终端里的热线与聊天室。接听的是菜单机器人，另有房间可以聊天。",
)
TO_CALL = Words("To call, type in a terminal:", "在终端输入以下命令即可拨入：")
NO_CALLS = Words("Ask whoever runs it how to call.", "拨入方式请询问管理员。")


class Kept(msgspec.Struct, frozen=True):
    """A transcript that was handed out: its text, its strong tag, and how many seconds it is still kept."""

    text: bytes
    tag: str
    left: int


class Facts(Interface):
    """What the pages are about."""

    def ready(self) -> str:
        """ "" if the house can take what callers say, or why not."""
        ...

    def figures(self) -> tuple[bytes, str]:
        """The figures as Prometheus reads them, and the type of that text."""
        ...

    def transcript(self, token: str) -> Kept | None:
        """The transcript of this token, if there is one."""
        ...

    def urls(self) -> list[str]:
        """Where the house listens."""
        ...


class Site:
    """Answers requests.

    Args:
        watchers: who may see the figures.
        hello: a line of the operator's own at the top of the page.
        answered: counts replies, by page and status.
    """

    def __init__(
        self,
        facts: Facts,
        name: str,
        lang: Lang,
        watchers: Watchers,
        hello: str,
        answered: Counter[tuple[str, int]],
    ) -> None:
        self._facts = facts
        self._name = name
        self._lang: Lang = lang
        self._watchers = watchers
        self._hello = hello
        self.answered = answered

    def faulted(self, status: int) -> None:
        """A request was no HTTP, or over a limit."""
        self.answered["fault", status] += 1

    def answer(self, request: Request, visitor: Visitor) -> Reply:
        """The reply to a request."""
        page, reply = self._route(request, visitor)
        self.answered[page, reply.status] += 1
        return reply

    def _route(self, request: Request, visitor: Visitor) -> tuple[str, Reply]:
        if request.method == "OPTIONS":
            return "options", Reply(200, b"", headers=(("Allow", METHODS),))
        if request.method not in ("GET", "HEAD"):
            known = request.method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT")
            return "method", plain(405 if known else 501, headers=(("Allow", METHODS),))
        target = TARGET.fullmatch(request.target)
        path = target[1] if target else ""
        if found := TOKEN.fullmatch(path):
            return "transcript", self._transcript(found[1], request)
        page: Callable[[Request, Visitor], Reply] | None = {
            "/": self._home,
            "/healthz": self._health,
            "/readyz": self._readiness,
            "/metrics": self._metrics,
        }.get(path)
        if page is None:
            return "none", plain(404)
        return path, page(request, visitor)

    def _home(self, request: Request, visitor: Visitor) -> Reply:
        lang = language(request.headers.get("accept-language", ""), self._lang)
        calls = [
            call
            for url in self._facts.urls()
            if not url.startswith("http://")
            for call in commands(_seen_from(url, visitor.local))
        ]
        rows = [f"<h1>{html.escape(self._name)}</h1>"]
        if self._hello:
            rows.append(f"<p>{html.escape(self._hello)}</p>")
        rows.append(f"<p>{html.escape(ABOUT.say(lang, name=self._name))}</p>")
        rows.append(f"<p>{html.escape((TO_CALL if calls else NO_CALLS).say(lang))}</p>")
        if calls:
            rows.append(f"<pre>{html.escape(chr(10).join(calls))}</pre>")
        page = (
            f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f"<title>{html.escape(self._name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            + "\n".join(rows)
            + "\n</body>\n</html>\n"
        )
        headers = (("Vary", "Accept-Language"), ("Content-Language", lang), ("Cache-Control", "no-cache"))
        return Reply(200, page.encode(), "text/html; charset=utf-8", headers, POLICY)

    def _health(self, request: Request, visitor: Visitor) -> Reply:
        return plain(200, "ok", FRESH)

    def _readiness(self, request: Request, visitor: Visitor) -> Reply:
        reason = self._facts.ready()
        return plain(503, reason, FRESH) if reason else plain(200, "ready", FRESH)

    def _metrics(self, request: Request, visitor: Visitor) -> Reply:
        if self._watchers == "nobody" or (self._watchers == "loopback" and not _is_here(request, visitor)):
            return plain(403, headers=FRESH)
        text, kind = self._facts.figures()
        return Reply(200, text, kind, FRESH)

    def _transcript(self, token: str, request: Request) -> Reply:
        kept = self._facts.transcript(token)
        if kept is None:
            return plain(404, headers=FRESH)
        tag = f'"{kept.tag}"'
        headers = [
            ("ETag", tag),
            ("Accept-Ranges", "bytes"),
            ("Cache-Control", f"private, no-transform, max-age={kept.left}"),
            ("X-Robots-Tag", "noindex"),
        ]
        if tag in [
            one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")
        ]:
            return Reply(304, b"", headers=tuple(headers))
        span = None
        if request.method == "GET" and request.headers.get("if-range", tag) == tag:
            try:
                span = wanted(request.headers.get("range", ""), len(kept.text))
            except Unsatisfiable:
                return plain(416, headers=(*headers, ("Content-Range", f"bytes */{len(kept.text)}")))
        if span is None:
            return Reply(200, kept.text, headers=tuple(headers))
        first, stop = span
        headers.append(("Content-Range", f"bytes {first}-{stop - 1}/{len(kept.text)}"))
        return Reply(206, kept.text[first:stop], headers=tuple(headers))


FRESH = (("Cache-Control", "no-store"),)


def language(accepted: str, otherwise: Lang) -> Lang:
    """The language that `Accept-Language` prefers of ours (RFC 9110, section 12.5.4)."""
    best, chosen = 0.0, otherwise
    for part in accepted.split(",")[:32]:
        tag, _, quality = part.partition(";")
        weight = re.fullmatch(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", quality, re.ASCII)
        rank = float(weight[1]) if weight else 0.0 if quality.strip() else 1.0
        primary = tag.strip().lower().partition("-")[0]
        if rank > best and primary in ("en", "zh"):
            best, chosen = rank, "zh" if primary == "zh" else "en"
    return chosen


def _seen_from(url: str, local: str) -> str:
    """A listener's URL as this visitor can call it: what listens everywhere, at the address reached."""
    scheme, _, rest = url.partition("://")
    host, _, port = rest.rpartition(":")
    here, _, _ = local.rpartition(":")
    if host.strip("[]") in ANYWHERE and here and (":" in host) == (":" in here):
        return f"{scheme}://{here}:{port}"
    return url


def _is_here(request: Request, visitor: Visitor) -> bool:
    """Whether someone on this machine asks, and not through a proxy, nor a page of another site in a browser.

    Such a page can reach loopback under a name of its own (DNS rebinding); then `Host` has that name.
    """
    headers = request.headers
    if "forwarded" in headers or "x-forwarded-for" in headers or "via" in headers:
        return False
    if visitor.peer.startswith("unix"):
        return True
    host = re.sub(r":\d*$", "", headers.get("host", "")).strip("[]")
    return _is_loopback(visitor.peer.rpartition(":")[0].strip("[]")) and (
        host in ("", "localhost") or _is_address(host)
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ip_address(host).is_loopback
