"""Where tickets go: a folder with one file each, or a helpdesk over HTTP. Whoever calls waits."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import requests
import yaml
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from agent.errors import StoreError, UsageError
from agent.store.tickets import Ticket

TOKEN = "helpdesk_token"  # noqa: S105  # name of the secret
TIMEOUT_SECONDS = (5.0, 15.0)
ANSWER_BYTES = 65_536


class Helpdesk(Protocol):
    """Takes tickets; the same ticket may come twice."""

    def tell(self, ticket: Ticket) -> str:
        """Open, change or close it there; its name there. Raises StoreError when it was not taken."""


def open_helpdesk(where: str, secrets: Mapping[str, str]) -> Helpdesk:
    """The helpdesk of ``MOULIN_TICKETS``: a URL, or a folder. Raises UsageError for what is neither."""
    if "://" not in where:
        return FileDesk(Path(where))
    parts = urlsplit(where)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise UsageError(
            "MOULIN_TICKETS: not a folder and not the http(s) URL of a helpdesk. "
            f"the token is the secret {TOKEN}, never a part of the URL"
        )
    return HttpDesk(where, secrets[TOKEN] if TOKEN in secrets else "")  # noqa: SIM401  # get() would raise


class FileDesk:
    """A file per ticket, ``T-000012.md``: YAML for programs at its head, words for people below."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tell(self, ticket: Ticket) -> str:
        """Write the file as a whole. Raises StoreError."""
        name = f"T-{ticket.number:06d}.md"
        part = self._folder / f".{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                file.write(write_ticket(ticket))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / name)
        except OSError as exc:
            raise StoreError(
                f"{self._folder}: the ticket cannot be written ({exc.strerror}). check MOULIN_TICKETS"
            ) from exc
        return name


class HttpDesk:
    """JSON to a helpdesk: POST to its URL opens a ticket, PATCH to ``URL/<id>`` changes and closes it.

    The id is ``id`` of the answer to the POST. Every call carries an ``Idempotency-Key``, so that a helpdesk
    that knows the header opens one ticket when an answer is lost on the way.
    """

    def __init__(self, url: str, token: str, retry: Retry | None = None) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        patient = retry or Retry(
            total=3,
            backoff_factor=0.5,
            status_forcelist=(429, 502, 503, 504),
            allowed_methods=frozenset({"POST", "PATCH"}),
            raise_on_status=False,
            respect_retry_after_header=False,  # a helpdesk that says "in an hour" must not hold the others up
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=patient))
        self._session.headers.update({"User-Agent": "moulin", "Accept": "application/json"})
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def tell(self, ticket: Ticket) -> str:
        """Open, change or close. Raises StoreError with the reason, without the token."""
        if ticket.remote:
            status, _ = self._send("PATCH", f"{self._url}/{quote(ticket.remote, safe='')}", ticket)
            if status < 300:
                return ticket.remote
            if status not in {404, 410}:  # else somebody deleted it there: open another
                raise StoreError(f"helpdesk: refused to change ticket {ticket.remote} (HTTP {status})")
        status, answer = self._send("POST", self._url, ticket)
        name = answer.get("id")
        if status >= 300 or not isinstance(name, str | int) or not str(name):
            raise StoreError(
                f"helpdesk: did not open ticket {ticket.number} (HTTP {status}). it must answer with an id"
            )
        return str(name)[:200]

    def _send(self, method: str, url: str, ticket: Ticket) -> tuple[int, dict[str, Any]]:
        key = f"{ticket.fingerprint}-{ticket.revision}"
        try:
            with self._session.request(
                method,
                url,
                json=ticket_data(ticket),
                headers={"Idempotency-Key": key},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as reply:
                text = reply.raw.read(ANSWER_BYTES, decode_content=True)
        except (requests.RequestException, OSError) as exc:
            problem = type(exc).__name__  # the words of requests may hold the URL
            raise StoreError(f"helpdesk: does not answer ({problem}). check MOULIN_TICKETS") from exc
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {}
        return reply.status_code, answer if isinstance(answer, dict) else {}


def ticket_data(ticket: Ticket) -> dict[str, Any]:
    """The ticket as a helpdesk is told it."""
    return {
        "number": ticket.number,
        "fingerprint": ticket.fingerprint,
        "state": ticket.state,
        "severity": ticket.severity,
        "title": ticket.title,
        "alert": ticket.alert,
        "owner": ticket.owner,
        "service": ticket.service,
        "site": ticket.site,
        "opened_at": _instant(ticket.opened_at),
        "changed_at": _instant(ticket.changed_at),
        "times_opened": ticket.times,
        "revision": ticket.revision,
        "alerts": [
            {"summary": line.summary, "action": line.action, "runbook": line.runbook, "since": line.since}
            for line in ticket.lines
        ],
    }


def write_ticket(ticket: Ticket) -> str:
    """The ticket as a file: YAML between ``---``, then Markdown."""
    head = yaml.safe_dump(
        {name: value for name, value in ticket_data(ticket).items() if name != "alerts"},
        sort_keys=False,
        allow_unicode=True,
        width=10_000,
    )
    lines = [f"---\n{head}---\n", f"# {ticket.title}\n"]
    for line in ticket.lines:
        lines.append(f"- **{line.summary}** (since {line.since or 'unknown'})")
        lines += [f"  {text}" for text in (line.action, line.runbook) if text]
    return "\n".join(lines) + "\n"


def _instant(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
