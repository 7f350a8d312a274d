"""HTTP control API of a running lab: what there is, faults, time. For a loopback address: there is no login.

    GET  /health /nodes /links /endpoints /faults
    POST /faults {"kind": "link-cut", "node": "core-1", "port": "Ethernet3/1", "for_seconds": 30}
    POST /faults {"kind": "reboot", "node": "hall", "for_seconds": 60}
    DELETE /faults/ID
    POST /clock/advance {"seconds": 3600}

Every mistake is answered with ``{"error": "one line"}``: 400 for the request, 404 for a path or a fault that
is not there.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any, Protocol

from aiohttp import web

from vnexus import faults as command_faults
from vnexus.faults import NodeFaults
from vnexus.world import FaultError, World
from vnexus.world import faults as world_faults

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
REBOOT = "reboot"


class Saves(Protocol):
    """A switch that can copy its running configuration to startup."""

    def save(self) -> None: ...


class Control:
    """Routes of one lab; ``command_line`` holds the fault registries of the nodes' command-line sides.

    ``nodes`` can save their configuration before a reboot.
    """

    def __init__(
        self, world: World, command_line: Mapping[str, NodeFaults], nodes: Mapping[str, Saves] | None = None
    ) -> None:
        self.world, self.command_line = world, command_line
        self.nodes_by_name: Mapping[str, Saves] = nodes or {}
        self.app = web.Application(middlewares=[_errors], client_max_size=64 * 1024)
        self.app.add_routes(
            [
                web.get("/health", self.health),
                web.get("/nodes", self.nodes),
                web.get("/links", self.links),
                web.get("/endpoints", self.endpoints),
                web.get("/faults", self.faults),
                web.post("/faults", self.add_fault),
                web.delete("/faults/{id}", self.remove_fault),
                web.post("/clock/advance", self.advance),
            ]
        )

    async def health(self, _: web.Request) -> web.Response:
        topology = self.world.topology
        return web.json_response(
            {"status": "ok", "lab": topology.name, "nodes": len(topology.nodes), "now": self.world.now()}
        )

    async def nodes(self, _: web.Request) -> web.Response:
        with self.world.moment():
            found = [
                {
                    **{name: getattr(spec, name) for name in ("name", "profile", "model", "address")},
                    "hostname": self.world.configs[spec.name].hostname,
                    "powered": self.world.powered(spec.name),
                    "booted_at": self.world.booted_at(spec.name),
                }
                for spec in self.world.topology.nodes
            ]
        return web.json_response(found)

    async def links(self, _: web.Request) -> web.Response:
        with self.world.moment():
            found = [
                {
                    "a": {"node": link.a_node, "port": link.a_port},
                    "b": {"node": link.b_node, "port": link.b_port},
                    "up": self.world.oper(link.a_node, link.a_port).up
                    and self.world.oper(link.b_node, link.b_port).up,
                }
                for link in self.world.topology.links
            ]
        return web.json_response(found)

    async def endpoints(self, _: web.Request) -> web.Response:
        with self.world.moment():
            found = []
            for endpoint in self.world.topology.endpoints:
                power = self.world.poe(endpoint.node, endpoint.port)
                found.append(
                    {
                        **{
                            name: getattr(endpoint, name)
                            for name in ("name", "kind", "node", "port", "address")
                        },
                        "up": self.world.oper(endpoint.node, endpoint.port).up,
                        "poe": power.status if power else None,
                        "watts": power.milliwatts / 1000 if power else None,
                    }
                )
        return web.json_response(found)

    async def faults(self, _: web.Request) -> web.Response:
        self.world.refresh()
        board = self.world.board
        active: list[dict[str, object]] = [
            {
                "id": str(number),
                "kind": world_faults.NAMES[type(fault)],
                **asdict(fault),
                "since": board.since[number],
            }
            for number, fault in board.active.items()
        ]
        names = {kind: name for name, kind in command_faults.KINDS.items()}
        for node, registry in self.command_line.items():
            active += [
                {"id": f"{node}:{number}", "kind": names[type(fault)], "node": node, **asdict(fault)}
                for number, fault in registry.active.items()
            ]
        return web.json_response({"active": active, "kinds": _kinds()})

    async def add_fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        kind = body.pop("kind", None)
        if not isinstance(kind, str):
            raise FaultError("no 'kind': GET /faults lists the kinds")
        seconds = _figure("for_seconds", body.pop("for_seconds", None))
        if kind == REBOOT:
            return self._reboot(body, seconds)
        if kind in command_faults.KINDS:
            return web.json_response({"id": self._add_command_fault(kind, body, seconds)}, status=201)
        if kind not in world_faults.KINDS:
            known = ", ".join(_kinds())
            raise FaultError(f"unknown fault {kind!r}: known are {known}")
        number = self.world.add_fault(kind, body, seconds=seconds)
        return web.json_response({"id": str(number)}, status=201)

    async def remove_fault(self, request: web.Request) -> web.Response:
        text = request.match_info["id"]
        node, _, number = text.rpartition(":")
        try:
            if node:
                self.command_line[node].remove(int(number))
            else:
                self.world.remove_fault(int(number))
        except (KeyError, ValueError) as exc:
            raise web.HTTPNotFound(text=f"no fault {text}: GET /faults lists the active ones") from exc
        return web.json_response({"removed": text})

    async def advance(self, request: web.Request) -> web.Response:
        body = await _body(request)
        seconds = _figure("seconds", body.get("seconds"))
        if seconds is None:
            raise FaultError("no 'seconds': say how far to go")
        self.world.clock.advance(seconds)
        return web.json_response({"now": self.world.refresh()})

    def _reboot(self, body: dict[str, object], seconds: float | None) -> web.Response:
        save = str(body.pop("save", "no")).lower()
        if set(body) != {"node"} or save not in {"yes", "no", "true", "false"}:
            raise FaultError("reboot: give 'node', 'save' (yes or no) and, if it takes time, 'for_seconds'")
        if str(body["node"]) in self.nodes_by_name and save in {"yes", "true"}:
            self.nodes_by_name[str(body["node"])].save()
        self.world.reboot(str(body["node"]), seconds=seconds or 0.0)
        return web.json_response({"id": None}, status=201)

    def _add_command_fault(self, kind: str, body: dict[str, object], seconds: float | None) -> str:
        node = body.pop("node", None)
        if not isinstance(node, str) or node not in self.command_line:
            raise FaultError(f"{kind}: unknown node {node!r}: known are {', '.join(self.command_line)}")
        cls: Any = command_faults.KINDS[kind]
        known = {field.name: field for field in fields(cls)}
        for name in body:
            if name not in known:
                raise FaultError(f"{kind}: unknown argument {name!r}: known are node, {', '.join(known)}")
        for name, field in known.items():
            if name not in body and field.default is MISSING:
                raise FaultError(f"{kind}: {name!r} is missing: it needs node, {', '.join(known)}")
            if name in body and field.type in ("int", "float"):
                figure = _figure(name, body[name])
                body[name] = int(figure or 0) if field.type == "int" else figure or 0.0
            elif name in body and not isinstance(body[name], str):
                raise FaultError(f"{kind}: {name} is {body[name]!r}: give a text")
            elif name == "pattern" and name in body:
                world_faults.check_pattern(kind, str(body[name]))
        registry = self.command_line[node]
        number = registry.add(cls(**body))
        if seconds is not None:
            self.world.agenda.add(self.world.now() + seconds, lambda _: registry.discard(number))
        return f"{node}:{number}"


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Mistakes as one line of JSON."""
    try:
        return await handler(request)
    except (FaultError, ValueError) as exc:
        return web.json_response({"error": str(exc)}, status=400)
    except web.HTTPException as exc:
        if exc.status < 400:
            raise
        reason = exc.text or exc.reason
        return web.json_response({"error": f"{request.method} {request.path}: {reason}"}, status=exc.status)


