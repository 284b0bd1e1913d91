"""`callroom udp`: speaks with the robot in datagrams, and shows what is lost, late, doubled or unanswered."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from callroom_client.udp_exchange import Exchange, Heard, Outcome
from callroom_wire.address import CALLING, Address, AddressError, parse
from callroom_wire.text import clean
from callroom_words.options import LANG, Command, Line, Option, UsageError, language, read, usage
from callroom_words.words import Lang, Words

DEFAULT_URL = "udp://127.0.0.1:8888"
TIMEOUT_SECONDS = 1.0
LONGEST_TIMEOUT = 60.0
TRIES = 3
MOST_TRIES = 20
MOST_IN_A_BURST = 100
"""Datagrams that `/burst` sends at once; the house answers ten a second."""

UDP = Command(
    "udp",
    Words(
        "Speaks with the robot in datagrams. Each is numbered; what is lost, late or doubled is shown.",
        "用数据报与机器人通话。每个数据报都有编号；丢失、迟到、重复都会显示。",
    ),
    arguments=(("[URL]", Words(f"the house ({DEFAULT_URL})", f"地址（{DEFAULT_URL}）")),),
    options=(
        Option("--timeout", Words("wait for an answer so long (1)", "等待应答的时间，秒（1）"), "SECONDS"),
        Option("--tries", Words("send each so often at most (3)", "每个最多发送几次（3）"), "N"),
        LANG,
    ),
)

HEAD = Words(
    "{url}: a cookie in {ms} ms. Type an entry; an empty line asks again; /burst N sends N at once.",
    "{url}：{ms} 毫秒取得 cookie。请输入；空行重听；/burst N 一次发 N 个。",
)
SENT = Words("-> [{number}] {size} bytes", "-> [{number}] {size} 字节")
AGAIN = Words(
    "-> [{number}] {size} bytes, try {nth}: no answer within {seconds} s",
    "-> [{number}] {size} 字节，第 {nth} 次：{seconds} 秒内没有应答",
)
ANSWERED = Words("<- [{number}] {size} bytes, {ms} ms", "<- [{number}] {size} 字节，{ms} 毫秒")
LATE = Words(
    "<- [{number}] {size} bytes: late, out of order",
    "<- [{number}] {size} 字节：迟到，次序颠倒",
)
DOUBLED = Words("<- [{number}] {size} bytes: a second time", "<- [{number}] {size} 字节：重复收到")
STRAY = Words("<- {size} bytes without a number of ours", "<- {size} 字节，不是我们的编号")
REFUSED = Words(
    "<- ICMP: nobody listens on that port (ECONNREFUSED)", "<- ICMP：该端口没有人监听（ECONNREFUSED）"
)
LOST = Words("!! [{number}] lost: {tries} sent, no answer", "!! [{number}] 丢失：发送 {tries} 次，没有应答")
NO_COOKIE = Words(
    "{url}: no cookie: {tries} greetings, no answer within {seconds} s each. Is a udp:// listener there?",
    "{url}：没有取得 cookie：问候 {tries} 次，每次 {seconds} 秒内都没有应答。那里有 udp:// 监听吗？",
)
TOTAL = Words(
    "{sent} sent ({again} again), {answered} answered, {lost} lost, {late} late, {doubled} doubled{rtt}",
    "发送 {sent}（重发 {again}），应答 {answered}，丢失 {lost}，迟到 {late}，重复 {doubled}{rtt}",
)
RTT = Words(
    "; round trip {least}/{mean}/{most} ms (least/mean/most)",
    "；往返 {least}/{mean}/{most} 毫秒（最小/平均/最大）",
)
BAD_SECONDS = Words(
    f"--timeout must be a number of seconds from 0.01 to {LONGEST_TIMEOUT:g}",
    f"--timeout 必须是 0.01 到 {LONGEST_TIMEOUT:g} 之间的秒数",
)
BAD_TRIES = Words(
    f"--tries must be a whole number from 1 to {MOST_TRIES}",
    f"--tries 必须是 1 到 {MOST_TRIES} 之间的整数",
)
BAD_BURST = Words(f"/burst N: N is from 1 to {MOST_IN_A_BURST}", f"/burst N：N 为 1 到 {MOST_IN_A_BURST}")
UNKNOWN_HOST = Words("{url}: the host is not known: {reason}", "{url}：无法解析主机：{reason}")


class Teller:
    """Shows what an exchange does, a line for each datagram."""

    def __init__(self, lang: Lang, show: Callable[[str], object]) -> None:
        self._lang: Lang = lang
        self._show = show

    def say(self, words: Words, **values: str | int) -> None:
        """Shows one sentence."""
        self._show(words.say(self._lang, **values))

    def sent(self, number: int, size: int, nth: int, seconds: float) -> None:
        """A datagram has left, the nth of this number."""
        if nth == 1:
            self.say(SENT, number=number, size=size)
        else:
            self.say(AGAIN, number=number, size=size, nth=nth, seconds=f"{seconds:g}")

    def heard(self, heard: Heard) -> None:
        """A datagram has come, or what ICMP told."""
        number, size = heard.number or 0, heard.size
        match heard.outcome:
            case Outcome.ANSWER:
                self.say(ANSWERED, number=number, size=size, ms=_ms(heard.seconds))
                self._show(clean(heard.text, multiline=True))
            case Outcome.LATE:
                self.say(LATE, number=number, size=size)
            case Outcome.DOUBLED:
                self.say(DOUBLED, number=number, size=size)
            case Outcome.STRAY:
                self.say(STRAY, size=size)
            case Outcome.REFUSED:
                self.say(REFUSED)

    def lost(self, number: int, tries: int) -> None:
        """No answer has come to any of so many."""
        self.say(LOST, number=number, tries=tries)

    def total(self, exchange: Exchange) -> None:
        """What it came to."""
        rtt = Words("", "")
        if times := exchange.round_trips:
            rtt = RTT.fill(least=_ms(min(times)), mean=_ms(sum(times) / len(times)), most=_ms(max(times)))
        words = TOTAL.fill(
            sent=exchange.sent,
            again=exchange.again,
            answered=exchange.answered,
            lost=exchange.lost,
            late=exchange.late,
            doubled=exchange.doubled,
            rtt=rtt,
        )
        self._show(words.say(self._lang))


def udp(argv: Sequence[str]) -> int:
    """Runs the command; the exit code: 0 done, 1 nobody answered, 2 wrong usage."""
    lang = language(argv, os.environ)
    try:
        line = read(UDP, argv)
        if line.help:
            print(usage(UDP).say(lang))
            return 0
        address, seconds, tries = _chosen(line)
    except UsageError as error:
        print(error.told(UDP, lang), file=sys.stderr)
        return 2
    except AddressError as error:
        print(UsageError(error.words).told(UDP, lang), file=sys.stderr)
        return 2
    teller = Teller(lang, print)
    try:
        sock = connected(address)
    except OSError as error:
        reason = error.strerror or str(error)
        print(UNKNOWN_HOST.say(lang, url=str(address), reason=reason), file=sys.stderr)
        return 1
    with sock:
        exchange = Exchange(sock, teller, seconds, tries, time.monotonic)
        took = exchange.greet()
        if took is None:
            words = NO_COOKIE.fill(url=str(address), tries=tries, seconds=f"{seconds:g}")
            print(words.say(lang), file=sys.stderr)
            return 1
        teller.say(HEAD, url=str(address), ms=_ms(took))
        with suppress(KeyboardInterrupt):  # the figures are still to be shown
            exchange.ask("")
            for entry in _entries():
                converse(exchange, teller, entry)
        teller.total(exchange)
    return 0


def converse(exchange: Exchange, teller: Teller, entry: str) -> None:
    """Does what one line asks for."""
    word, _, rest = entry.partition(" ")
    if word != "/burst":
        exchange.ask(entry)
    elif rest.isascii() and rest.isdigit() and 1 <= int(rest[:9]) <= MOST_IN_A_BURST:
        exchange.burst(int(rest))
    else:
        teller.say(BAD_BURST)


def connected(address: Address) -> socket.socket:
    """A UDP socket that sends there, and hears from there alone: also when nobody listens.

    Raises:
        OSError: the host is not known, or there is no way to it.
    """
    family, kind, protocol, _, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)[
        0
    ]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.connect(where)
    except OSError:
        sock.close()
        raise
    return sock


def _chosen(line: Line) -> tuple[Address, float, int]:
    address = parse(line.arguments[0] if line.arguments else DEFAULT_URL, ("udp",), CALLING)
    try:
        seconds = float(line.value("timeout") or TIMEOUT_SECONDS)
    except ValueError:
        raise UsageError(BAD_SECONDS) from None
    if not 0.01 <= seconds <= LONGEST_TIMEOUT:  # NaN is not, either
        raise UsageError(BAD_SECONDS)
    tries = line.value("tries") or str(TRIES)
    if not (tries.isascii() and tries.isdigit() and 1 <= int(tries[:9]) <= MOST_TRIES):
        raise UsageError(BAD_TRIES)
    return address, seconds, int(tries)


def _entries() -> Iterator[str]:
    """Lines of the standard input, edited by readline where a terminal is."""
    with suppress(EOFError):
        while True:
            yield input("> " if sys.stdin.isatty() else "").strip()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"
