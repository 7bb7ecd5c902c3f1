"""A mail server for tests: it keeps what arrives, and refuses, stalls or hangs up when told to."""

from __future__ import annotations

import socketserver
import threading
import time
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zlib import crc32

Mark = tuple[int, int]  # invitation and wave
STAGES = {b"MAIL": "sender", b"RCPT": "recipient"}


class Sink(socketserver.ThreadingTCPServer):
    """Behaviour is set by attributes and may change while it runs."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.arrived: list[EmailMessage] = []  # complete messages, accepted or not
        self.connections = 0
        self.to_sender = b"250 ok"
        self.to_recipient = b"250 ok"
        self.to_message = b"250 ok"
        self.stalls_at = ""  # "greeting", "sender" or "message"
        self.hangs_up_at = ""  # "sender" or "recipient", before any message
        self.hangs_up_after = ""  # "message" without a word, or "reply"
        self.stalling = threading.Event()
        self.released = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def stall(self) -> None:
        self.stalling.set()
        self.released.wait()

    def close(self) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()


class Conversation(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        sink = self.server
        sink.connections += 1
        if sink.stalls_at == "greeting":
            return sink.stall()
        self.say(b"220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"QUIT":
                return self.say(b"221 bye")
            if verb == b"DATA":
                if not self.take_message():
                    return None
                continue
            stage = STAGES.get(verb, "")
            if stage and stage == sink.stalls_at:
                return sink.stall()
            if stage and stage == sink.hangs_up_at:
                return None
            self.say(getattr(sink, f"to_{stage}") if stage else b"250 ok")
        return None

    def take_message(self) -> bool:
        """False when the conversation ends here."""
        sink = self.server
        self.say(b"354 go on")
        content = self.read_message()
        if content is None:
            return False
        sink.arrived.append(message_from_bytes(content, policy=default))
        if sink.stalls_at == "message":
            sink.stall()
            return False
        if sink.hangs_up_after == "message":
            return False
        self.say(sink.to_message)
        return sink.hangs_up_after != "reply"

    def read_message(self) -> bytes | None:
        """None when the line was cut before its end."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


class NastySink(Sink):
    """Each mail gets its fate by its number, the same in every run; few are spared nothing."""

    def __init__(self, *, cuts: bool = True) -> None:
        super().__init__()
        self.RequestHandlerClass = NastyConversation
        self.cuts = cuts
        self.lock = threading.Lock()
        self.accepted: list[Mark] = []  # taken for good, told or not
        self.cut: set[Mark] = set()  # taken, and hung up instead of saying so
        self.refused: set[str] = set()  # addresses
        self.grey: set[str] = set()  # addresses that were told to come again

    def fate(self, address: str) -> str:
        """Of 100 mails 3 have no mailbox, 2 are unwanted, 10 come again, 3 are slow, 5 are cut."""
        number = crc32(address.encode()) % 100
        return next((fate for below, fate in FATES if number < below), "taken")


FATES = [(3, "no mailbox"), (5, "unwanted"), (15, "grey"), (18, "slow"), (23, "cut")]
SLOW_SECONDS = 0.1


class NastyConversation(socketserver.StreamRequestHandler):
    server: NastySink

    def handle(self) -> None:
        self.say("220 nasty")
        while line := self.rfile.readline():
            verb, words = line[:4].upper().strip(), line.decode()
            if verb == b"RCPT":
                self.address = words.partition("<")[2].partition(">")[0]
                self.say(self.to_recipient())
            elif verb == b"DATA":
                self.say("354 go on")
                if not self.take_message():
                    return
            else:
                self.say("250 ok")

    def to_recipient(self) -> str:
        sink, fate = self.server, self.server.fate(self.address)
        if fate == "grey" and self.address not in sink.grey:
            sink.grey.add(self.address)
            return "450 4.7.1 grey listed, come again"
        if fate in REFUSALS:
            sink.refused.add(self.address)
        return REFUSALS.get(fate, "250 ok")

    def take_message(self) -> bool:
        """False when the conversation ends here."""
        content = Conversation.read_message(self)
        if content is None:
            return False
        sink, fate, mark = self.server, self.server.fate(self.address), mark_of(content)
        with sink.lock:
            sink.accepted.append(mark)
            is_cut = fate == "cut" and sink.cuts
            if is_cut:
                sink.cut.add(mark)
        if is_cut:
            return False
        time.sleep(SLOW_SECONDS if fate == "slow" else 0)
        self.say("250 ok")
        return True

    def say(self, words: str) -> None:
        with suppress(ConnectionError):  # whoever asked may be dead by now
            self.wfile.write(words.encode() + b"\r\n")


REFUSALS = {
    "no mailbox": "550 5.1.1 no such user",
    "unwanted": "550 5.7.1 not from you",
}


def mark_of(content: bytes) -> Mark:
    """Invitation and wave, by the headers of the mail."""
    message = message_from_bytes(content)
    return int(message["X-Invitation"]), int(message["X-Wave"])
