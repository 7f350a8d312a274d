"""The words of an installation and of a vPC domain, from published transcripts."""

from __future__ import annotations

import pytest

from agent.check.install import read_boot, read_impact, read_release, read_vpc

IMPACT = """
Installer will perform impact only check. Please wait.

Verifying image bootflash:/nxos.9.3.12.bin for boot variable "nxos".
[####################] 100% -- SUCCESS

Compatibility check is done:
Module  bootable          Impact  Install-type  Reason
------  --------  --------------  ------------  ------
     1       yes  {impact:>14}       rolling  {reason}
    27       {boots:>3}  {impact:>14}         reset  {reason}

Images will be upgraded according to following table:
Module       Image                  Running-Version(pri:alt)           New-Version  Upg-Required
------  ----------  ----------------------------------------  --------------------  ------------
     1       lcn9k                                    9.3(9)               9.3(12)           yes
    27        nxos                                    9.3(9)               9.3(12)           yes
    27        bios     v07.65(09/04/2018):v07.06(03/02/2014)    v07.64(05/16/2018)            no
"""
VPC = """\
vPC domain id                     : 11
Peer status                       : {peer}
vPC keep-alive status             : {alive}
Configuration consistency status  : {consistent}

vPC status
Id    Port          Status Consistency Reason                Active vlans
--    ------------  ------ ----------- ------                ---------------
2     Po2           up     success     success               210-211
11    Po11          down*  failed      Peer-link is down     -
"""


@pytest.mark.parametrize("impact", ["disruptive", "non-disruptive"])
def test_the_impact_is_read(impact: str) -> None:
    read = read_impact(IMPACT.format(impact=impact, reason="Host kernel is not compatible", boots="yes"))
    assert read is not None
    assert (read.running, read.new, read.bootable) == ("9.3(9)", "9.3(12)", True)
    assert read.disruptive == (impact == "disruptive")
    assert read.reason == "Host kernel is not compatible"


def test_one_module_that_does_not_boot_is_enough() -> None:
    read = read_impact(IMPACT.format(impact="disruptive", reason="", boots="no"))
    assert read is not None
    assert not read.bootable


@pytest.mark.parametrize("text", ["", "Pre-upgrade check failed. Return code 0x4093000A", "Module bootable"])
def test_what_is_no_answer_is_none(text: str) -> None:
    assert read_impact(text) is None


@pytest.mark.parametrize(
    ("peer", "alive", "consistent", "words"),
    [
        ("peer adjacency formed ok", "peer is alive", "success", ""),
        ("peer link is down", "peer is alive", "success", "its vPC peer adjacency is not formed"),
        ("peer adjacency formed ok", "Suspended", "success", "its vPC keep-alive does not arrive"),
        ("peer adjacency formed ok", "peer is alive", "failed", "its vPC configuration is not consistent"),
    ],
)
def test_a_vpc_says_what_is_wrong(peer: str, alive: str, consistent: str, words: str) -> None:
    vpc = read_vpc(VPC.format(peer=peer, alive=alive, consistent=consistent))
    assert (vpc.problem, vpc.up) == (words, ("2",))


def test_silence_is_not_health() -> None:
    assert read_vpc("").problem
    assert (read_release(""), read_boot("")) == ("", "")
