"""A mail scanner: fetches every link, follows what it finds, posts every form. It types nothing.

A patient one also tries the first and the last of each choice, ticks every box, and presses what
comes back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from feedback.sending import mails

LOOKS = ("get", "head", "options")
OURS = re.compile(r"/(?:r|u|q)/[^\s\"'<>]+")
PATIENCE = 2  # pages behind one another


@dataclass
class Form:
    action: str = ""
    fixed: list[tuple[str, str]] = field(default_factory=list)  # as rendered
    radios: dict[str, list[str]] = field(default_factory=dict)
    boxes: list[tuple[str, str]] = field(default_factory=list)

    def ways(self, *, is_patient: bool) -> list[dict[str, list[str]]]:
        """As it stands; with the first of each choice; with the last, and all boxes ticked."""
        if not is_patient:
            return [_lists(self.fixed)]
        first = [(name, values[0]) for name, values in self.radios.items()]
        last = [(name, values[-1]) for name, values in self.radios.items()]
        kept = [(name, value) for name, value in self.fixed if name not in self.radios]
        ways = [self.fixed]
        if self.radios or self.boxes:
            ways += [kept + first, kept + last + self.boxes]
        return [_lists(way) for way in ways]


def _lists(pairs):
    sent: dict[str, list[str]] = {}
    for name, value in pairs:
        sent.setdefault(name, []).append(value)
    return sent


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.select = self.textarea = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(action=given.get("action") or ""))
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.forms[-1].fixed.append((self.select, given.get("value") or ""))
        elif tag == "textarea" and given.get("name"):
            self.textarea = given["name"]
            self.forms[-1].fixed.append((self.textarea, ""))

    def _input(self, given):
        form, name = self.forms[-1], given.get("name")
        kind, value = given.get("type", "text"), given.get("value") or "on"
        if not name:
            return
        if kind == "radio":
            form.radios.setdefault(name, []).append(value)
        elif kind == "checkbox":
            form.boxes.append((name, value))
        if kind not in ("radio", "checkbox"):
            form.fixed.append((name, given.get("value") or ""))
        elif "checked" in given:
            form.fixed.append((name, value))

    def handle_data(self, data):
        if self.textarea:
            name, text = self.forms[-1].fixed.pop()
            self.forms[-1].fixed.append((name, text + data.lstrip("\n")))

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.textarea = ""


def links_of(invitation, *, now) -> list[str]:
    """Each address of ours in either part of the mail."""
    message = mails.invitation(invitation, wave=0, now=now)
    parts = [message.body, *[part.content for part in message.alternatives]]
    parts.append(str(message.extra_headers))
    found = (one.rstrip(".,)>") for part in parts for one in OURS.findall(part))
    return list(dict.fromkeys(found))


def scan(browser, links: list[str], *, is_patient: bool = False) -> int:
    """All that a scanner does without a screen; returns how many requests it made."""
    asked = 0
    seen, waiting = {_path(link) for link in links}, list(links)
    while waiting:
        address = waiting.pop(0)
        for look in LOOKS:
            page = getattr(browser, look)(address, follow=True)
            asked += 1
            if look == "get":
                depth = PATIENCE if is_patient else 1
                followed, posts = _press(browser, address, page, depth, is_patient)
                asked += posts
                fresh = [one for one in followed if _path(one) not in seen]
                seen.update(map(_path, fresh))
                waiting += fresh
    return asked


def _press(browser, address, response, depth, is_patient) -> tuple[list[str], int]:
    """Every form of a page; the links found there and behind, and the requests."""
    if not depth:
        return [], 0
    page = Page(response.content.decode())
    links, asked = [_ours(address, one) for one in page.links], 0
    for form in page.forms:
        where = urljoin(address, form.action)
        for way in form.ways(is_patient=is_patient):
            answer = browser.post(where, way, follow=True)
            more, posts = _press(browser, where, answer, depth - 1, is_patient)
            links += more
            asked += posts + 1
    return [one for one in links if one], asked


def _ours(address: str, link: str) -> str:
    parts = urlsplit(urljoin(address, link))
    return f"{parts.path}?{parts.query}" if OURS.match(parts.path) else ""


def _path(link: str) -> str:
    """The other language of a page is the same page."""
    return urlsplit(link).path
