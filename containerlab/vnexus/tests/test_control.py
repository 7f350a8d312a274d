"""The control API over a real socket, asked by its own client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from vnexus import control_client
from vnexus.control import Control, start_control
from vnexus.control_client import ControlError
from vnexus.faults import NodeFaults

if TYPE_CHECKING:
    from conftest import Lab


def against(lab: Lab, questions: Callable[[str], Any]) -> Any:
    """Run blocking questions in a thread beside the server."""

    async def run() -> Any:
        registries = {node: NodeFaults() for node in lab.configs}
        port, stop = await start_control(Control(lab.world, registries), "127.0.0.1", 0)
        try:
            return await asyncio.to_thread(questions, f"127.0.0.1:{port}")
        finally:
            await stop()

    return asyncio.run(run())


def test_what_there_is_can_be_listed(lab: Lab) -> None:
    def ask(control: str) -> None:
        assert control_client.call(control, "GET", "/health")["nodes"] == 4
        assert [node["name"] for node in control_client.call(control, "GET", "/nodes")] == list(lab.configs)
        assert all(link["up"] for link in control_client.call(control, "GET", "/links"))
        camera = control_client.call(control, "GET", "/endpoints")[0]
        assert (camera["name"], camera["up"], camera["poe"]) == ("cam-001", True, "delivering")

    against(lab, ask)


def test_a_fault_comes_and_goes(lab: Lab) -> None:
    def ask(control: str) -> None:
        arguments = {"node": "hall", "port": "Ethernet1/49"}
        number = control_client.add_fault(control, "link-cut", arguments)
        assert number is not None
        links = control_client.call(control, "GET", "/links")
        assert [link["up"] for link in links] == [True, False, True, True]
        (active,) = control_client.list_faults(control)
        assert {**arguments, "id": number, "kind": "link-cut"}.items() <= active.items()
        control_client.remove_fault(control, number)
        assert control_client.list_faults(control) == []

    against(lab, ask)


def test_a_fault_for_a_time_ends_when_time_is_pushed(lab: Lab) -> None:
    def ask(control: str) -> None:
        control_client.add_fault(control, "endpoint-unplug", {"endpoint": "cam-001", "for_seconds": 60})
        assert not control_client.call(control, "GET", "/endpoints")[0]["up"]
        control_client.advance(control, 61)
        assert control_client.call(control, "GET", "/endpoints")[0]["up"]

    against(lab, ask)


def test_command_line_faults_go_to_their_node(lab: Lab) -> None:
    def ask(control: str) -> None:
        number = control_client.add_fault(control, "reject-line", {"node": "hall", "pattern": "vlan 66"})
        assert number == "hall:1"
        (active,) = control_client.list_faults(control)
        assert (active["kind"], active["pattern"]) == ("reject-line", "vlan 66")
        control_client.remove_fault(control, number)
        assert control_client.list_faults(control) == []

    against(lab, ask)


def test_a_node_can_be_rebooted(lab: Lab) -> None:
    def ask(control: str) -> None:
        assert control_client.add_fault(control, "reboot", {"node": "hall", "for_seconds": 30}) is None
        powered = {node["name"]: node["powered"] for node in control_client.call(control, "GET", "/nodes")}
        assert powered == {"core-1": True, "core-2": True, "leaf-1": True, "hall": False}

    against(lab, ask)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/faults", {"kind": "earthquake"}, "unknown fault 'earthquake'"),
        ("POST", "/faults", {}, "no 'kind'"),
        ("POST", "/faults", [1], "not an object"),
        ("POST", "/faults", {"kind": "link-cut", "node": "x", "port": "y"}, "unknown node 'x'"),
        ("POST", "/faults", {"kind": "reject-line", "node": "x"}, "unknown node 'x'"),
        ("POST", "/faults", {"kind": "reject-line", "node": "hall"}, "'pattern' is missing"),
        ("POST", "/faults", {"kind": "reject-line", "node": "hall", "patern": "x"}, "unknown argument"),
        ("POST", "/faults", {"kind": "slow-reply", "node": "hall", "seconds": "long"}, "give a figure"),
        ("POST", "/faults", {"kind": "reboot", "node": "x"}, "unknown node 'x'"),
        ("POST", "/faults", {"kind": "reboot"}, "give 'node'"),
        ("POST", "/faults", {"kind": "heat", "node": "hall", "for_seconds": -3}, "give a figure from 0"),
        ("POST", "/clock/advance", {"seconds": -1}, "give a figure from 0"),
        ("POST", "/clock/advance", {}, "no 'seconds'"),
        ("DELETE", "/faults/77", None, "no fault 77"),
        ("DELETE", "/faults/x", None, "no fault x"),
        ("DELETE", "/faults/x:1", None, "no fault x:1"),
        ("GET", "/nothing", None, "GET /nothing"),
    ],
)
def test_a_mistake_is_one_line(lab: Lab, method: str, path: str, body: Any, expected: str) -> None:
    def ask(control: str) -> str:
        with pytest.raises(ControlError) as caught:
            control_client.call(control, method, path, body)
        return str(caught.value)

    said = against(lab, ask)
    assert expected in said
    assert "\n" not in said


def test_a_lab_that_is_not_there_is_one_line() -> None:
    with pytest.raises(ControlError, match=r"no lab answers at 127\.0\.0\.1:9"):
        control_client.list_faults("127.0.0.1:9")
    with pytest.raises(ControlError, match="is not ADDRESS:PORT"):
        control_client.list_faults("somewhere")
