"""The line to a running watch: its JSON API over HTTP, every failure as one clear line."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote, urlsplit

import requests
from pydantic import BaseModel, ValidationError
from requests.auth import AuthBase

from agent.errors import AgentError, UsageError
from agent.web.told import StatusTold, SwitchInFullTold

TIMEOUT_SECONDS = 5.0
TOKENS = ("web_engineer_token", "web_viewer_token")
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}

Told = TypeVar("Told", bound=BaseModel)


class NoAnswerError(AgentError):
    """The watch does not answer, or what answers is not a watch; the text names address and next step."""


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class WatchLine:
    """Asks a watch at ``url``; a context manager. Not for two threads at a time."""

    def __init__(self, url: str, token: str = "", timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._session = requests.Session()
        self._session.auth = _Bearer(token)  # also keeps a .netrc from being sent
        # a proxy of the environment is for the world outside, never for this machine
        self._session.trust_env = not is_here(urlsplit(self.url).hostname or "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def status(self) -> StatusTold:
        """The whole city. Raises NoAnswerError, UsageError when the token is refused."""
        return self._ask("/api/status", StatusTold)

    def switch(self, device: str) -> SwitchInFullTold:
        """One switch and its ports. Raises NoAnswerError, UsageError when it is not in the intent."""
        return self._ask(f"/api/switch/{quote(device, safe='')}", SwitchInFullTold)

    def _ask(self, path: str, shape: type[Told]) -> Told:
        try:
            reply = self._session.get(self.url + path, timeout=self._timeout, allow_redirects=False)
        except requests.exceptions.SSLError as exc:
            raise NoAnswerError(
                f"{self.url}: the certificate is not to be trusted ({_shortly(exc)}). "
                "name the authority's PEM in REQUESTS_CA_BUNDLE"
            ) from exc
        except requests.exceptions.Timeout as exc:
            raise NoAnswerError(
                f"{self.url}: no answer within {self._timeout:g} s. is it overloaded, or a filter between?"
            ) from exc
        except requests.RequestException as exc:
            raise NoAnswerError(
                f"{self.url}: no watch answers ({_shortly(exc)}). start one with: moulin watch, "
                "or say where it is with --url or MOULIN_LISTEN"
            ) from exc
        return self._read(reply, shape)

    def _read(self, reply: requests.Response, shape: type[Told]) -> Told:
        if reply.status_code == 401:
            raise UsageError(
                f"{self.url}: the watch asks who you are. set MOULIN_SECRET_WEB_VIEWER_TOKEN to its token"
            )
        if reply.status_code == 404 and shape is SwitchInFullTold:
            raise UsageError(f"{self.url}: no such switch in its intent. see: moulin status")
        try:
            if reply.status_code == 200:
                return shape.model_validate_json(reply.content)
        except ValidationError:
            pass  # something else answers there; said below
        raise NoAnswerError(
            f"{self.url}: what answers there is not a moulin watch of this version "
            f"(HTTP {reply.status_code}). check --url or MOULIN_LISTEN"
        )


def open_line(url: str | None, listen: str, secrets: Mapping[str, str]) -> WatchLine:
    """A line to the watch at ``url``, else to where a watch of these settings listens.

    Raises UsageError for a URL that is none, and when the token would cross a network in the clear.
    """
    where = url or _url_of(listen)
    parts = urlsplit(where)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"--url {where!r} is not http://HOST:PORT. write it like http://127.0.0.1:9469")
    token = next((secrets[name] for name in TOKENS if name in secrets), "")
    if token and parts.scheme == "http" and not is_here(parts.hostname):
        raise UsageError(
            f"{where} would carry the token in the clear. use https:// (a proxy in front) or a tunnel"
        )
    return WatchLine(where, token)


def _url_of(listen: str) -> str:
    """Where to ask a watch that listens so.

    >>> _url_of("127.0.0.1:9469"), _url_of("0.0.0.0:80"), _url_of("[::]:9469")
    ('http://127.0.0.1:9469', 'http://127.0.0.1:80', 'http://[::1]:9469')
    """
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_here(host: str) -> bool:
    """Whether a host is this machine: only its own addresses can be bound.

    >>> is_here("127.0.0.1"), is_here("localhost"), is_here("192.0.2.1")
    (True, True, False)
    """
    if host == "localhost":
        return True
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            # a name would be looked up elsewhere, and might then lead elsewhere
            socket.inet_pton(family, host)
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def _shortly(exc: BaseException) -> str:
    """The system's own words at the bottom of what requests and urllib3 wrapped."""
    seen = exc
    while True:
        reason = getattr(seen, "reason", None)
        inner = reason if isinstance(reason, BaseException) else seen.__cause__ or seen.__context__
        if inner is None or inner is seen:
            break
        seen = inner
    if isinstance(seen, OSError) and seen.strerror:
        return seen.strerror
    return str(seen).splitlines()[0][:120] if str(seen) else type(seen).__name__
