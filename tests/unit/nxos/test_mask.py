from __future__ import annotations

import pytest

from agent.nxos.mask import mask_line

SECRET = "hunter2"


@pytest.mark.parametrize(
    "line",
    [
        f"username admin password 5 {SECRET}  role network-admin",
        f"tacacs-server host 10.0.0.1 port 49 key 7 {SECRET} timeout 3",
        f"tacacs-server key 7 {SECRET}",
        f"snmp-server community {SECRET} group network-operator",
        f"snmp-server community {SECRET} use-ipv4acl SNMP",
        f"snmp-server host 10.1.1.1 traps version 2c {SECRET}",
        f"snmp-server user admin network-admin auth md5 {SECRET} priv aes-128 {SECRET} localizedV2key",
        f"  ip ospf message-digest-key 1 md5 3 {SECRET}",
        f"    password 3 {SECRET}",
        f"  authentication md5 key-string {SECRET}",
        f"rmon event 1 log trap {SECRET} description FATAL(1) owner PMON@FATAL",
    ],
)
def test_no_secret_is_left_in_the_line(line: str) -> None:
    assert SECRET not in mask_line(line)
    assert "<hidden>" in mask_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "no password strength-check",
        "username x passphrase lifetime 99999",
        "interface Ethernet1/1",
        "  mtu 9216",
    ],
)
def test_lines_without_secrets_stay(line: str) -> None:
    assert mask_line(line) == line
