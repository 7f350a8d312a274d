"""``show interface`` says what was typed and what flows, and nothing else."""

from __future__ import annotations

import json

import pytest

from vnexus.lab import Lab


@pytest.mark.parametrize(
    ("line", "text", "key", "value"),
    [
        ("beacon", "  Beacon is turned on", "eth_beacon", "on"),
        ("no negotiate auto", "  Auto-Negotiation is turned off  FEC mode is Auto", "eth_autoneg", "off"),
        ("fec rs-fec", "  Auto-Negotiation is turned on  FEC mode is rs-fec", "eth_autoneg", "on"),
        (
            "flowcontrol receive on",
            "  Input flow-control is on, output flow-control is off",
            "eth_in_flowctrl",
            "on",
        ),
        ("bandwidth 5000", "  MTU 1500 bytes, BW 5000 Kbit , DLY 10 usec", "eth_bw", 5000),
        ("delay 7", "  MTU 1500 bytes, BW 1000000 Kbit , DLY 70 usec", "eth_dly", 70),
        ("description north gate", "  Description: north gate", "desc", "north gate"),
        ("shutdown", "Ethernet1/5 is down (Administratively down)", "admin_state", "down"),
    ],
)
def test_lines_follow_the_configuration(routed: Lab, line: str, text: str, key: str, value: object) -> None:
    shell = routed.nodes["hall"].shell("admin")
    for typed in ("configure terminal", "interface Ethernet1/5", line, "end"):
        assert not shell.run(typed).error
    assert text in shell.run("show interface Ethernet1/5").text.splitlines()
    row = json.loads(shell.run("show interface Ethernet1/5 | json").text)["TABLE_interface"]["ROW_interface"]
    assert row[key] == value


def test_load_follows_the_traffic(routed: Lab) -> None:
    node = routed.nodes["hall"]
    rates = node.world.meter("hall", "Ethernet1/7").rates
    port = json.loads(node.shell("admin").run("show interface Ethernet1/7 | json").text)
    row = port["TABLE_interface"]["ROW_interface"]
    assert int(row["eth_rxload"]) == max(1, rates[0] * 8 * 255 // (row["eth_bw"] * 1_000_000))


def test_copper_has_no_transceiver(routed: Lab) -> None:
    shell = routed.nodes["hall"].shell("admin")
    assert shell.run("show interface Ethernet1/7 transceiver").text == (
        "Ethernet1/7\n    transceiver is not applicable"
    )
    assert "transceiver is present" in shell.run("show interface Ethernet1/49 transceiver").text
    assert "transceiver is not present" in shell.run("show interface Ethernet1/53 transceiver").text
