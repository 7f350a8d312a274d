"""``show telemetry …`` and ``show grpc …`` tell what is configured and what has happened."""

from __future__ import annotations

from typing import Any

import pytest

from vnexus.node import Node
from vnexus.telemetry.mdt.settings import UNBOUNDED, Destination, read_settings
from vnexus.testing import one_switch

STARTUP = (
    "feature telemetry", "telemetry", "certificate /bootflash/ca.pem collector.example",
    "destination-profile", "use-vrf management", "use-chunking size 512",
    "destination-group 1", "ip address 127.0.0.1 port 1 protocol gRPC encoding GPB",
    "ip address 192.0.2.9 port 57500 protocol HTTP encoding JSON",
    "destination-group 2", "ip address 127.0.0.1 port 2 protocol gRPC encoding GPB",
    "sensor-group 1", "data-source DME", "path sys/ch depth 2",
    "path sys/intf depth unbounded query-condition rsp-subtree=full&rsp-subtree-class=rmonIfHCIn,rmonIfIn",
    "sensor-group 2", "data-source NX-API", 'path "show environment power"', "sensor-group 3",
    "subscription 7", "dst-grp 1", "snsr-grp 1 sample-interval 30000", "snsr-grp 2 sample-interval 5000",
    "subscription 8", "dst-grp 2", "snsr-grp 1 sample-interval 0",
)  # fmt: skip


def rows(node: Node, command: str, table: str) -> list[dict[str, Any]]:
    output = node.shell("admin").run(command)
    assert output.body is not None
    found = output.body[f"TABLE_{table}"][f"ROW_{table}"]
    found = found if isinstance(found, list) else [found]
    for row in found:
        assert any(all(str(cell) in line for cell in row.values()) for line in output.text.splitlines())
    return list(found)


def test_the_section_as_values() -> None:
    with one_switch(startup=STARTUP) as (_, node):
        said = read_settings(node.config.root)
    assert (said.vrf, said.chunk, said.groups) == ("management", 512, ("1", "2", "3"))
    assert said.destinations[0] == Destination(
        "1", "127.0.0.1", 1, "gRPC", "GPB", ("/bootflash/ca.pem", "collector.example")
    )
    assert not said.destinations[1].supported
    paths = {one.path: one for one in said.sensors}
    assert (paths["sys/ch"].depth, paths["sys/intf"].depth) == (2, UNBOUNDED)
    assert paths["sys/intf"].classes == {"rmonIfHCIn", "rmonIfIn"}
    assert paths["show environment power"].source == "NX-API"
    assert [(one.number, [use.seconds for use in one.samplings]) for one in said.subscriptions] == [
        ("7", [30.0, 5.0]), ("8", [0.0])
    ]  # fmt: skip


def test_the_database() -> None:
    with one_switch(startup=STARTUP) as (_, node):
        database = "show telemetry control database"
        found = rows(node, f"{database} subscriptions", "subscription")
        assert found == [{"sub_id": "7", "data_collector": "DME NX-API"},
                         {"sub_id": "8", "data_collector": "DME"}]  # fmt: skip
        groups = {row["sgrp_id"]: row for row in rows(node, f"{database} sensor-groups", "sensor_group")}
        assert groups["1"]["linked"] == "2"
        assert groups["3"]["linked"] == "0"
        assert groups["2"]["sampling"] == "5000(Running)"
        depths = {row["path"]: row["depth"] for row in rows(node, f"{database} sensor-paths", "sensor_path")}
        assert depths == {"sys/ch": "2", "sys/intf": "Full", "show environment power": "Self"}
        assert len(rows(node, f"{database} destinations", "dest")) == 3
        whole = node.shell("admin").run(database)
        assert all(
            word in whole.text for word in ("Subscription", "Sensor Group", "Sensor Path", "Destination")
        )


def test_sessions_and_collections() -> None:
    with one_switch(startup=STARTUP) as (_, node):
        sessions = {row["port"]: row for row in rows(node, "show telemetry transport", "transport")}
        assert set(sessions) == {"1", "2", "57500"}
        shell = node.shell("admin")
        assert shell.run("show telemetry transport 9").error
        assert shell.run("show telemetry transport 0").body is not None
        collected = rows(node, "show telemetry data collector details", "collector")
        assert {row["path"] for row in collected} == {"sys/ch", "sys/intf", "show environment power"}
        brief = {row["type"] for row in rows(node, "show telemetry data collector brief", "collector")}
        assert brief == {"DME", "NX-API"}


@pytest.mark.parametrize("command", ["show telemetry transport", "show grpc gnmi service statistics"])
def test_without_the_feature_there_is_no_command(command: str) -> None:
    with one_switch() as (_, node):
        assert "Invalid command" in node.shell("admin").run(command).text


def test_grpc_statistics() -> None:
    with one_switch(startup=("feature grpc", "grpc gnmi max-concurrent-calls 16")) as (lab, node):
        body = node.shell("admin").run("show grpc gnmi service statistics").body
        assert body is not None
        assert body["server_address"] == f"[::]:{lab.topology.listen.grpc}"
        assert (body["max_concurrent_calls"], body["active_calls"]) == ("16", "0")
