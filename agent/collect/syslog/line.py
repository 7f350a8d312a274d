"""One line of syslog: RFC 5424, RFC 3164, and what NX-OS and IOS make of it. Pure, bounded, never raises.

Forms of NX-OS, after the priority: ``: 2026 Nov 22 23:01:02.123 UTC: %ETHPORT-5-IF_UP: …``, the same with
the host's name before the stamp (``logging origin-id``) or after it, with ``%$ VDC-1 %$`` before the message,
with a slot in its name (``%IPFIB-SLOT1-2-…``), and ``last message repeated N times`` instead of a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.collect.syslog.stamp import Stamp, find_stamp, read_iso

MAX_BYTES = 8_192
"""Of a datagram: what comes after is not looked at. RFC 5424 §6.1 asks for 2,048."""
MAX_TEXT = 1_024
MAX_HOST = 64
_HEAD = 240
"""Characters within which the name of a message must stand: what comes later is text, whatever it is."""
_PRIORITY = re.compile(r"<(\d{1,3})>\s*")
_FORM_5424 = re.compile(r"1 (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) ?")
_NAME = re.compile(
    r"%(?P<facility>[A-Z][A-Z0-9_]*(?:-[A-Z][A-Z0-9_]*)*?)(?:-(?:SLOT\d+|STANDBY|SW\d+))?-(?P<level>[0-7])"
    r"-(?P<name>[A-Z][A-Z0-9_]*)\s*:\s*"
)
_CONTEXT = re.compile(r"%\$\s*(?P<context>VDC-\d+|VRF[ -]\S{1,32}|[A-Z]+-\d+)\s*%\$\s*")
_REPEATED = re.compile(r"last message repeated (\d{1,9}) times?", re.IGNORECASE)
_ALSO = re.compile(r"\(message repeated (\d{1,9}) times?\)\s*$")
_SEQUENCE = re.compile(r"\d{1,12}")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*")
_PROGRAM = re.compile(r"([A-Za-z0-9_./-]{1,48})(?:\[\w{1,16}\])?:\s*")
_CONTROL = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233, 65279, *range(8234, 8239)), " ")
"""Also what turns the direction of writing: a line is shown to people."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says of itself; whatever is absent is empty."""

    text: str
    """At most 1,024 characters, none of them a control."""
    facility: str = ""
    """``ETHPORT`` of ``%ETHPORT-5-IF_UP``; of others the program."""
    name: str = ""
    """``IF_UP``"""
    severity: int = 5
    """0 emergency to 7 debugging: of the message, else of the priority, else 5."""
    host: str = ""
    stamp: Stamp | None = None
    context: str = ""
    """``VDC-1``"""
    repeated: int = 0
    """The line says nothing but that the last one came so many times more."""
    also: int = 0
    """The line itself came so many times more."""

    @property
    def mnemonic(self) -> str:
        """``ETHPORT-IF_UP``: severities of one message differ between releases."""
        return f"{self.facility}-{self.name}" if self.name else ""


def read_line(data: bytes) -> Line | None:
    r"""The line in a datagram; None when there is nothing to read in it.

    >>> line = read_line(b"<189>: 2026 Nov 22 23:01:02.123 UTC: %ETHPORT-5-IF_UP: Interface Eth1/7 is up\n")
    >>> line.mnemonic, line.severity, line.text, line.stamp.unix
    ('ETHPORT-IF_UP', 5, 'Interface Eth1/7 is up', 1795388462.123)
    >>> read_line(b"<187>: 2026 Nov 22 23:01:02 UTC: last message repeated 180 times").repeated
    180
    >>> read_line(b" \x00\n") is None
    True
    """
    text = clean(data[:MAX_BYTES])
    priority = _PRIORITY.match(text)
    level = int(priority[1]) % 8 if priority and int(priority[1]) < 192 else 5
    body = text[priority.end() :] if priority else text
    if not body:
        return None
    modern = _FORM_5424.match(body) if priority else None
    return _read_5424(body, modern, level) if modern else _read_old(body, level)


def clean(data: bytes) -> str:
    r"""Text of bytes: UTF-8, what is not is replaced; controls become blanks, blanks around it go.

    >>> clean(b"\xef\xbb\xbf<5>a\x1b[31m\x00b \xe9\r\n")
    '<5>a [31m b \ufffd'
    """
    text = data.decode("utf-8", errors="replace")
    return (text if text.isprintable() else text.translate(_CONTROL)).strip()


