"""Every limit of the house with its default, its range and its reason, named once."""

from typing import Annotated

import msgspec

KIB = 1024
MIB = 1024 * KIB


def _limit(least: float, most: float, why: str) -> msgspec.Meta:
    return msgspec.Meta(ge=least, le=most, description=why)


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one peer, one room and the house may use; `[limits]` in callroom.toml overrides each.

    A name ends in its unit. Seconds are monotonic and, unless the reason says otherwise, absolute: bytes that
    arrive in between do not start them anew. The ranges hold for what an operator writes; code that makes
    `Limits(...)` itself may go beyond them.
    """

    # --- who may come in ------------------------------------------------------------------------------------

    first_byte_seconds: Annotated[
        float, _limit(0.1, 600, "a framed listener closes whoever has sent nothing by then")
    ] = 5.0
    text_greeting_seconds: Annotated[
        float,
        _limit(
            0, 10, "a person's terminal is silent until greeted; a program sends its first byte well before"
        ),
    ] = 0.3
    first_word_seconds: Annotated[
        float,
        _limit(1, 86_400, "who calls the robot and never says anything makes room for another newcomer"),
    ] = 300.0
    tls_handshake_seconds: Annotated[
        float, _limit(0.1, 600, "a stalled handshake holds a descriptor and an SSL object")
    ] = 5.0
    login_seconds: Annotated[
        float, _limit(1, 3600, "a framed client says hello and logs in, or makes room for another")
    ] = 20.0
    frame_seconds: Annotated[
        float,
        _limit(1, 3600, "from a frame's first byte to its last: one byte a second holds no buffer for ever"),
    ] = 30.0
    unauthenticated_connections: Annotated[
        int, _limit(1, 1_000_000, "connections that have not logged in; beyond it each new one is refused")
    ] = 256
    unauthenticated_drop_from: Annotated[
        int,
        _limit(
            0,
            1_000_000,
            "from here on new ones are dropped at random, more the fuller it is: a flood drops mostly itself",
        ),
    ] = 64
    connections_per_address: Annotated[
        int,
        _limit(
            1,
            1_000_000,
            "per IPv4 address or IPv6 /64, so that one host cannot be everyone; loopback is exempt",
        ),
    ] = 16
    descriptors_reserved: Annotated[
        int,
        _limit(
            16,
            1_000_000,
            "kept for ledger, logs and workers: connections get the descriptor limit less these",
        ),
    ] = 128
    accepts_per_wake: Annotated[
        int, _limit(1, 10_000, "a storm of newcomers waits a pass; those inside are served in between")
    ] = 64

    # --- reading --------------------------------------------------------------------------------------------

    bytes_per_pass: Annotated[
        int, _limit(4 * KIB, MIB, "one recv; of one connection, then the others have their turn")
    ] = 64 * KIB
    text_bytes_per_pass: Annotated[
        int, _limit(64, MIB, "the same of text doors and newcomers: what is typed costs more a byte")
    ] = 2 * KIB
    frame_bytes_before_login: Annotated[
        int, _limit(KIB, 16 * MIB - 1, "a stranger's frame; checked before anything is allocated")
    ] = 16 * KIB
    frame_bytes: Annotated[
        int,
        _limit(
            16 * KIB,
            16 * MIB - 1,
            "below 2^24 a frame's first byte is always 0x00, which tells the framed door",
        ),
    ] = 64 * KIB
    line_bytes: Annotated[
        int, _limit(64, MIB, "a text door's line; what a terminal sends without a line ending is cut here")
    ] = 1024
    receive_buffers_bytes: Annotated[
        int,
        _limit(
            MIB, 64 * 1024 * MIB, "all that was received and not yet handled, of all connections together"
        ),
    ] = 256 * MIB
    datagram_bytes: Annotated[
        int,
        _limit(
            64,
            65_507,
            "one datagram, either way; 1,200 pass every link in one piece (the least MTU of IPv6 is 1,280)",
        ),
    ] = 1200
    datagrams_per_wake: Annotated[
        int, _limit(1, 10_000, "of one socket, then the others have their turn; the kernel keeps the rest")
    ] = 64
    datagram_calls: Annotated[
        int, _limit(1, 1_000_000, "open at one datagram socket; beyond it no new one begins")
    ] = 1000
    datagram_call_seconds: Annotated[
        float,
        _limit(1, 86_400, "who has sent nothing for so long has gone: nobody hangs up over UDP"),
    ] = 120.0
    datagram_replies_per_second: Annotated[
        float,
        _limit(
            0.1, 1_000_000, "to one IPv4 address or IPv6 /64, and as many at once: no flood is reflected here"
        ),
    ] = 10.0
    datagram_sources: Annotated[
        int,
        _limit(16, 10_000_000, "addresses whose replies are counted; beyond it the oldest is forgotten"),
    ] = 16_384
    http_head_bytes: Annotated[
        int, _limit(KIB, MIB, "request line and headers of one HTTP request; a browser's are a few KiB")
    ] = 16 * KIB
    http_body_bytes: Annotated[
        int, _limit(0, 64 * MIB, "of one request; no page here wants one, so it is read and dropped")
    ] = 64 * KIB
    http_request_seconds: Annotated[
        float,
        _limit(0.1, 600, "from a request's first byte to its last, and to the first one's first byte"),
    ] = 10.0
    http_idle_seconds: Annotated[
        float, _limit(0.1, 3600, "a connection is kept open so long for another request")
    ] = 15.0
    text_characters: Annotated[
        int, _limit(1, 5000, "one line said; 5,000 of any kind fit a frame of 64 KiB even as JSON escapes")
    ] = 4000
    topic_characters: Annotated[int, _limit(1, 4000, "a room's topic stands in one line of a list")] = 200

    # --- writing --------------------------------------------------------------------------------------------

    send_queue_bytes: Annotated[
        int,
        _limit(
            16 * KIB,
            1024 * MIB,
            "how much of a room one reader is given at once; the rest waits in the room's log, not here",
        ),
    ] = 256 * KIB
    send_stall_seconds: Annotated[
        float,
        _limit(
            1, 3600, "a reader who has taken nothing for so long is closed; the lines are kept for the return"
        ),
    ] = 10.0
    hard_close_bytes: Annotated[
        int, _limit(64 * KIB, 4096 * MIB, "a send queue of this size is aborted: its reader never reads")
    ] = MIB

    datagram_queue_bytes: Annotated[
        int,
        _limit(
            KIB, 64 * MIB, "of one datagram socket while the kernel is full; what does not fit is dropped"
        ),
    ] = 256 * KIB
    half_close_seconds: Annotated[
        float, _limit(0, 60, "after a peer's last byte: commits under way are answered, then it is closed")
    ] = 1.0
    requests_waiting: Annotated[
        int, _limit(1, 100_000, "of one session while its login or join is being recorded; beyond it: busy")
    ] = 2000

    # --- staying --------------------------------------------------------------------------------------------

    ping_after_seconds: Annotated[
        float, _limit(1, 3600, "idle for so long, a framed client is asked whether it is there")
    ] = 30.0
    drop_after_seconds: Annotated[
        float, _limit(2, 7200, "idle for so long, a framed client is gone; restarted by each byte from it")
    ] = 45.0
    seat_hold_seconds: Annotated[
        float,
        _limit(
            0, 31_536_000, "name and seats of someone whose connection broke are kept so long for the return"
        ),
    ] = 3600.0

    # --- flood control --------------------------------------------------------------------------------------

    flood_burst: Annotated[
        float, _limit(1, 1_000_000, "messages at once before they are slowed: a pasted poem passes")
    ] = 10.0
    flood_per_second: Annotated[
        float, _limit(0.01, 1_000_000, "messages a second after that; nobody types faster")
    ] = 2.0
    flood_burst_bytes: Annotated[
        int,
        _limit(KIB, 1024 * MIB, "bytes at once: the longest text in Chinese, 12,000 bytes, passes undelayed"),
    ] = 16 * KIB
    flood_bytes_per_second: Annotated[float, _limit(1, 1024 * MIB, "bytes a second after that")] = 3000.0
    small_talk_seconds: Annotated[
        float,
        _limit(
            0,
            3600,
            "once in so long a ping, a pong or a greeting costs nothing; more of them count as messages do",
        ),
    ] = 1.0
    flood_tell_seconds: Annotated[
        float,
        _limit(
            0,
            3600,
            "slowed without a pause for so long, the sender is told; a short burst passes without a word",
        ),
    ] = 2.0
    flood_close_seconds: Annotated[
        float, _limit(1, 86_400, "slowed without a pause for so long, the sender is closed with the reason")
    ] = 60.0

    # --- what is kept ---------------------------------------------------------------------------------------

    commit_rows: Annotated[
        int, _limit(1, 100_000, "one transaction; a larger one delays the acknowledgements of all in it")
    ] = 2000
    ledger_queue_rows: Annotated[
        int, _limit(1, 10_000_000, "submitted and not yet durable; beyond it senders are told to try again")
    ] = 100_000
    snapshot_records: Annotated[
        int,
        _limit(
            100,
            100_000_000,
            "a snapshot each so many records: a restart replays at most about as many, in well under 1 s",
        ),
    ] = 50_000
    log_entries: Annotated[
        int,
        _limit(
            16, 1_000_000, "of each place in memory, also when everyone has them: for those who come back"
        ),
    ] = 2048
    replay_records: Annotated[
        int, _limit(1, 1000, "read from the ledger at once for one who is behind; at most a send queue of it")
    ] = 1000
    log_bytes: Annotated[
        int,
        _limit(
            64 * KIB,
            1024 * MIB,
            "of each place while someone who reads is behind; who is further behind gets it from the ledger",
        ),
    ] = 16 * MIB
    transcript_bytes: Annotated[
        int,
        _limit(KIB, 64 * MIB, "of one transcript; of a longer history the newest that fits is handed out"),
    ] = MIB
    transcript_seconds: Annotated[
        float,
        _limit(1, 31_536_000, "a transcript is kept so long: whoever has its address can read it until then"),
    ] = 86_400.0
    transcripts_limit: Annotated[
        int, _limit(1, 1_000_000, "kept at once; beyond it a new one is refused until an older one expires")
    ] = 1000
    history_limit: Annotated[int, _limit(1, 10_000, "records one history query may ask for")] = 1000
    search_limit: Annotated[int, _limit(1, 1000, "hits one search may ask for")] = 100
    retention_days: Annotated[
        float, _limit(1, 36_500, "older records are removed; who asks for them is told of the gap")
    ] = 365.0

    # --- how many -------------------------------------------------------------------------------------------

    rooms: Annotated[
        int, _limit(1, 10_000_000, "in the house; each costs memory even when nobody is in it")
    ] = 10_000
    rooms_per_person: Annotated[
        int, _limit(1, 10_000, "each seat is a cursor to serve and a record to keep")
    ] = 50
    people_per_room: Annotated[int, _limit(1, 1_000_000, "a line is one send for each of them")] = 5000

    # --- runbooks and lessons -------------------------------------------------------------------------------

    runbooks_at_once: Annotated[
        int, _limit(1, 1000, "programs that run at the same time, of all sessions and lessons together")
    ] = 8
    runbooks_per_session: Annotated[int, _limit(1, 100, "programs of one framed session at a time")] = 2
    lab_idle_seconds: Annotated[
        float, _limit(1, 86_400, "a lesson closes whoever has sent and taken nothing for so long")
    ] = 600.0
    lab_entry_seconds: Annotated[
        float,
        _limit(0.01, 10, "an entry without a line ending is complete after so long a silence"),
    ] = 0.2
    lab_proof_seconds: Annotated[
        float, _limit(0.1, 60, "a client proves that it knows the key by then; absolute, whatever it sends")
    ] = 5.0
    lab_receive_bytes: Annotated[
        int, _limit(1, 64 * KIB, "the buffer of the lesson on sticky packets: smaller than what is sent")
    ] = 5
    lab_sticky_bytes: Annotated[
        int, _limit(KIB, 16 * MIB, "of one connection to that lesson: five bytes a pass are not for a flood")
    ] = 64 * KIB
    lab_message_bytes: Annotated[
        int, _limit(KIB, 16 * MIB, "one message of its framed twin; checked before anything is kept")
    ] = 64 * KIB
    lab_datagram_bytes: Annotated[
        int, _limit(512, 65_507, "an answer in one datagram is cut here, with a note; UDP carries 65,507")
    ] = 60_000

    # --- leaving --------------------------------------------------------------------------------------------

    drain_seconds: Annotated[
        float,
        _limit(
            0, 300, "from the first signal to the exit: what is queued is committed and sent, or given up"
        ),
    ] = 5.0


ORDERED: tuple[tuple[str, str], ...] = (
    ("text_greeting_seconds", "first_byte_seconds"),
    ("unauthenticated_drop_from", "unauthenticated_connections"),
    ("frame_bytes_before_login", "frame_bytes"),
    ("send_queue_bytes", "hard_close_bytes"),
    ("ping_after_seconds", "drop_after_seconds"),
    ("flood_tell_seconds", "flood_close_seconds"),
)
"""Pairs of limits that make sense only when the first is at most the second."""
