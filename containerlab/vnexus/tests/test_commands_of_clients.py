"""Commands that are there because a client asks for them: derived, never canned."""

from __future__ import annotations

from vnexus.lab import Lab


def said(lab: Lab, node: str, *lines: str) -> str:
    """What the last of the lines answers."""
    shell = lab.nodes[node].shell("admin")
    return [shell.run(line).text for line in lines][-1]


def test_routes_of_a_bgp_neighbour(routed: Lab) -> None:
    bgp = routed.world.network().tables.bgp
    heard = said(routed, "edge", "show ip bgp neighbors 203.0.113.1 routes")
    assert heard.count("64500 i") == bgp.received("edge", "203.0.113.1")
    told = said(routed, "edge", "show bgp ipv4 unicast neighbors 10.1.0.1 advertised-routes")
    assert told.count("64500 i") == bgp.sent("edge", "10.1.0.1") > 0
    assert "No such neighbor" in said(routed, "edge", "show ip bgp neighbors 192.0.2.1 routes")


def test_a_session_that_is_shut(routed: Lab) -> None:
    text = said(routed, "edge", "show ip bgp neighbors 10.1.0.2")
    assert "BGP state = Idle, down" in text
    assert "shut for administrative reasons" in text
    assert "Neighbor capabilities" not in text


def test_processes_follow_features(routed: Lab) -> None:
    assert "  hsrp_engine" in said(routed, "core-1", "show processes cpu")
    assert "  hsrp_engine" not in said(routed, "hall", "show processes cpu")
    memory = said(routed, "hall", "show processes memory")
    listed = [int(line.split()[1]) for line in memory.splitlines()[2:] if line[:5].strip().isdigit()]
    assert memory.endswith(f"All processes: MemAlloc = {sum(listed)}")


def test_accounts_and_banner(routed: Lab) -> None:
    shell = routed.nodes["hall"].shell("admin")
    shell.run("configure terminal")
    shell.run("username eve role network-operator")
    assert "no password set" in shell.run("show user-account eve").text
    assert not routed.nodes["hall"].authenticate("eve", "!")
    shell.run("username eve password Look-1-Twice")
    assert "no password set" not in shell.run("show user-account eve").text
    assert shell.run("show banner motd").text == "User Access Verification"
    shell.run("banner motd ^Property of the city^")
    assert shell.run("show banner motd").text == "Property of the city"


def test_tcl_writes_a_file(routed: Lab) -> None:
    node = routed.nodes["hall"]
    shell = node.shell("admin")
    shell.run("tclsh")
    assert shell.prompt == "hall-tcl# "
    shell.run('set fl [open "/bootflash/made" wb+]')
    shell.run("puts -nonewline $fl {vlan 700")
    assert shell.prompt == "> "
    shell.run("}")
    shell.run("puts $fl {  name TCL}")
    assert "hall" in shell.run("show hostname").text
    assert shell.run("puts $gone x").error
    shell.run("close $fl")
    shell.run("tclquit")
    assert (shell.prompt, node.flash.read("bootflash:made")) == ("hall# ", b"vlan 700\n  name TCL\n")


def test_ipv6_interfaces(routed: Lab) -> None:
    routed.nodes["hall"].merge("interface loopback3\n  ipv6 address 2001:db8::3/128")
    text = said(routed, "hall", "show ipv6 interface")
    assert "2001:db8::3/128 [VALID]" in text
    assert "ff02::1:ff00:3" in text
    assert "loopback3" in said(routed, "hall", "show ipv6 interface brief")
