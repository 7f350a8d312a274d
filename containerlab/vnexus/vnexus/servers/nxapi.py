"""NX-API: JSON-RPC and ins_api over HTTP on aiohttp."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from aiohttp import web

from vnexus.config.session import ConfigSession
from vnexus.exec.output import Output
from vnexus.exec.shell import Shell
from vnexus.node import Node

INVALID_PARAMS = -32602
_NO_STRUCTURE = "% Structured output unsupported"


class NxApi:
    """The application of one node. ``secret`` signs its cookies."""

    def __init__(self, node: Node, secret: bytes) -> None:
        self.node, self.secret = node, secret

    def application(self) -> web.Application:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_post("/ins", self.post)
        return app

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
            assert request.transport is not None  # noqa: S101 - the request is being served
            request.transport.close()
            return web.Response(status=503)
        user = self.user_of(request)
        if user is None:
            return web.Response(status=401, text="401 Authorization Required")
        try:
            data = json.loads(await request.text())
        except (json.JSONDecodeError, UnicodeDecodeError):
            return self._json(_rpc_error(None, -32700, "Parse error", "Malformed JSON"), user, 400)
        shell = self.node.shell(user)
        shell.ask = shell.interactive = False
        if isinstance(data, dict) and "ins_api" in data:
            reply: Any = await _InsApi(self, shell).answer(data["ins_api"])
        else:
            reply = await _JsonRpc(self, shell).answer(data)
        if reply is None:
            assert request.transport is not None  # noqa: S101 - the request is being served
            request.transport.close()
            return web.Response(status=503)
        return self._json(reply, user)

    def _json(self, data: Any, user: str, status: int = 200) -> web.Response:
        response = web.json_response(data, status=status)
        response.headers["Set-Cookie"] = f"nxapi_auth={user}:{self.token(user)}; Secure; HttpOnly;"
        return response

    async def wait(self, line: str) -> bool:
        """Faults before a command; False when the connection is to be cut."""
        faults = self.node.faults
        if faults.active:
            if faults.dropped():
                return False
            delay = faults.delay(line)
            if delay:
                await asyncio.sleep(delay)
        return True


def run_command(shell: Shell, line: str) -> Output:
    """Exec commands, and configuration lines without ``configure terminal`` before them."""
    first = line.strip().split(" ", 1)[0].lower()
    if shell.configuring is None:
        output = shell.run(line)
        if not output.error or first in {"show", "sh"}:
            return output
        shell.configuring = ConfigSession(shell.node.config)
        configured = shell.run(line)
        if configured.error and not _known(shell, line):
            shell.configuring = None
            return configured
        return configured
    return shell.run(line)


def _known(shell: Shell, line: str) -> bool:
    del line
    return shell.configuring is not None and len(shell.configuring.frames) > 1


def error_text(output: Output) -> str:
    """Errors without the caret, for nothing was typed: ``% Invalid command``."""
    caret, _, said = output.text.partition("\n")
    if caret.strip() != "^":
        return f"{output.text}\n"
    return said.replace(" at '^' marker.", "") + "\n"


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
            return _rpc_error(number, INVALID_PARAMS, "Invalid params", f"{_NO_STRUCTURE}\n")
        elif output.text:
            result = {"msg": output.text + "\n"}
        return {"jsonrpc": "2.0", "result": result, "id": number}


class _InsApi:
    """Types cli_show, cli_show_ascii (cli_ascii) and cli_conf."""

    def __init__(self, api: NxApi, shell: Shell) -> None:
        self.api, self.shell = api, shell

    async def answer(self, request: Any) -> Any:
        kind = str(request.get("type", "")) if isinstance(request, dict) else ""
        text = str(request.get("input", "")) if isinstance(request, dict) else ""
        if kind not in {"cli_show", "cli_show_ascii", "cli_ascii", "cli_conf", "cli_show_array"}:
            outputs: Any = {"input": text, "msg": "Input XML invalid type", "code": "400", "clierror": ""}
            return _envelope(kind, outputs)
        results: list[dict[str, Any]] = []
        stop = str(request.get("rollback", "stop-on-error")) != "continue-on-error"
        before = self.api.node.config.root.copy() if request.get("rollback") == "rollback-on-error" else None
        for line in (part.strip() for part in text.split(" ;")):
            if not line:
                continue
            if not await self.api.wait(line):
                return None
            result = self.one(kind, line)
            results.append(result)
            if result["code"] != "200" and kind == "cli_conf" and stop:
                if before is not None:
                    self.api.node.config.restore(before)
                break
        return _envelope(kind, results[0] if len(results) == 1 else results)

    def one(self, kind: str, line: str) -> dict[str, Any]:
        output = run_command(self.shell, line) if kind == "cli_conf" else self.shell.run(line)
        if output.error:
            said = error_text(output)
            if kind == "cli_show":
                said = f"Syntax error while parsing '{line}'\n\n\n{said}Cmd exec error.\n"
            return {"input": line, "msg": "Input CLI command error", "code": "400", "clierror": said}
        if kind == "cli_show" and output.body is None and output.text:
            return {"input": line, "msg": _NO_STRUCTURE[2:], "code": "501", "clierror": ""}
        body: Any = output.body or {}
        if kind not in {"cli_show", "cli_show_array"}:
            body = output.text + "\n" if output.text else ("" if "ascii" in kind else {})
        return {"input": line, "msg": "Success", "code": "200", "body": body}


def _envelope(kind: str, outputs: Any) -> dict[str, Any]:
    return {"ins_api": {"type": kind, "version": "1.0", "sid": "eoc", "outputs": {"output": outputs}}}


async def start_nxapi(node: Node, port: int, secret: bytes) -> web.AppRunner:
    """Listen on the node's own address. Raises OSError when the address is taken."""
    runner = web.AppRunner(NxApi(node, secret).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, node.spec.address, port, reuse_address=True).start()
    return runner
