from __future__ import annotations

import pytest

from agent.nxos.compare import diff_config, read_meaning
from agent.nxos.digest import digest_config
from agent.nxos.parse import parse_config
from tests.recordings import needs_shared, running_configs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("vlan 1,10-12\n", "vlan 12\nvlan 10,11\n", id="vlan-views"),
        pytest.param("interface Ethernet1/1\n", "", id="empty-port-and-no-port"),
        pytest.param(
            "interface Ethernet1/1\n  no shutdown\n", "interface Ethernet1/1\n", id="default-written-out"
        ),
        pytest.param(
            "username a password 5 $5$x role network-admin\n",
            "username a password 0 clear role network-admin\n",
            id="secret-rehashed",
        ),
        pytest.param(
            "ip access-list A\n  permit ip any any\n",
            "ip access-list A\n  10 permit ip any any \n",
            id="acl-numbers",
        ),
        pytest.param(
            "interface Ethernet1/1\n  no switchport\n  ip address 10.0.0.1/24\n",
            "interface eth 1/1\n  no switchport\n  ip address 10.0.0.1 255.255.255.0\n",
            id="abbreviation-and-mask",
        ),
        pytest.param(
            "interface Vlan10\n  ipv6 address 2001:db8::1/64\n",
            "interface vlan 10\n  ipv6 address 2001:DB8::1/64\n",
            id="ipv6-case",
        ),
        pytest.param(
            "ip access-list A\n  10 permit tcp 10.1.0.0/16 10.2.0.9/32 eq 443\n",
            "ip access-list A\n  permit tcp 10.1.0.0 0.0.255.255 host 10.2.0.9 eq 443\n",
            id="acl-wildcard-and-host",
        ),
        pytest.param("!Time: now\nversion 10.3(1)\nhostname a\n", "hostname a\n", id="headers"),
        pytest.param(
            "ntp server 10.0.0.1\nntp server 10.0.0.2\n",
            "ntp server 10.0.0.2\nntp server 10.0.0.1\n",
            id="order",
        ),
        pytest.param(
            "interface port-channel1\n  mtu 9216\ninterface Ethernet1/1\n  channel-group 1\n",
            "interface port-channel1\n  mtu 9216\ninterface Ethernet1/1\n  mtu 9216\n  channel-group 1\n",
            id="inherited-lines",
        ),
    ],
)
def test_equal_meaning_has_equal_digest(one: str, other: str) -> None:
    assert digest_config(one) == digest_config(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("vlan 1,10\n", "vlan 1,11\n", id="vlan"),
        pytest.param("interface Ethernet1/1\n  shutdown\n", "interface Ethernet1/1\n", id="shutdown"),
        pytest.param(
            "ip access-list A\n  10 permit ip any any\n  20 deny ip any any\n",
            "ip access-list A\n  10 deny ip any any\n  20 permit ip any any\n",
            id="acl-order",
        ),
        pytest.param("username a password 5 x role network-admin\n", "hostname b\n", id="user-gone"),
    ],
)
def test_other_meaning_has_other_digest(one: str, other: str) -> None:
    assert digest_config(one) != digest_config(other)


@needs_shared
@pytest.mark.parametrize("name", sorted(running_configs()))
def test_recorded_configuration_differs_from_itself_in_nothing(name: str) -> None:
    meaning = read_meaning(parse_config(running_configs()[name]))
    diff = diff_config(meaning, meaning)
    assert not diff.edits
    assert not diff.marks
