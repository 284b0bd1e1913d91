"""A conversation: the server sends back in upper case what it has received, piece by piece."""

import codecs
import socket

from callroom_client.lab.experiments.parties import connected, sent_all
from callroom_client.lab.parameters import Number, Parameter, Text, Values
from callroom_client.lab.recorder import Recorder
from callroom_words.words import Words

PARAMETERS: tuple[Parameter, ...] = (
    Text("text", Words("text", "文字"), "hello, 大厅", 120),
    Number("buffer", Words("recv buffer", "recv 缓冲区"), "8", 1, 1024),
)
TOLD = Words(
    "{bytes} bytes went in {recvs} pieces; {torn} of them ended inside a character, which the decoder kept.",
    "{bytes} 字节分 {recvs} 段到达；其中 {torn} 段的末尾切开了一个字符，由解码器留到下一段。",
)


def run(lab: Recorder, values: Values) -> tuple[Words, ...]:
    """The client says its text and that this was all; the server answers until it has heard that."""
    text, size = values.encoded("text"), values.number("buffer")
    listener, server, client = connected(lab)
    sent_all(client, text)
    client.shutdown(socket.SHUT_WR)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    recvs = torn = 0
    while data := server.recv(size):
        recvs += 1
        answer = decoder.decode(data).upper().encode()
        torn += bool(decoder.getstate()[0])
        if answer:
            sent_all(server, answer)
    server.close()
    while client.recv(size):
        pass
    client.close()
    listener.close()
    return (TOLD.fill(bytes=len(text), recvs=recvs, torn=torn),)
