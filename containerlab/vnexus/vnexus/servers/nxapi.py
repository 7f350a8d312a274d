"""NX-API: JSON-RPC and ins_api over HTTP on aiohttp."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from vnexus.exec.pipes import STRUCTURED_ERROR
from vnexus.exec.shell import Shell
from vnexus.node import Node
from vnexus.servers.certificate import server_context
from vnexus.servers.commands import error_text, run_command
from vnexus.servers.hold import hold
from vnexus.servers.insapi import Chunks, InsApi, invalid, read_xml, write_xml

INVALID_PARAMS = -32602
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NxApi:
    """The application of one node. ``secret`` signs its cookies."""

    def __init__(self, node: Node, secret: bytes) -> None:
        self.node, self.secret = node, secret
        self.chunks = Chunks()

    def application(self) -> web.Application:
        app = web.Application(client_max_size=32 * 1024 * 1024, middlewares=[self._cut_short])
        app.router.add_post("/ins", self.post)
        return app

    @web.middleware
    async def _cut_short(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The fault ``drop-after-bytes``: a part of the reply, then nothing."""
        response = await handler(request)
        body = response.body if isinstance(response, web.Response) else None
        faults = self.node.faults
        room = faults.room(len(body)) if faults.active and isinstance(body, bytes) else None
        if room is None or not isinstance(body, bytes):
            return response
        part = web.StreamResponse(
            headers={"Content-Type": response.content_type, "Content-Length": str(len(body))}
        )
        await part.prepare(request)
        await part.write(body[:room])
        self._cut(request)
        return part

    # -- who is it ------------------------------------------------------------------------------

    def token(self, user: str) -> str:
        return hmac.new(self.secret, user.encode(), hashlib.sha256).hexdigest()[:32]

    def user_of(self, request: web.Request) -> str | None:
        """From the Authorization header, else from the cookie as clients send it back, loosely."""
        header = request.headers.get("Authorization", "")
        if header.startswith("Basic "):
            try:
                user, _, password = base64.b64decode(header[6:]).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return None
            return user if self.node.authenticate(user, password) else None
        for part in request.headers.get("Cookie", "").split(";"):
            name, _, value = part.strip().strip('"').partition("=")
            user, _, token = value.strip('"').partition(":")
            if name == "nxapi_auth" and user and hmac.compare_digest(token, self.token(user)):
                return user
        return None

    # -- requests -------------------------------------------------------------------------------

    async def post(self, request: web.Request) -> web.StreamResponse:
        if not self.node.config.feature("nxapi") or not self.node.reachable():
            return self._cut(request)
        user = self.user_of(request)
        if user is None:
            return web.Response(status=401, text="401 Authorization Required")
        raw = await request.read()
        if raw.lstrip()[:1] == b"<":
            return await self._xml(request, raw, user)
        try:
            data = json.loads(raw)
        except (json.JSONDecodeError, UnicodeDecodeError):
            return self._json(_rpc_error(None, -32700, "Parse error", "Malformed JSON"), user, 400)
        shell = self.shell(user)
        if isinstance(data, dict) and "ins_api" in data:
            asked = data["ins_api"]
            reply: Any = await InsApi(self, shell).answer(asked)
            if isinstance(asked, dict) and asked.get("output_format") == "xml" and reply is not None:
                return self._cookie(web.Response(text=write_xml(reply), content_type="text/xml"), user)
        else:
            reply = await _JsonRpc(self, shell).answer(data)
        return self._cut(request) if reply is None else self._json(reply, user)

    def shell(self, user: str) -> Shell:
        """A session that asks nothing."""
        shell = self.node.shell(user)
        shell.ask = shell.interactive = False
        return shell

    async def _xml(self, request: web.Request, raw: bytes, user: str) -> web.StreamResponse:
        """An ins_api request in XML; answered in JSON when it asks for that."""
        asked = read_xml(raw)
        if asked is None:
            return self._cookie(web.Response(text=write_xml(invalid()), content_type="text/xml"), user)
        reply = await InsApi(self, self.shell(user)).answer(asked)
        if reply is None:
            return self._cut(request)
        if asked.get("output_format") == "json":
            return self._json(reply, user)
        return self._cookie(web.Response(text=write_xml(reply), content_type="text/xml"), user)

    def _json(self, data: Any, user: str, status: int = 200) -> web.Response:
        return self._cookie(web.json_response(data, status=status), user)

    def _cookie(self, response: web.Response, user: str) -> web.Response:
        response.headers["Set-Cookie"] = f"nxapi_auth={user}:{self.token(user)}; Secure; HttpOnly;"
        return response

    def _cut(self, request: web.Request) -> web.Response:
        assert request.transport is not None  # noqa: S101 - the request is being served
        request.transport.close()
        return web.Response(status=503)

    async def wait(self, line: str) -> bool:
        """Faults before a command; False when the connection is to be cut."""
        return await hold(self.node, line)


def _rpc_error(number: Any, code: int, message: str, text: str) -> dict[str, Any]:
    error = {"code": code, "message": message, "data": {"msg": text}}
    return {"jsonrpc": "2.0", "error": error, "id": number}


class _JsonRpc:
    """Methods cli, cli_ascii and cli_array; one session for the whole array."""

    def __init__(self, api: NxApi, shell: Shell) -> None:
        self.api, self.shell = api, shell

    async def answer(self, data: Any) -> Any:
        calls = data if isinstance(data, list) else [data]
        replies = []
        wishes = [call.get("rollback") for call in calls if isinstance(call, dict)]
        config = self.api.node.config
        before = config.root.copy() if "rollback-on-error" in wishes else None
        for call in calls:
            if not isinstance(call, dict) or not isinstance(call.get("params"), dict):
                replies.append(_rpc_error(None, -32600, "Invalid Request", "Invalid Request"))
                break
            line = str(call["params"].get("cmd", ""))
            if not await self.api.wait(line):
                return None
            reply = self.one(call, line)
            replies.append(reply)
            if "error" in reply and call.get("rollback", "stop-on-error") != "continue-on-error":
                if before is not None:
                    config.restore(before)
                break
        return replies if len(replies) > 1 else replies[0] if replies else []

    def one(self, call: dict[str, Any], line: str) -> dict[str, Any]:
        method, number = call.get("method"), call.get("id")
        if method not in {"cli", "cli_ascii", "cli_array"}:
            return _rpc_error(number, -32601, "Method not found", f"Invalid method {method}")
        output = run_command(self.shell, line)
        if output.error:
            return _rpc_error(number, INVALID_PARAMS, "Invalid params", error_text(output))
        result: Any = None
        if method == "cli" and not output.configured and output.body is not None:
            result = {"body": output.body}
        elif method == "cli" and not output.configured and output.text and line.strip().startswith("sh"):
            return _rpc_error(number, INVALID_PARAMS, "Invalid params", f"{STRUCTURED_ERROR}\n")
        elif output.text:
            result = {"msg": output.text + "\n"}
        return {"jsonrpc": "2.0", "result": result, "id": number}


async def start_nxapi(node: Node, secret: bytes, port: int, secure_port: int = 0) -> web.AppRunner:
    """Listen on the node's own address, with TLS too when ``secure_port`` is given.

    Raises OSError when the address is taken.
    """
    runner = web.AppRunner(NxApi(node, secret).application(), access_log=None)
    await runner.setup()
    address = node.spec.address
    await web.TCPSite(runner, address, port, reuse_address=True).start()
    if secure_port:
        context = server_context(node.spec.name, address, node.clock.now())
        await web.TCPSite(runner, address, secure_port, ssl_context=context, reuse_address=True).start()
    return runner
