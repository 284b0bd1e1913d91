"""Requests that no server may take: each with the status that refuses it, for every test of HTTP."""

HOST = b"Host: here\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: here\r\n\r\n"

FAULTY: dict[str, tuple[bytes, int]] = {
    "length and chunks": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "chunks and length": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        400,
    ),
    "two lengths": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n", 400),
    "the same length twice": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\ncontent-length: 0\r\n\r\n",
        400,
    ),
    "a list of lengths": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1, 2\r\n\r\n", 400),
    "a signed length": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +4\r\n\r\n", 400),
    "a negative length": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
    "a hexadecimal length": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 0x10\r\n\r\n", 400),
    "a length with a space inside": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1 0\r\n\r\n", 400),
    "an endless length": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 99 + b"\r\n\r\n", 400),
    "a body that is too long": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 65537\r\n\r\n", 413),
    "chunks that are too long": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n10001\r\n" + b"x" * 65537,
        413,
    ),
    "an unknown coding": (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    "chunked and another": (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, x\r\n\r\n", 501),
    "an obscured coding": (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n", 501),
    "two codings": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        501,
    ),
    "chunks in 1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "a chunk's bad size": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + SMUGGLED,
        400,
    ),
    "a chunk's negative size": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + SMUGGLED,
        400,
    ),
    "a chunk without its end (CVE-2025-43859)": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n1\r\naXX0\r\n\r\n" + SMUGGLED,
        400,
    ),
    "a space before the colon": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length : 4\r\n\r\nabcd", 400),
    "a folded line": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
    "a folded coding": (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding:\r\n\tchunked\r\n\r\n", 400),
    "a line before the headers that is folded": (b"GET / HTTP/1.1\r\n " + HOST + b"\r\n", 400),
    "a NUL in a value": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n", 400),
    "a NUL in the target": (b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a bare CR": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rTransfer-Encoding: chunked\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST + b"Host: there\r\n\r\n", 400),
    "a space in the target": (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "other than ASCII in the target": ("GET /话 HTTP/1.1\r\n".encode() + HOST + b"\r\n", 400),
    "no target": (b"GET HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "another version": (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "HTTP/0.9": (b"GET / HTTP/0.9\r\n\r\n", 505),
    "a header without a colon": (b"GET / HTTP/1.1\r\n" + HOST + b"nothing\r\n\r\n", 400),
    "a header without a name": (b"GET / HTTP/1.1\r\n" + HOST + b": nothing\r\n\r\n", 400),
    "a name with a bad letter": (b"GET / HTTP/1.1\r\n" + HOST + b"X(y): z\r\n\r\n", 400),
    "a head that is too long": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 17_000 + b"\r\n\r\n", 431),
    "a head without an end": (b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 4000, 431),
    "a request line without an end": (b"GET /" + b"a" * 17_000, 414),
    "a request line that is too long": (b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "noise": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
}  # fmt: skip
