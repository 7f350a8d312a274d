"""gNMI, with pygnmi as the client: somebody else's messages, TLS and gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pygnmi.client import gNMIclient, gNMIException

from containerlab.vnexus.tests.labthread import inside, wait_for
from vnexus.lab import Lab
from vnexus.testing import one_switch, running
from vnexus.topology import Endpoint, Link, NodeSpec, Topology

# the reading thread of pygnmi raises when its call ends in an error, which some tests are about
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")

STARTUP = ("feature grpc", "feature lldp", "username eve password Look-1 role network-operator")
STATE = "openconfig:/interfaces/interface[name=eth1/7]/state"
PAIR = Topology(
    "pair",
    (
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.0.0.1", STARTUP),
        NodeSpec("leaf", "n9k-9.3", "N9K-C93180YC-FX3", "127.66.7.2", (*STARTUP, "grpc port 50099")),
    ),
    (Link("hall", "Ethernet1/49", "leaf", "Ethernet1/1"),),
    (
        Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", "10.66.120.7", 6.5,
                 transmit_bps=4_000_000),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with running(PAIR) as made:
        yield made


@contextmanager
def client(lab: Lab, user: str = "admin", password: str = "admin", node: str = "hall") -> Iterator[Any]:  # noqa: S107 - the lab default
    target = (lab.nodes[node].spec.address, lab.doors.open[node].port)
    made = gNMIclient(target=target, username=user, password=password, skip_verify=True)
    with made.connect() as connected:
        yield connected


def asked(path: str, mode: str, **more: Any) -> dict[str, Any]:
    return {"subscription": [{"path": path, "mode": mode, **more}], "mode": "stream", "encoding": "proto"}


def values(response: dict[str, Any]) -> dict[str, Any]:
    return {
        update["path"].rpartition("/")[2]: update["val"] for update in response["update"].get("update", ())
    }


def test_capabilities_name_models_and_encodings(lab: Lab) -> None:
    with client(lab) as gnmi:
        said = gnmi.capabilities()
    assert set(said["supported_encodings"]) == {"json", "proto"}
    assert "openconfig-interfaces" in {model["name"] for model in said["supported_models"]}


def test_get_in_json_is_one_blob(lab: Lab) -> None:
    with client(lab) as gnmi:
        said = gnmi.get(path=[STATE])
    (update,) = said["notification"][0]["update"]
    assert update["path"] == "interfaces/interface[name=eth1/7]/state"
    assert update["val"]["oper-status"] == "UP"
    assert update["val"]["counters"]["in-octets"] >= 0


def test_get_in_proto_has_a_path_for_every_leaf(lab: Lab) -> None:
    with client(lab) as gnmi:
        said = gnmi.get(path=["openconfig:/interfaces/interface[name=*]/state/oper-status"], encoding="proto")
    found = {update["path"]: update["val"] for update in said["notification"][0]["update"]}
    assert found["interfaces/interface[name=eth1/7]/state/oper-status"] == "UP"
    assert found["interfaces/interface[name=eth1/8]/state/oper-status"] == "DOWN"
    assert len(found) == len(lab.nodes["hall"].config.interfaces())


def test_operators_may_look(lab: Lab) -> None:
    with client(lab, "eve", "Look-1") as gnmi:
        assert gnmi.get(path=["/system/state/hostname"])["notification"][0]["update"][0]["val"] == "hall"
        with pytest.raises(gNMIException, match="Permission denied"):
            gnmi.set(update=[("/system/config", {"hostname": "mine"})])


def test_wrong_password_is_unauthenticated(lab: Lab) -> None:
    with pytest.raises(gNMIException, match="Authentication failed"), client(lab, "admin", "wrong"):
        pass


def test_once(lab: Lab) -> None:
    with client(lab) as gnmi:
        asked_once = {"subscription": [{"path": STATE}], "mode": "once", "encoding": "proto"}
        said = list(gnmi.subscribe2(asked_once))
    assert values(said[0])["admin-status"] == "UP"
    assert said[-1] == {"sync_response": True}


def test_poll_reads_anew(lab: Lab) -> None:
    with client(lab) as gnmi:
        request = {
            "subscription": [{"path": f"{STATE}/counters/in-octets"}],
            "mode": "poll",
            "encoding": "proto",
        }
        poll = gnmi.subscribe2(request)
        first = values(poll.get_update(timeout=10))["in-octets"]
        lab.clock.advance(60)
        second = values(poll.get_update(timeout=10))["in-octets"]
        poll.close()
    assert second - first >= 60 * 4_000_000 // 8


def test_samples_come_on_the_clock_of_the_world(lab: Lab) -> None:
    with client(lab) as gnmi:
        stream = gnmi.subscribe2(asked(f"{STATE}/counters/in-octets", "sample", sample_interval=3600 * 10**9))
        first = stream.get_update(timeout=10)
        assert first["sync_response"]
        lab.clock.advance(3600)
        second = stream.get_update(timeout=10)
        stream.close()
    assert values(second)["in-octets"] - values(first)["in-octets"] >= 3600 * 4_000_000 // 8
    assert second["update"]["timestamp"] - first["update"]["timestamp"] >= 3600 * 10**9


def test_changes_come_when_the_world_changes(lab: Lab) -> None:
    with client(lab) as gnmi:
        stream = gnmi.subscribe2(asked(f"{STATE}/oper-status", "on_change"))
        assert values(stream.get_update(timeout=10)) == {"oper-status": "UP"}
        fault = inside(lab, lambda: lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"}))
        assert values(stream.get_update(timeout=10)) == {"oper-status": "DOWN"}
        inside(lab, lambda: lab.world.remove_fault(fault))
        assert values(stream.get_update(timeout=10)) == {"oper-status": "UP"}
        stream.close()


def test_changes_come_when_the_configuration_changes(lab: Lab) -> None:
    path = "openconfig:/interfaces/interface[name=lo9]/state/description"
    with client(lab) as gnmi:
        stream = gnmi.subscribe2(asked(path, "on_change"))
        assert stream.get_update(timeout=10) == {"update": {}, "sync_response": True}
        inside(lab, lambda: lab.nodes["hall"].merge("interface loopback9\n  description here"))
        assert values(stream.get_update(timeout=10)) == {"description": "here"}
        inside(lab, lambda: lab.nodes["hall"].merge("no interface loopback9"))
        gone = stream.get_update(timeout=10)
        stream.close()
    assert "interfaces/interface[name=lo9]/state/description" in str(gone["update"]["delete"])


def test_heartbeat_repeats_what_did_not_change(lab: Lab) -> None:
    with client(lab) as gnmi:
        stream = gnmi.subscribe2(asked(f"{STATE}/mtu", "on_change", heartbeat_interval=900 * 10**9))
        first = stream.get_update(timeout=10)
        lab.clock.advance(900)
        assert values(stream.get_update(timeout=10)) == values(first)
        stream.close()


def test_redundant_samples_are_suppressed_until_the_heartbeat(lab: Lab) -> None:
    more = {"sample_interval": 60 * 10**9, "suppress_redundant": True, "heartbeat_interval": 300 * 10**9}
    with client(lab) as gnmi:
        stream = gnmi.subscribe2(asked(STATE, "sample", **more))
        first = values(stream.get_update(timeout=10))
        lab.clock.advance(60)
        second = values(stream.get_update(timeout=10))
        lab.clock.advance(240)
        third = values(stream.get_update(timeout=10))
        stream.close()
    assert "in-octets" in second
    assert "mtu" in first
    assert "mtu" not in second
    assert third.keys() == first.keys()


def test_updates_only_leaves_out_the_beginning(lab: Lab) -> None:
    request = {**asked(f"{STATE}/oper-status", "on_change"), "updates_only": True}
    with client(lab) as gnmi:
        stream = gnmi.subscribe2(request)
        assert stream.get_update(timeout=10) == {"update": {}, "sync_response": True}
        fault = inside(lab, lambda: lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"}))
        assert values(stream.get_update(timeout=10)) == {"oper-status": "DOWN"}
        inside(lab, lambda: lab.world.remove_fault(fault))
        stream.close()


def test_the_switch_chooses_when_it_may(lab: Lab) -> None:
    """Counters are sampled, states are sent on change."""
    with client(lab) as gnmi:
        counters = gnmi.subscribe2(asked(f"{STATE}/counters/in-octets", "target_defined"))
        state = gnmi.subscribe2(asked(f"{STATE}/oper-status", "target_defined"))
        first = values(counters.get_update(timeout=10))["in-octets"]
        assert values(state.get_update(timeout=10)) == {"oper-status": "UP"}
        lab.clock.advance(10)
        assert values(counters.get_update(timeout=10))["in-octets"] > first
        assert not state.peek()
        counters.close()
        state.close()


def test_a_door_opens_and_shuts_with_the_configuration() -> None:
    with one_switch() as (lab, node):
        assert "grpc" not in str(lab.ready())
        inside(lab, lambda: node.merge("feature grpc"))
        wait_for(lambda: "switch" in lab.doors.open)
        with client(lab, node="switch") as gnmi:
            stream = gnmi.subscribe2(asked("openconfig:/system/state/hostname", "on_change"))
            stream.get_update(timeout=10)
            inside(lab, lambda: node.merge("no feature grpc"))
            wait_for(lambda: "switch" not in lab.doors.open)
            stream.close()


def test_grpc_port_decides_and_old_releases_do_not_listen(lab: Lab) -> None:
    assert lab.doors.open["leaf"].port == 50099
    with client(lab, node="leaf") as gnmi:
        stream = gnmi.subscribe2(asked("openconfig:/system/state/hostname", "target_defined"))
        stream._subscribe_thread.join(10)
        assert "TARGET_DEFINED is not supported" in str(stream.error)
    with one_switch("n7k-7.3", "N7K-C7009", ("feature grpc",)) as (old, _):
        assert not old.doors.open