async def _body(request: web.Request) -> dict[str, object]:
    try:
        body = json.loads(await request.text())
    except (ValueError, LookupError) as exc:
        raise FaultError("the body is not JSON: send an object") from exc
    if not isinstance(body, dict):
        raise FaultError('the body is not an object: send {"kind": …}')
    return body


def _figure(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise FaultError(f"{name} is {value!r}: give a figure")
    try:
        figure = float(value)
    except ValueError as exc:
        raise FaultError(f"{name} is {value!r}: give a figure") from exc
    if not 0 <= figure <= 1e9:
        raise FaultError(f"{name} is {value!r}: give a figure from 0 to 10^9")
    return figure


def _kinds() -> dict[str, dict[str, object]]:
    """Every kind with its arguments: their type, or their default."""
    kinds: dict[str, dict[str, object]] = {}
    for name, kind in world_faults.KINDS.items():
        kinds[name] = _arguments(kind)
    for name, command in command_faults.KINDS.items():
        kinds[name] = {"node": "str", **_arguments(command)}
    kinds[REBOOT] = {"node": "str", "save": "no"}
    return kinds


def _arguments(cls: Any) -> dict[str, object]:
    return {f.name: str(f.type) if f.default is MISSING else f.default for f in fields(cls)}


async def start_control(
    control: Control, address: str, port: int
) -> tuple[int, Callable[[], Awaitable[None]]]:
    """Listen (port 0: any). Returns the port and a function that stops; raises OSError."""
    runner = web.AppRunner(control.app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, port).start()
    except OSError:
        await runner.cleanup()
        raise
    bound: int = runner.addresses[0][1]
    return bound, runner.cleanup
