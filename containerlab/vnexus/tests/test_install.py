"""Another release: impact, refusals, the reload that brings it, and what the startup configuration boots."""

from __future__ import annotations

import pytest

from vnexus.exec.install import version_of
from vnexus.testing import Switch

IMAGE = "bootflash:nxos64-cs.10.5.3.F.bin"


def image(switch: Switch, path: str = IMAGE) -> None:
    switch.node.flash.write(path, b"an image")


def said(switch: Switch, *lines: str) -> str:
    """What one session answers to the last line; nothing is asked."""
    shell = switch.node.shell("admin")
    shell.run("terminal dont-ask")
    return [shell.run(line).text for line in lines][-1]


def test_impact_changes_nothing_and_tells_both_ways(nexus: Switch) -> None:
    image(nexus)
    text = said(nexus, f"show install all impact nxos {IMAGE}")
    assert "Installer will perform impact only check" in text
    assert "yes      disruptive         reset  default upgrade is not hitless" in text
    assert [row.split()[2:] for row in text.splitlines() if " nxos " in row and "yes" in row] == [
        ["10.5(2)", "10.5(3)", "yes"]
    ]
    assert "non-disruptive" in said(nexus, f"show install all impact nxos {IMAGE} non-disruptive")
    assert nexus.node.release.version == "10.5(2)"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("bootflash:nxos64-cs.10.5.9.F.bin", "no such file"),
        ("bootflash:nxos.9.3.13.bin", "SRG collection failed"),
        ("bootflash:notes.txt", "SRG collection failed"),
    ],
    ids=["missing", "another train", "no image"],
)
def test_what_cannot_boot_is_refused(nexus: Switch, path: str, words: str) -> None:
    if "missing" not in words and "no such" not in words:
        image(nexus, path)
    shell = nexus.node.shell("admin")
    shell.run("terminal dont-ask")
    output = shell.run(f"install all nxos {path}")
    assert (output.error, "Pre-upgrade check failed" in output.text) == (True, True)
    assert words in output.text
    assert "boot nxos bootflash:/nxos64-cs.10.5.2.F.bin" in said(nexus, "show running-config")


def test_the_release_comes_with_the_reload_and_goes_with_the_old_image(nexus: Switch) -> None:
    image(nexus)
    text = said(nexus, f"install all nxos {IMAGE}")
    assert text.endswith("Finishing the upgrade, switch will reboot in 10 seconds.")
    assert nexus.node.release.version == "10.5(2)"
    nexus.lab.clock.advance(30)
    nexus.node.wake()
    assert "NXOS: version 10.5(3)" in said(nexus, "show version")
    assert "nxos64-cs.10.5.3.F.bin" in said(nexus, "show boot")
    back = ("configure terminal", "boot nxos bootflash:/nxos64-cs.10.5.2.F.bin", "end")
    said(nexus, *back, "copy running-config startup-config", "reload")
    nexus.lab.clock.advance(30)
    nexus.node.wake()
    assert "NXOS: version 10.5(2)" in said(nexus, "show version")


def test_without_disruption_nothing_restarts(nexus: Switch) -> None:
    image(nexus)
    booted = nexus.node.booted_at()
    assert "Install has been successful." in said(nexus, f"install all nxos {IMAGE} non-disruptive")
    assert (nexus.node.release.version, nexus.node.booted_at()) == ("10.5(3)", booted)


@pytest.mark.nexus(profile="n7k-7.3", model="N7K-C7009")
def test_a_seven_thousand_takes_two_images(nexus: Switch) -> None:
    kickstart, system = (f"bootflash:n7000-s2-{what}.7.3.9.D1.1.bin" for what in ("kickstart", "dk9"))
    image(nexus, kickstart)
    image(nexus, system)
    said(nexus, f"install all kickstart {kickstart} system {system}")
    assert nexus.node.release.version == version_of(system) == "7.3(9)D1(1)"
    assert f"boot system {system.replace(':', ':/')}" in said(nexus, "show running-config")
