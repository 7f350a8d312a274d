"""Who may read which page, and what every answer carries.

On loopback nobody is asked: whoever has an account on the machine is an engineer. Elsewhere a reader brings a
token (``Authorization: Bearer``, or a cookie that ``/login?token=`` sets), or a reverse proxy on this machine
names the reader in a header that was configured. The residents' page, its style and ``/healthz`` are free.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_COOKIE = "moulin_token"  # noqa: S105  # a name
FREE = ("/public", "/static/", "/healthz")
HOOK_PATH = "/api/alerts"
"""Where Alertmanager posts, with a token of its own that opens nothing else."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


_HEADERS = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """Tokens by role, and the header by which a proxy on this machine names its reader."""

    viewer: str = ""
    engineer: str = ""
    hook: str = ""
    """Token of Alertmanager: it may post notices, and read nothing."""
    header: str = ""
    engineers: frozenset[str] = frozenset()
    """Names, as the proxy gives them, that may see diffs."""
    open: bool = True
    """Nobody is asked: the listener is on loopback and no token was set."""


class Guard:
    """Puts the reader's role on the request, refuses strangers, adds the strict headers.

    Plain ASGI: BaseHTTPMiddleware makes a task and three channels for every page that Prometheus reads.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with 401; nothing but HTTP passes."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        role = self._role(request)
        request.state.role = role
        # not request.url: it is made with the Host header, in which anything may stand
        answering: ASGIApp
        if scope["path"] == "/login":
            answering = self._login(request)
        elif role or scope["path"].startswith(FREE) or self._is_hook(request):
            answering = self._app
        else:
            answering = PlainTextResponse(
                "who are you? open /login?token=TOKEN once, or send Authorization: Bearer TOKEN\n",
                status_code=401,
                headers={"WWW-Authenticate": "Bearer"},
            )

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.setdefault("headers", [])
                known = {name for name, _ in given}
                message["headers"] = [*given, *(pair for pair in _HEADERS if pair[0] not in known)]
            await send(message)

        await answering(scope, receive, send_strictly)

    def _role(self, request: Request) -> str:
        access = self._access
        if access.open:
            return "engineer"
        name = request.headers.get(access.header, "") if access.header else ""
        if name and request.client and is_loopback(request.client.host):
            return "engineer" if name in access.engineers else "viewer"
        return self._role_of(_bearer(request) or request.cookies.get(TOKEN_COOKIE, ""))

    def _is_hook(self, request: Request) -> bool:
        wanted = self._access.hook
        known = bool(wanted) and hmac.compare_digest(_bearer(request).encode(), wanted.encode())
        request.state.hook = known and request.scope["path"] == HOOK_PATH
        return bool(request.state.hook)

    def _role_of(self, token: str) -> str:
        for role, wanted in (("engineer", self._access.engineer), ("viewer", self._access.viewer)):
            if wanted and hmac.compare_digest(token.encode(), wanted.encode()):
                return role
        return ""

    def _login(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if not self._access.open and not self._role_of(token):
            return PlainTextResponse("this token is not one of ours\n", status_code=401)
        response = RedirectResponse("/", status_code=303)
        if not self._access.open:
            response.set_cookie(
                TOKEN_COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https"
            )
        return response


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def may_post(request: Request) -> bool:
    """Whether the caller may bring notices: Alertmanager by its token, or an engineer."""
    return is_engineer(request) or bool(getattr(request.state, "hook", False))


def is_known(request: Request) -> bool:
    """Whether the reader may see more than the residents' page."""
    return bool(getattr(request.state, "role", ""))


def is_engineer(request: Request) -> bool:
    """Whether the reader may see diffs."""
    return getattr(request.state, "role", "") == "engineer"


def is_loopback(host: str) -> bool:
    """Whether a host, given as address or as ``localhost``, is this machine itself.

    >>> is_loopback("127.66.0.1"), is_loopback("::1"), is_loopback("192.0.2.1"), is_loopback("0.0.0.0")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def access_for(host: str, secrets: Mapping[str, str], header: str, engineers: str) -> Access:
    """Who may read when the listener is at ``host``.

    ``secrets`` may hold ``web_viewer_token``, ``web_engineer_token`` and ``web_alerts_token``; ``engineers``
    lists names that a proxy gives, comma between them.
    """
    viewer, engineer, hook = (
        # a missing secret raises more than KeyError, so that get() would not help
        secrets[name] if name in secrets else ""  # noqa: SIM401
        for name in ("web_viewer_token", "web_engineer_token", "web_alerts_token")
    )
    names = frozenset(name.strip() for name in engineers.split(",") if name.strip())
    is_open = is_loopback(host) and not (viewer or engineer or header)
    return Access(viewer, engineer, hook, header, names, is_open)
