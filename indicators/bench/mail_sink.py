"""A mail server that takes everything and keeps nothing; run by itself, it prints its port."""

from __future__ import annotations

import socketserver
import sys


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say(b"220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"QUIT":
                return self.say(b"221 bye")
            if verb == b"DATA":
                self.say(b"354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            self.say(b"250 ok")
        return None

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


if __name__ == "__main__":
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()
