"""Why a connection failed: codes with sentences, and who it is that answers if it is no Callroom."""

import re
import ssl

from callroom_wire.errors import TLSError
from callroom_words.words import Words

_BROKEN = Words(
    "What passed is not what Callroom's protocol allows: perhaps the two sides are of different versions.",
    "往来的数据不符合 Callroom 协议：双方的版本可能不同。",
)

FAULTS: dict[str, Words] = {
    **dict.fromkeys(("bad_frame", "bad_message", "bad_text", "frame_too_long"), _BROKEN),
    "speaks_http": Words(
        "A web server answers there, not a Callroom: check host and port.",
        "那里是网页服务器，不是 Callroom：请检查主机和端口。",
    ),
    "speaks_ssh": Words(
        "An SSH server answers there, not a Callroom: check host and port.",
        "那里是 SSH 服务器，不是 Callroom：请检查主机和端口。",
    ),
    "speaks_irc": Words(
        "An IRC server answers there, not a Callroom: check host and port.",
        "那里是 IRC 服务器，不是 Callroom：请检查主机和端口。",
    ),
    "speaks_text": Words(
        "Something answers there in plain text, not in Callroom's frames: check host and port.",
        "那里以纯文本应答，不是 Callroom 的帧：请检查主机和端口。",
    ),
    "speaks_tls": Words(
        "The server speaks TLS there: write tls:// instead of tcp://.",
        "那里使用 TLS：请把 tcp:// 换成 tls://。",
    ),
    "no_tls": Words(
        "The server speaks no TLS there: write tcp:// instead of tls://.",
        "那里不使用 TLS：请把 tls:// 换成 tcp://。",
    ),
    "tls_refused": Words(
        "The server refuses TLS there: perhaps it speaks none, then write tcp:// instead of tls://.",
        "那里拒绝 TLS：可能不使用 TLS，请把 tls:// 换成 tcp://。",
    ),
    "not_callroom": Words(
        "What answers there is no Callroom: check host and port.",
        "那里应答的不是 Callroom：请检查主机和端口。",
    ),
    "cert_expired": Words(
        "The server's certificate is no longer valid, or not yet: its operator has to renew it.",
        "服务器证书已过期或尚未生效：请联系管理员更新。",
    ),
    "cert_wrong_name": Words(
        "The server's certificate is for another name: write the host as the certificate has it.",
        "服务器证书不是给这个主机名的：请按证书上的名称填写主机。",
    ),
    "cert_untrusted": Words(
        "Nobody we trust has signed the server's certificate: name whom to trust with ?ca=FILE.",
        "服务器证书未经信任的机构签发：请用 ?ca=文件 指定信任的证书。",
    ),
    "unknown_host": Words(
        "The host is not known: check its name.",
        "找不到该主机：请检查主机名。",
    ),
    "connect_timeout": Words(
        "Nobody took the call in time, and the time-out for connect ended it: check host and port.",
        "没有及时接通，连接超时：请检查主机和端口。",
    ),
    "tls_error": Words(
        "The TLS connection broke: try again; if it stays so, ask whoever runs the server.",
        "TLS 连接出错：请重试；如仍出错，请询问服务器管理员。",
    ),
    "tls_timeout": Words(
        "The server did not finish the TLS handshake in time: perhaps it speaks none, then write tcp:// "
        "instead of tls://.",
        "服务器没有及时完成 TLS 握手：可能不使用 TLS，请把 tls:// 换成 tcp://。",
    ),
    "hello_timeout": Words(
        "Something accepted the call there, and said nothing that a Callroom says: check host and port.",
        "那里接通了，但没有发出 Callroom 的应答：请检查主机和端口。",
    ),
    "login_timeout": Words(
        "The server did not answer the login in time: it may be busy, so try again, or ask whoever runs it.",
        "服务器没有及时应答登录：可能正忙，请重试，或询问管理员。",
    ),
    "server_silent": Words(
        "Nothing was heard from the server for too long.",
        "太久没有收到服务器的任何消息。",
    ),
    "no_ack": Words(
        "The server did not acknowledge a line in time; it will be sent again.",
        "服务器没有及时确认一行消息；将重新发送。",
    ),
    "cut_short": Words(
        "The connection ended in the middle of a frame.",
        "连接在一个帧的中间断开。",
    ),
    "closed": Words(
        "The server closed the connection without a word: try again, or ask whoever runs it.",
        "服务器没有说明就关闭了连接：请重试，或询问管理员。",
    ),
    "hung_up": Words(
        "The server hung up as soon as we had said hello: perhaps it speaks TLS, then write tls://.",
        "刚问候就被挂断：那里可能使用 TLS，请改写 tls://。",
    ),
    "left": Words(
        "Closed from here.",
        "由本端关闭。",
    ),
    "fate_unknown": Words(
        "The server had forgotten this device before it acknowledged the line: "
        "look whether it arrived, and say it again if not.",
        "服务器在确认之前已不记得本设备：请查看这一行是否送达，未送达请重发。",
    ),
    "not_kept": Words(
        "The line could not be written down here, so it was not sent: make room on the disk.",
        "这一行无法写入本地，因此没有发送：请检查磁盘空间。",
    ),
}
"""The client's own codes in `StageChanged`, `Broken` and `Dropped`. Code -> what it means, what to do."""

SAMPLE_BYTES = 64
"""How much of what a stranger said is kept to be shown."""

_TLS_RECORD = re.compile(rb"[\x14-\x17]\x03[\x00-\x04]", re.DOTALL)  # RFC 8446 section 5.1
_IRC = re.compile(rb":[^ ]+ ([A-Z]+|\d{3}) |(NOTICE|ERROR|PING) ")
_TEXT = re.compile(
    rb"(\xff[\xfa-\xfe].)*[\t\r\n\x1b\x20-\x7e\x80-\xff]+", re.DOTALL
)  # perhaps after telnet options


def recognise(sample: bytes) -> str:
    """Who speaks like this instead of in frames, as one of `FAULTS`; `sample`: the first bytes that came."""
    if sample.startswith((b"HTTP", b"<!DO", b"<htm")):
        return "speaks_http"
    if sample.startswith(b"SSH-"):
        return "speaks_ssh"
    if _TLS_RECORD.match(sample):
        return "speaks_tls"
    if _IRC.match(sample):
        return "speaks_irc"
    if _TEXT.fullmatch(sample):
        return "speaks_text"
    return "not_callroom"


_EXPIRED = (
    9,
    10,
)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED (openssl-verification-options(1))
_WRONG_NAME = (62, 63, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, _EMAIL_MISMATCH, _IP_ADDRESS_MISMATCH


def tls_fault(fault: TLSError, sample: bytes) -> str:
    """Why TLS failed, as a code: the certificate, a peer that speaks none, or `tls_error`."""
    cause = fault.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        number: int = cause.verify_code
        if number in _EXPIRED:
            return "cert_expired"
        return "cert_wrong_name" if number in _WRONG_NAME else "cert_untrusted"
    if sample.startswith(b"\x15"):  # an alert, instead of the server's hello
        return "tls_refused"
    if sample and not _TLS_RECORD.match(sample):
        who = recognise(sample)
        return who if who in ("speaks_http", "speaks_ssh", "speaks_irc") else "no_tls"
    return fault.code
