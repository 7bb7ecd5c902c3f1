"""A mail server for tests: it keeps what arrives, and refuses, stalls or hangs up when told to."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


class Sink(socketserver.ThreadingTCPServer):
    """Behaviour is set by attributes and may change while it runs."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.arrived: list[EmailMessage] = []  # complete messages, accepted or not
        self.connections = 0
        self.to_recipient = b"250 ok"
        self.to_message = b"250 ok"
        self.stalls_at = ""  # "greeting" or "message"
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
            else:
                self.say(sink.to_recipient if verb == b"RCPT" else b"250 ok")
        return None

    def take_message(self) -> bool:
        """False when the conversation ends here."""
        sink = self.server
        self.say(b"354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        sink.arrived.append(message_from_bytes(b"".join(lines), policy=default))
        if sink.stalls_at == "message":
            sink.stall()
            return False
        if sink.hangs_up_after == "message":
            return False
        self.say(sink.to_message)
        return sink.hangs_up_after != "reply"

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")