def _read_5424(body: str, found: re.Match[str], level: int) -> Line:
    stamp, host, program, _, message_id = found.groups()
    rest = _skip_data(body, found.end())
    name = _NAME.search(rest, 0, _HEAD) or _NAME.match(f"{program}:") or _NAME.match(f"{message_id}:")
    told: dict[str, str | int] = (
        _named(rest, name) if name else {"facility": _said(program)[:48], "severity": level, "text": rest}
    )
    if name is not None and name.string != rest:
        told["text"] = rest
    return _finish(told, host=_said(host)[:MAX_HOST], stamp=read_iso(stamp))


def _said(word: str) -> str:
    return "" if word == "-" else word


def _skip_data(body: str, at: int) -> str:
    """The message after the structured data; data that never ends is message."""
    if body[at : at + 1] == "-":
        return body[at + 1 :].strip()
    start = at
    while body[at : at + 1] == "[":
        quoted, at = False, at + 1
        while at < len(body) and (quoted or body[at] != "]"):
            if quoted and body[at] == "\\":
                at += 1
            elif body[at] == '"':
                quoted = not quoted
            at += 1
        if at >= len(body):
            return body[start:].strip()
        at += 1
    return body[at:].strip()


def _read_old(body: str, level: int) -> Line:
    name = _NAME.search(body, 0, _HEAD)
    context = _CONTEXT.search(body, 0, name.start() if name else _HEAD)
    end = min(place.start() for place in (name, context) if place) if name or context else len(body)
    stamp, where = find_stamp(body[: min(end, _HEAD)])
    head = f"{body[: where[0]]} {body[where[1] : end]}" if stamp else body[:end]
    if name is not None and (host := _head_words(head)) is not None:
        return _finish(_named(body, name), host=host, stamp=stamp, context=context)
    if context is not None and (host := _head_words(head)) is not None:
        rest, before = body[context.end() :], host
    else:
        rest = body[where[1] :].lstrip(" :") if stamp else body.lstrip(" :")
        before, context = ((_head_words(body[: where[0]]) or "") if stamp else ""), None
    told: dict[str, str | int] = {"severity": level}
    if again := _REPEATED.search(rest, 0, 120):
        told |= {"text": again[0], "repeated": int(again[1])}
    else:
        host, rest = _leading_host(rest) if stamp and not before else (before, rest)
        program = _PROGRAM.match(rest)
        before = host
        told |= {
            "facility": program[1] if program else "",
            "text": rest[program.end() :] if program else rest,
        }
    return _finish(told, host=before, stamp=stamp, context=context)


def _leading_host(rest: str) -> tuple[str, str]:
    """RFC 3164: after the stamp stands the host, unless a program stands there."""
    word, _, more = rest.partition(" ")
    if more and not word.endswith(":") and "[" not in word and _HOST.fullmatch(word):
        return word[:MAX_HOST], more.lstrip()
    return "", rest


def _head_words(head: str) -> str | None:
    """The host among sequence numbers and punctuation; None when there is more than that."""
    words = [word.strip(":*.") for word in head.split()]
    words = [word for word in words if word and not _SEQUENCE.fullmatch(word)]
    if not words:
        return ""
    return words[0][:MAX_HOST] if len(words) == 1 and _HOST.fullmatch(words[0]) else None


def _named(body: str, name: re.Match[str]) -> dict[str, str | int]:
    return {
        "facility": name["facility"][:48],
        "name": name["name"][:64],
        "severity": int(name["level"]),
        "text": body[name.end() :],
    }


def _finish(
    told: dict[str, str | int], *, host: str, stamp: Stamp | None, context: re.Match[str] | None = None
) -> Line:
    text = " ".join(str(told["text"]).split())
    also = _ALSO.search(text[-60:])
    if also is not None:
        text = text[: text.rindex("(")].rstrip()
    return Line(
        text=text[:MAX_TEXT],
        facility=str(told.get("facility", "")),
        name=str(told.get("name", "")),
        severity=int(told["severity"]),
        host=host,
        stamp=stamp,
        context=context["context"] if context else "",
        repeated=int(told.get("repeated", 0)),
        also=int(also[1]) if also else 0,
    )
