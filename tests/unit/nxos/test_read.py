"""Reading stanza by stanza gives what reading the whole gives, and the same stanza gives the same items."""

from __future__ import annotations

import pytest

from agent.errors import ConfigSyntaxError
from agent.nxos.compare import read_meaning
from agent.nxos.parse import parse_config
from agent.nxos.read import read_text
from agent.nxos.section import Platform
from agent.nxos.whole import whole_config
from tests.recordings import needs_shared, running_configs

TRICKY = {
    "nothing": "",
    "comment inside a stanza": "interface Ethernet1/1\n  mtu 9216\n! a remark\n  shutdown\nvlan 5\n",
    "blank line inside a stanza": "interface Ethernet1/1\n  mtu 9216\n\n  shutdown\n",
    "banner that looks like lines": "banner motd #\nvlan 66\n\n! no remark\n  interface x\n#\nvlan 5\n",
    "banner that ends like a remark": "banner motd !\nhello\n!\nvlan 5\n",
    "banner on one line": "banner motd #hello#\nvlan 5\n",
    "stanza in two places": "interface mgmt0\n  mtu 1400\nvlan 5\ninterface mgmt0\n  bandwidth 5\n",
    "vlan in two views": "vlan 1,10-12\nvlan 11\n  name eleven\nvlan 10,11\n",
    "defaults said last": "interface Ethernet1/1\n  mtu 9216\nsystem default switchport shutdown\n",
    "no default switchport": "no system default switchport\ninterface Ethernet1/1\n  no shutdown\n",
    "members and their channel": (
        "interface port-channel1\n  switchport mode trunk\n  switchport trunk allowed vlan 5\n"
        "interface Ethernet1/1\n  switchport mode trunk\n  switchport trunk allowed vlan 5\n"
        "  channel-group 1 mode active\n"
    ),
    "allowed list on two lines": (
        "interface Ethernet1/1\n  switchport trunk allowed vlan 1-5\n  switchport trunk allowed vlan add 9\n"
    ),
    "list without numbers": "ip access-list A\n  permit ip any any\n  deny tcp any any\n",
    "negated inside": "interface Ethernet1/1\n  no switchport\n  no ip redirects\n  no shutdown\n",
    "hsrp below a gateway": "interface Vlan5\n  hsrp 1\n    ip 10.0.0.1\n    preempt\n  hsrp 2\n",
    "windows": "vlan 5  \ninterface Ethernet1/1 \n  mtu 9216 \n",
}  # fmt: skip


def whole(text: str, platform: Platform = "n9k") -> object:
    return list(read_meaning(parse_config(text), platform).items())


@pytest.mark.parametrize("case", TRICKY)
@pytest.mark.parametrize("platform", ["n7k", "n9k"])
def test_stanzas_add_up_to_the_whole(case: str, platform: Platform) -> None:
    assert list(read_text(TRICKY[case], platform).items()) == whole(TRICKY[case], platform)


@needs_shared
@pytest.mark.parametrize("name", running_configs())
def test_so_do_those_of_recorded_switches(name: str) -> None:
    text = running_configs()[name]
    assert list(read_text(text).items()) == whole(text)


BROKEN = (
    "vlan 5\n% Invalid command\n",
    "  mtu 9216\n",
    "vlan 5\nbanner motd #\nno end\n",
    "vlan 5000\n",
    "\tvlan 5\n",
)


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_configuration_is_refused_as_by_the_whole(text: str) -> None:
    with pytest.raises(ConfigSyntaxError) as told:
        whole(text)
    with pytest.raises(ConfigSyntaxError) as found:
        read_text(text)
    assert str(found.value) == str(told.value)


def test_the_same_stanza_gives_the_same_items() -> None:
    first = read_text("hostname a\ninterface Ethernet1/1\n  mtu 9216\n")
    second = read_text("hostname b\n\ninterface Ethernet1/1\n  mtu 9216\n!\n")
    assert first[("interface Ethernet1/1",)] is second[("interface Ethernet1/1",)]


def test_defaults_of_another_switch_are_not_taken_over() -> None:
    port = "interface Ethernet1/1\n  mtu 9216\n"
    open_port = read_text(port)[("interface Ethernet1/1",)].body or {}
    shut_port = (
        read_text(f"system default switchport shutdown\n{port}")[("interface Ethernet1/1",)].body or {}
    )
    assert (open_port[("shutdown",)].value, shut_port[("shutdown",)].value) == (False, True)


def test_a_whole_file_begins_with_the_version_and_repeats_nothing() -> None:
    running = "!Time: now\nversion 10.3(5) Bios:version\nhostname a\ncopp profile strict\nrmon event 1 log\n"
    text = whole_config(running, "hostname b\ncopp profile strict\n")
    assert text == "version 10.3(5) Bios:version\nrmon event 1 log\nhostname b\ncopp profile strict\n"
