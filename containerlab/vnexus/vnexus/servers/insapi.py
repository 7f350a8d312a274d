"""ins_api: the older form of NX-API, in JSON and XML, with chunks."""

from __future__ import annotations

import itertools
import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Protocol
from xml.etree import ElementTree as ET
from xml.parsers import expat

from vnexus.exec.pipes import STRUCTURED_ERROR
from vnexus.exec.shell import DENIED, Shell
from vnexus.node import Node
from vnexus.servers.commands import error_text, run_command

TYPES = {"cli_show", "cli_show_ascii", "cli_ascii", "cli_conf", "cli_show_array"}
CHUNK_CHARACTERS = 10_000
MAX_SESSIONS = 32
MAX_LINES = 10_000
MAX_FIELDS = 64
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)

Results = list[dict[str, Any]]


class Api(Protocol):
    """What the requests need of the server."""

    node: Node
    chunks: Chunks

    async def wait(self, line: str) -> bool: ...


class Chunks:
    """Replies of which a part was sent; the oldest is forgotten when there are too many."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, list[str]] = OrderedDict()
        self._numbers = itertools.count(1)

    def keep(self, pieces: list[str]) -> str:
        """The session id that asks for the next piece."""
        number = f"vnexus-{next(self._numbers)}"
        self._left[number] = pieces
        while len(self._left) > MAX_SESSIONS:
            self._left.popitem(last=False)
        return number

    def take(self, number: str) -> tuple[str, str] | None:
        """(next piece, session id or ``eoc``); None for a session that is not there."""
        pieces = self._left.get(number)
        if pieces is None:
            return None
        piece = pieces.pop(0)
        if pieces:
            return piece, number
        del self._left[number]
        return piece, "eoc"


class InsApi:
    """Types cli_show, cli_show_array, cli_show_ascii (cli_ascii) and cli_conf."""

    def __init__(self, api: Api, shell: Shell) -> None:
        self.api, self.shell = api, shell

    async def answer(self, request: Any) -> dict[str, Any] | None:
        """The reply; None when the connection is to be cut."""
        asked = request if isinstance(request, dict) else {}
        kind, text = str(asked.get("type", "")), str(asked.get("input", ""))
        chunked = str(asked.get("chunk", "0")) == "1" and kind != "cli_conf"
        if chunked and str(asked.get("sid") or "1") not in {"1", "sid", "None"}:
            return self._next(kind, str(asked["sid"]), text)
        if kind not in TYPES:
            return envelope(
                kind, {"input": text, "msg": "Input XML invalid type", "code": "400", "clierror": ""}
            )
        lines = [part.strip() for part in text.split(" ;") if part.strip()]
        if chunked:
            lines = lines[:1]
        if len(lines) > MAX_LINES:
            said = {"input": "", "msg": "Request is too large", "code": "413", "clierror": ""}
            return envelope(kind, said)
        results = await self._run(kind, lines, str(asked.get("rollback", "stop-on-error")))
        if results is None:
            return None
        if chunked and results and results[0]["code"] == "200":
            return self._first(kind, results[0])
        return envelope(kind, results[0] if len(results) == 1 else results)

    async def _run(self, kind: str, lines: list[str], rollback: str) -> Results | None:
        config = self.api.node.config
        before = config.root.copy() if rollback == "rollback-on-error" else None
        results: Results = []
        for line in lines:
            if not await self.api.wait(line):
                return None
            results.append(self.one(kind, line))
            if results[-1]["code"] != "200" and kind == "cli_conf" and rollback != "continue-on-error":
                if before is not None:
                    config.restore(before)
                break
        return results

    def one(self, kind: str, line: str) -> dict[str, Any]:
        """The output element of one command."""
        output = run_command(self.shell, line) if kind == "cli_conf" else self.shell.run(line)
        if output.error:
            said = error_text(output)
            if output.text == DENIED:
                return {"input": line, "msg": "Permission denied", "code": "401", "clierror": said}
            if kind == "cli_show":
                said = f"Syntax error while parsing '{line}'\n\n\n{said}Cmd exec error.\n"
            return {"input": line, "msg": "Input CLI command error", "code": "400", "clierror": said}
        if kind == "cli_show" and output.body is None and output.text:
            return {"input": line, "msg": STRUCTURED_ERROR[2:], "code": "501", "clierror": ""}
        body: Any = output.body or {}
        if kind not in {"cli_show", "cli_show_array"}:
            body = output.text + "\n" if output.text else ("" if "ascii" in kind else {})
        return {"input": line, "msg": "Success", "code": "200", "body": body}

    # -- chunks -----------------------------------------------------------------------------------

    def _first(self, kind: str, result: dict[str, Any]) -> dict[str, Any]:
        """The body as text (XML for structure), cut into pieces."""
        body = result["body"]
        text = body if isinstance(body, str) else "".join(_written(one) for one in _elements("body", body))
        if not isinstance(body, str):
            text = text.removeprefix("<body>").removesuffix("</body>")
        starts = range(0, max(len(text), 1), CHUNK_CHARACTERS)
        pieces = [text[start : start + CHUNK_CHARACTERS] for start in starts]
        number = self.api.chunks.keep(pieces[1:]) if len(pieces) > 1 else "eoc"
        return envelope(kind, {**result, "body": pieces[0]}, number)

    def _next(self, kind: str, number: str, text: str) -> dict[str, Any]:
        found = self.api.chunks.take(number)
        if found is None:
            return envelope(kind, {"input": text, "msg": "Invalid sid", "code": "400", "clierror": ""})
        piece, left = found
        return envelope(kind, {"input": text, "msg": "Success", "code": "200", "body": piece}, left)


def envelope(kind: str, outputs: Any, sid: str = "eoc") -> dict[str, Any]:
    return {"ins_api": {"type": kind, "version": "1.0", "sid": sid, "outputs": {"output": outputs}}}


def invalid() -> dict[str, Any]:
    """The answer to something that is no request."""
    return envelope("", {"input": "", "msg": "Request message is invalid", "code": "400", "clierror": ""})


# -- XML ------------------------------------------------------------------------------------------


def read_xml(raw: bytes) -> dict[str, str] | None:
    """The fields of a request; None for anything else, document types included.

    >>> read_xml(b"<ins_api><type>cli_show</type><input>show clock</input></ins_api>")
    {'type': 'cli_show', 'input': 'show clock'}
    """
    parser = expat.ParserCreate()
    found = _Fields()
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = found.text, found.doctype
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, _NotARequest, ValueError, LookupError):
        return None
    return {name: "".join(pieces).strip() for name, pieces in found.fields.items()}


class _NotARequest(Exception):  # noqa: N818 - what it says
    """Document types (entities expand without end), depth, another root."""


class _Fields:
    """The elements below ``ins_api``, as expat finds them: nothing deeper is kept."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.path: list[str] = []

    def start(self, name: str, _: dict[str, str]) -> None:
        self.path.append(name)
        if self.path[0] != "ins_api" or len(self.path) > MAX_FIELDS or len(self.fields) > MAX_FIELDS:
            raise _NotARequest
        if len(self.path) == 2:
            self.fields[name] = []

    def end(self, _: str) -> None:
        self.path.pop()

    def text(self, said: str) -> None:
        if len(self.path) == 2:
            self.fields[self.path[1]].append(said)

    def doctype(self, *_: object) -> None:
        raise _NotARequest


def write_xml(reply: dict[str, Any]) -> str:
    """The reply as a document."""
    (root,) = _elements("ins_api", reply["ins_api"])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_written(root)}'


def _elements(name: str, value: Any) -> Iterator[ET.Element]:
    """One element per item of a list, else one."""
    for item in value if isinstance(value, list) else [value]:
        element = ET.Element(
            name if _NAME.fullmatch(name) else "_" + re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)
        )
        if isinstance(item, dict):
            for key, below in item.items():
                element.extend(_elements(str(key), below))
        elif item is not None:
            element.text = _NOT_XML.sub("", str(item))
        yield element


def _written(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode", short_empty_elements=False)
