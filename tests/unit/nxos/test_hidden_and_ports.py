"""Masked texts made whole, and configurations moved to other hardware."""

from __future__ import annotations

import pytest

from agent.nxos.hidden import fill_hidden
from agent.nxos.mask import mask_text
from agent.nxos.ports import busy_ports, clashes, cut_ports, move_ports, ports_of

FULL = """\
hostname sw-1
username ana password 5 $5$AAAA$bbbb  role network-admin
username bob password 5 $5$CCCC$dddd  role network-operator
snmp-server user admin network-admin auth md5 0x1 priv 0x2 localizedkey
snmp-server community one group network-operator
snmp-server community two group network-operator
router bgp 65001
  neighbor 192.0.2.1
    password 3 a667d47acc18ea6b
  neighbor 192.0.2.9
    password 3 b667d47acc18ea6b
"""


def test_from_its_own_text_everything_comes_back() -> None:
    done = fill_hidden(mask_text(FULL), [("sealed", FULL)], {})
    assert (done.text, done.missing) == (FULL, ())


def test_lines_of_one_form_keep_their_order_and_sections_their_own() -> None:
    other = FULL.replace("192.0.2.9", "192.0.2.8").replace("username bob", "username eve")
    done = fill_hidden(mask_text(FULL), [("switch", other)], {})
    assert done.missing == (
        "username bob password <hidden> role network-operator",
        "router bgp 65001 / neighbor 192.0.2.9 / password <hidden>",
    )
    assert "community one" in done.text.partition("community two")[0]


def test_the_first_source_that_has_it_wins_and_names_fill_the_rest() -> None:
    first = "username ana password 5 NEWER  role network-admin\n"
    done = fill_hidden(mask_text(FULL), [("a", first), ("b", FULL.replace("bob", "eve"))],
                       {"username bob password": "clear-word"})  # fmt: skip
    assert done.missing == ()
    assert "username ana password 5 NEWER  role network-admin" in done.text
    assert "username bob password clear-word role" in " ".join(done.text.split())
    assert done.taken["secret store"] == 1


def test_lines_that_are_never_sent_are_not_missed() -> None:
    text = "snmp-server user admin network-admin auth md5 <hidden> priv <hidden> localizedkey\n"
    assert fill_hidden(text, [], {}).missing == ()


BOX = """\
hostname sw-1
ip route 10.0.0.0/8 Ethernet1/49 192.0.2.1
interface port-channel5
  description over Ethernet1/49
interface Ethernet1/1
  description camera
interface Ethernet1/4
interface Ethernet1/49
  channel-group 5 mode active
interface Ethernet1/49.100
  encapsulation dot1q 100
interface Ethernet1/50
"""


def test_ports_that_are_there_and_ports_that_are_used() -> None:
    assert ports_of(BOX) == {"Ethernet1/1", "Ethernet1/4", "Ethernet1/49", "Ethernet1/50"}
    assert busy_ports(BOX) == ("Ethernet1/1", "Ethernet1/49")


def test_a_port_moves_with_its_subinterfaces_and_its_routes() -> None:
    moved = move_ports(BOX, {"Ethernet1/49": "Ethernet1/4"})
    assert "interface Ethernet1/4\n  channel-group 5" in moved
    assert "interface Ethernet1/4.100" in moved
    assert "ip route 10.0.0.0/8 Ethernet1/4 192.0.2.1" in moved
    assert "description over Ethernet1/49" in moved, "free text is nobody's to change"
    assert clashes(moved) == ()


def test_two_ports_change_places_at_once() -> None:
    swapped = move_ports(BOX, {"Ethernet1/1": "Ethernet1/49", "Ethernet1/49": "Ethernet1/1"})
    assert "interface Ethernet1/49\n  description camera" in swapped
    assert "interface Ethernet1/1\n  channel-group" in swapped
    assert move_ports(swapped, {"Ethernet1/1": "Ethernet1/49", "Ethernet1/49": "Ethernet1/1"}) == BOX


def test_two_on_one_place_are_seen() -> None:
    assert clashes(move_ports(BOX, {"Ethernet1/49": "Ethernet1/1"})) == ("interface Ethernet1/1",)


@pytest.mark.parametrize("port", ["Ethernet1/4", "Ethernet1/49"])
def test_what_is_cut_is_told(port: str) -> None:
    cut = cut_ports(BOX, [port])
    assert f"interface {port}\n" not in cut.text
    if port == "Ethernet1/4":
        assert cut.lost == (), "nothing was on it"
        assert "Ethernet1/49" in cut.text
    else:
        assert cut.lost == (
            "ip route 10.0.0.0/8 Ethernet1/49 192.0.2.1",
            "interface Ethernet1/49",
            "interface Ethernet1/49.100",
        )
