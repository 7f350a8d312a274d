"""Replies to config lines: what is not known to be good is a failure."""

from __future__ import annotations

import pytest

from agent.device.replies import refusal_of_command, refusal_of_line

GOOD = {
    "nothing": "",
    "blank lines": "\n\n",
    "entering config mode": "Enter configuration commands, one per line. End with CNTL/Z.\n",
    "vrf member": "Warning: Deleted all L3 config on interface Ethernet1/7\n",
    "vrf member, 7.3": "% Deleted all L3 config on interface Ethernet1/7\n",
    "edge port": (
        "Warning: Edge port type (portfast) should only be enabled on ports connected to a single\n"
        " host. Connecting hubs, concentrators, switches, bridges, etc... to this\n"
        " interface  when edge port type (portfast) is enabled, can cause temporary bridging loops.\n"
        " Use with CAUTION\n\n"
    ),
    "peer-link": (
        'Please note that spanning tree port type is changed to "network" port type on vPC peer-link.\n'
        "This will enable spanning tree Bridge Assurance on vPC peer-link provided the STP Bridge Assurance\n"
        "(which is enabled by default) is not disabled.\n"
    ),
}

BAD = {
    "invalid": ("            ^\n% Invalid command at '^' marker.\n", "% Invalid command"),
    "incomplete": ("                  ^\n% Incomplete command at '^' marker.\n", "% Incomplete"),
    "range": ("         ^\nInvalid range at '^' marker.\n", "Invalid range"),
    "semantic": ("ERROR: VLAN 4094 is reserved\n", "ERROR: VLAN 4094"),
    "permission": ("% Permission denied for the role\n", "% Permission denied"),
    "never seen": ("Resource busy, try later\n", "Resource busy"),
    "good and bad": ("Warning: Deleted all L3 config on interface Vlan2\nERROR: no\n", "ERROR: no"),
    "like a known one": ("Use with CAUTION or not at all\n", "Use with CAUTION or"),
}


@pytest.mark.parametrize("reply", GOOD.values(), ids=GOOD)
def test_known_replies_are_accepted(reply: str) -> None:
    assert refusal_of_line(reply) is None


@pytest.mark.parametrize(("reply", "words"), BAD.values(), ids=BAD)
def test_everything_else_is_refused_in_the_switchs_words(reply: str, words: str) -> None:
    assert words in (refusal_of_line(reply) or "")


def test_words_of_an_unknown_reply_are_bounded() -> None:
    assert len(refusal_of_line("x\n" * 1000) or "") <= 300


def test_output_that_speaks_of_errors_is_not_an_error() -> None:
    running = "version 10.3(4)\n" + "\n".join(f"interface Ethernet1/{n}" for n in range(20))
    assert refusal_of_command(running + "\nbanner motd #\nERROR: leave\n#\n") is None
    assert refusal_of_command("ERROR: checkpoint exists\n") == "ERROR: checkpoint exists"
