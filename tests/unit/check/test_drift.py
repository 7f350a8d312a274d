"""Drift is quiet about what clients leave, exact about the rest, and names who did it."""

from __future__ import annotations

import pytest

from agent.check.drift import Texts, find_drift, tell_authors
from agent.nxos.accounting import read_accounting

WANTED = """\
hostname sw-1
feature interface-vlan
snmp-server community s3cret group network-operator
vlan 10,20
interface Ethernet1/1
  description camera rue Haute 1
  switchport access vlan 10
interface Ethernet1/2
  shutdown
line console
  exec-timeout 15
line vty
  exec-timeout 30
"""

PYATS = WANTED.replace("exec-timeout 15", "exec-timeout 0\n  terminal width 511").replace(
    "exec-timeout 30", "exec-timeout 0\n  terminal width 511"
) + ("no logging console\n")


NEW = "Sat Nov 17 06:52:53 2007:type=update"


def stamp(second: int, command: str, *, user: str = "ana", result: str = "SUCCESS") -> str:
    return (
        f"Sun Nov 22 10:00:{second:02} 2026:type=update:id=192.0.2.7@pts/1:user={user}:"
        f"cmd=configure terminal ; {command} ({result})"
    )


def test_what_pyats_leaves_is_told_apart_and_does_not_count() -> None:
    drift = find_drift("sw-1", Texts(WANTED, PYATS, WANTED))
    assert drift.clean
    assert drift.left == (
        "no logging console",
        "line console / exec-timeout 0",
        "line console / terminal width 511",
        "line vty / exec-timeout 0",
        "line vty / terminal width 511",
    )


def test_a_timeout_that_went_without_their_trace_is_drift() -> None:
    silent = WANTED.replace("  exec-timeout 30\n", "")
    assert find_drift("sw-1", Texts(WANTED, silent, WANTED)).sections == ("line vty",)
    traced = find_drift("sw-1", Texts(WANTED, silent + "no logging console\n", WANTED))
    assert traced.clean
    assert "line vty / exec-timeout 0" in traced.left


def test_saved_by_a_test_client_and_mended_since_is_quiet_too() -> None:
    assert find_drift("sw-1", Texts(WANTED, WANTED, PYATS)).clean


def test_an_intent_that_means_it_is_no_habit() -> None:
    drift = find_drift("sw-1", Texts(PYATS, PYATS, PYATS))
    assert (drift.clean, drift.left) == (True, ())
    other = find_drift("sw-1", Texts(PYATS, WANTED, WANTED))
    assert "+   exec-timeout 0" in other.unplanned


def test_another_timeout_is_drift() -> None:
    drift = find_drift("sw-1", Texts(WANTED, WANTED.replace("exec-timeout 30", "exec-timeout 600"), WANTED))
    assert drift.sections == ("line vty",)
    assert not drift.left


def test_lines_that_the_switch_writes_by_itself_are_quiet() -> None:
    auto = (
        "version 10.3(9) Bios:version\nboot nxos bootflash:/nxos.bin \nvdc sw-1 id 1\n"
        "  limit-resource vlan minimum 16 maximum 4094\ncopp profile strict\nvlan 1\ninterface Vlan1\n"
        "snmp-server user admin network-admin auth md5 0x1 priv 0x1 localizedkey\n"
        "rmon event 1 log trap public description FATAL(1) owner PMON@FATAL\nip domain-lookup\n"
        "vrf context management\ncfs eth distribute\nssh key rsa 2048\n"
        "username admin password 5 $5$AAAA$bbbb  role network-admin\n"
        "username admin passphrase lifetime 99999 warntime 14 gracetime 3\n"
    )
    wanted = WANTED + "username admin password 5 $5$OTHER$hash role network-admin\n"
    drift = find_drift("sw-1", Texts(wanted, WANTED + auto, WANTED + auto))
    assert drift.clean, drift


def test_each_difference_has_its_last_author() -> None:
    running = (
        WANTED.replace("rue Haute 1", "moved").replace("vlan 10,20", "vlan 10,20,666")
        .replace("interface Ethernet1/2\n  shutdown", "interface Ethernet1/2")
    )  # fmt: skip
    log = "\n".join((
        stamp(1, "interface Ethernet1/1 ; description first try", user="eve"),
        stamp(2, "interface Ethernet1/1 ; description moved"),
        stamp(3, "interface Ethernet1/1 ; description refused", user="eve", result="FAILURE"),
        stamp(4, "vlan 600-700", user="bob"),
        stamp(5, "interface Ethernet1/1-4 ; no shutdown", user="bob"),
        stamp(6, "interface Ethernet1/7 ; description elsewhere", user="eve"),
        "Sun Nov 22 10:00:07 2026:type=start:id=192.0.2.7@pts/1:user=eve:cmd=",
    ))  # fmt: skip
    drift = find_drift("sw-1", Texts(WANTED, running, WANTED))
    told = tell_authors(drift, read_accounting(log), "n9k")
    assert [str(author) for author in told.authors] == [
        "ana, Sun Nov 22 10:00:02 2026, from 192.0.2.7@pts/1: interface Ethernet1/1 ; description moved",
        "bob, Sun Nov 22 10:00:04 2026, from 192.0.2.7@pts/1: vlan 600-700",
        "bob, Sun Nov 22 10:00:05 2026, from 192.0.2.7@pts/1: interface Ethernet1/1-4 ; no shutdown",
    ]


def test_a_section_that_went_was_taken_by_somebody() -> None:
    wanted = WANTED + "interface Vlan10\n  ip address 10.0.0.1/24\n"
    log = "\n".join((
        stamp(1, "interface Vlan10 ; ip address 10.0.0.1/24", user="eve"),
        stamp(2, "no interface Vlan10", user="bob"),
    ))  # fmt: skip
    told = tell_authors(find_drift("sw-1", Texts(wanted, WANTED, wanted)), read_accounting(log), "n9k")
    assert [author.user for author in told.authors] == ["bob"]


@pytest.mark.parametrize(
    ("row", "user"),
    [
        ("Sat Nov 17 06:52:53 2007:update:/dev/pts/0_1195368773:zoe:configure terminal ; vlan 30", "zoe"),
        (f"{NEW}:id=2001:db8::7@pts/0:user=zoe:cmd=configure terminal ; vlan 30 (SUCCESS)", "zoe"),
        (f"{NEW}:id=console0:user=zoe:cmd=rollback running-config checkpoint x (SUCCESS)", "zoe"),
    ],
    ids=["old form", "IPv6", "rollback of everything"],
)  # fmt: skip
def test_rows_of_other_releases(row: str, user: str) -> None:
    drift = find_drift("sw-1", Texts(WANTED, WANTED.replace("vlan 10,20", "vlan 10,20,30"), WANTED))
    assert [author.user for author in tell_authors(drift, read_accounting(row), "n9k").authors] == [user]


def test_secrets_of_the_log_are_masked() -> None:
    running = WANTED + "snmp-server community ano7her group network-admin\n"
    log = read_accounting(stamp(1, "snmp-server community ano7her group network-admin"))
    told = tell_authors(find_drift("sw-1", Texts(WANTED, running, WANTED)), log, "n9k")
    (author,) = told.authors
    assert "ano7her" not in str(told.authors) + "".join(told.unplanned) + "".join(told.sections)
    assert "<hidden>" in author.command
