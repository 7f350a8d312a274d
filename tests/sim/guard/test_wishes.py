"""What engineers ask other tools for in vain, on one virtual switch."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import asyncssh
import pytest

from agent.apply.verdict import Outcome
from agent.device.access import SLOW
from agent.device.ssh import SshTransport
from agent.flows.fleet import access_of, each
from agent.nxos.digest import digest_config
from vnexus.faults import RefuseLogin, SlowReply

Ground = Any
"""The fixture of conftest.py, which cannot be imported here."""

SSH = pytest.mark.parametrize("ground", ["10 ssh", "7.3 ssh"], indirect=True)
BOTH = pytest.mark.parametrize("ground", ["10 ssh", "9.3 nxapi"], indirect=True)


def is_applied(ground: Ground, plan: Any) -> None:
    verdict = ground.apply(plan)
    assert verdict.outcome is Outcome.APPLIED, verdict
    ground.judge(verdict, plan)


@BOTH
def test_no_file_is_copied_to_the_switch(ground: Ground) -> None:
    each(ground.fleet(), lambda device: typed(device, "no feature scp-server"))
    assert "scp-server" not in ground.text
    flash = dict(ground.node.flash.files)
    verdict = ground.apply(plan := ground.plan())
    assert verdict.outcome is Outcome.APPLIED, verdict
    assert (ground.digest, ground.node.flash.files) == (plan.target, flash)


@BOTH
def test_a_change_among_a_thousand_vlans_is_small(ground: Ground) -> None:
    many = "".join(f"vlan {number}\n  name net-{number}\n" for number in range(100, 1300))
    is_applied(ground, ground.plan(ground.text + many))
    began = time.process_time()
    plan = ground.plan(ground.text.replace("name net-700\n", "name doors\n"))
    assert [line.strip() for step in plan.steps for line in step.lines] == ["vlan 700", "name doors"]
    assert time.process_time() - began < 2
    is_applied(ground, plan)


@BOTH
def test_another_spelling_is_no_difference(ground: Ground) -> None:
    more = "interface loopback7\n  ip address 10.9.9.9 255.255.255.255\nip route 10.8.0.0 255.255.0.0 Null0\n"
    more += "ip access-list A\n  permit tcp 10.1.0.0 0.0.255.255 host 10.2.0.9 eq 443\n"
    wanted = ground.text.replace("interface Ethernet1/5\n", "interface eth1/5\n  mtu 9216\n", 1) + more
    is_applied(ground, ground.plan(wanted))
    assert not ground.plan(wanted).steps


@SSH
def test_a_line_longer_than_a_terminal_arrives_whole(ground: Ground) -> None:
    port = "interface Ethernet3/1\n" if ground.platform == "n7k" else "interface Ethernet1/1\n"
    words = "-".join(f"street{number:03}" for number in range(25))[:240]
    plan = ground.plan(ground.text.replace(port, f"{port}  description {words}\n", 1))
    is_applied(ground, plan)
    assert f"description {words}\n" in ground.text


@SSH
def test_a_slow_configuration_is_waited_for(ground: Ground) -> None:
    access = access_of(ground.fleet().inventory.hosts["switch"])
    assert any(begin.startswith("show run") and times > 1 for begin, times in SLOW)
    ground.node.faults.add(SlowReply(1.5, "^show running-config$"))
    session = SshTransport(replace(access, timeout_seconds=0.6))
    shown = session.run("show running-config")
    session.close()
    assert digest_config(shown, ground.platform) == ground.digest


@pytest.mark.parametrize("ground", ["10 ssh", "10 nxapi", "7.3 ssh"], indirect=True)
@pytest.mark.parametrize("state", ["sending", "verified"])
def test_somebody_renames_it_meanwhile(ground: Ground, state: str) -> None:
    """Their line and ours are on the switch: it reads back as nobody planned, and goes back as a whole."""
    plan, done, ground.timeout_seconds = ground.plan(), [], 1

    def rename(_device: str, words: str) -> None:
        if words.split(maxsplit=1)[0] == state and not done:
            done.append(each(ground.fleet(), lambda device: typed(device, "hostname by-hand")))

    verdict = ground.apply(plan, progress=rename)
    assert not done[0].errors
    if verdict.outcome in {Outcome.PROTECTED, Outcome.FAILED}:
        assert verdict.next.startswith("moulin resume 1")
        verdict = ground.settle(plan)
    ground.judge(verdict, plan)
    assert verdict.outcome is Outcome.UNDONE, verdict


def typed(device: Any, line: str) -> None:
    session = device.open_session()
    session.configure((line,))
    session.close()


@BOTH
def test_a_wrong_password_touches_nothing(ground: Ground) -> None:
    plan = ground.plan()
    ground.node.faults.add(RefuseLogin())
    verdict = ground.apply(plan)
    assert verdict.outcome is Outcome.REFUSED, verdict
    ground.judge(verdict, plan)
    assert "check the password" in verdict.why


@SSH
def test_another_host_key_touches_nothing(ground: Ground) -> None:
    plan, access = ground.plan(), access_of(ground.fleet().inventory.hosts["switch"])
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    known = ground.settings.state / "known_hosts"
    known.parent.mkdir(parents=True)
    known.write_text(f"[{access.host}]:{access.port} {stranger}")
    ground.verify_host_keys = True
    verdict = ground.apply(plan)
    assert verdict.outcome is Outcome.REFUSED, verdict
    ground.judge(verdict, plan)
    assert "host key" in verdict.why
