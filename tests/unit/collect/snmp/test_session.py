"""One user at one agent: what is sealed, what is believed; the other side is the virtual Nexus' own model."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from agent.collect.snmp import ber
from agent.collect.snmp.credentials import User
from agent.collect.snmp.envelope import read_envelope
from agent.collect.snmp.session import Doubt, RefusedError, ReportedError, Session
from vnexus.config.snmpkeys import AUTH, localized, private_key
from vnexus.snmp import secure, usm
from vnexus.snmp.message import write_response

IDENTITY = bytes.fromhex("80000009030000000001")
OID = ber.encode_oid("1.3.6.1.2.1.1.3.0")
VALUE = bytes.fromhex("300f06082b06010201010300430300ff00")
AUTHS = {"md5": "md5", "sha": "sha", "sha224": "sha-224", "sha256": "sha-256", "sha384": "sha-384"}
AUTHS |= {"sha512": "sha-512"}
PRIVS = {"des": "des", "aes": "aes-128", "aes192": "aes-192", "aes256": "aes-256"}


class Clock:
    """A hand that tests turn."""

    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


class Pair:
    """A session and the engine at the other end."""

    def __init__(self, user: User, **engine: int) -> None:
        self.clock = Clock()
        self.boots, self.ahead = engine.get("boots", 3), engine.get("ahead", 100)
        self.session = Session(user, self.clock, random.Random(2))
        auth, priv = AUTHS.get(user.auth, ""), PRIVS.get(user.privacy, "")
        auth_key = localized(auth, user.auth_key, IDENTITY) if auth else b""
        priv_key = private_key(auth, user.privacy_key, priv, IDENTITY) if priv else b""
        other = usm.User(user.name.encode(), auth, auth_key, priv, priv_key)
        self.engine = secure.Engine(IDENTITY, self.moment, {other.name: other}, frozenset((b"vrf-b",)))

    def moment(self) -> usm.Moment:
        return usm.Moment(self.boots, int(self.clock.now) - 5000 + self.ahead)

    def discover(self) -> None:
        envelope = secure.read_envelope(self.session.write_discovery(0x01020304))
        with pytest.raises(secure.Refused) as refused:
            self.engine.read(envelope)
        report = self.engine.report(envelope, refused.value)
        assert report is not None
        self.session.read_discovery(read_envelope(report))

    def answer(self, context: str = "", **changes: int) -> bytes:
        """What the engine answers to a Get."""
        asked = self.engine.read(secure.read_envelope(self.session.ask_values(context, 0x01020304, [OID])))
        if "flags" in changes:
            asked = replace(asked, envelope=replace(asked.envelope, flags=changes["flags"]))
        return self.engine.respond(asked, write_response(asked.request, VALUE))

    def ask(self, context: str = "") -> list[ber.Row]:
        return self.session.open(read_envelope(self.answer(context)), context)[1]


def user(auth: str = "sha", privacy: str = "aes", **more: str) -> User:
    return User(
        "noc", auth, "correct-horse" if auth else "", privacy, "battery-staple" if privacy else "", **more
    )


def met(who: User | None = None, **engine: int) -> Pair:
    pair = Pair(who or user(), **engine)
    pair.discover()
    return pair


@pytest.mark.parametrize("privacy", ["", *PRIVS])
@pytest.mark.parametrize("auth", AUTHS)
def test_every_pair_of_protocols_is_spoken_by_the_other_side(auth: str, privacy: str) -> None:
    assert set(AUTHS.values()) == set(AUTH)
    pair = met(user(auth, privacy))
    assert pair.ask() == pair.ask() == [(OID, 65280)]
    assert pair.ask("vrf-b") == [(OID, 65280)]


def test_without_any_protocol_too() -> None:
    assert met(user("", "")).ask() == [(OID, 65280)]


def test_the_context_of_the_credentials_is_the_one_unless_another_is_named() -> None:
    pair = met(user(context="vrf-b"))
    assert pair.ask() == [(OID, 65280)]
    with pytest.raises(secure.Refused, match="CONTEXT"):
        pair.answer("vrf-c")


def test_no_salt_comes_twice() -> None:
    for privacy in ("aes", "des"):
        pair = met(user(privacy=privacy))
        asked = [pair.session.ask_values("", 0x01020304 + n, [OID]) for n in range(50)]
        assert len({secure.read_envelope(packet).salt for packet in asked}) == 50


def test_time_runs_with_the_clock() -> None:
    pair = met()
    pair.ask()
    for _ in range(4):
        pair.clock.now += 40_000
        assert pair.ask() == [(OID, 65280)]


def test_the_engine_is_believed_forward_and_never_backward() -> None:
    pair = met()
    pair.ask()
    old = pair.answer()
    pair.clock.now += 149
    pair.session.open(read_envelope(old), "")
    pair.clock.now += 3
    with pytest.raises(RefusedError) as caught:
        pair.session.open(read_envelope(old), "")
    assert caught.value.doubt is Doubt.WINDOW


def test_a_reboot_is_followed_and_what_was_before_it_refused() -> None:
    pair = met()
    pair.ask()
    old = pair.answer()
    pair.boots, pair.ahead = 4, 0
    with pytest.raises(secure.Refused) as refused:
        pair.answer()
    assert refused.value.complaint is secure.Complaint.WINDOW
    envelope = secure.read_envelope(pair.session.ask_values("", 0x01020304, [OID]))
    report = pair.engine.report(envelope, refused.value)
    assert report is not None
    with pytest.raises(ReportedError) as reported:
        pair.session.open(read_envelope(report), "")
    assert reported.value.signed
    assert reported.value.report.name == "usmStatsNotInTimeWindows"
    assert pair.ask() == [(OID, 65280)]
    with pytest.raises(RefusedError, match="time window"):
        pair.session.open(read_envelope(old), "")


def test_an_engine_out_of_boots_is_never_believed() -> None:
    """RFC 3414 §2.3: at the last boot count, keys must be changed."""
    pair = met(boots=2**31 - 1)
    with pytest.raises(secure.Refused):
        pair.answer()
    pair = met(boots=2**31 - 2)
    asked = pair.engine.read(secure.read_envelope(pair.session.ask_values("", 0x01020304, [OID])))
    pair.boots += 1
    answer = pair.engine.respond(asked, write_response(asked.request, VALUE))
    with pytest.raises(RefusedError, match="time window"):
        pair.session.open(read_envelope(answer), "")


@pytest.mark.parametrize(("flags", "level"), [(0, "authPriv"), (1, "authPriv")])
def test_a_lower_level_than_asked_for_is_refused(flags: int, level: str) -> None:
    pair = met()
    assert pair.session.level_name == level
    with pytest.raises(RefusedError, match="security"):
        pair.session.open(read_envelope(pair.answer(flags=flags)), "")


def test_every_byte_of_an_answer_counts() -> None:
    """One bit changed anywhere: refused or rubbish, never a value."""
    pair = met()
    answer = pair.answer()
    for at in range(len(answer)):
        changed = bytearray(answer)
        changed[at] ^= 0x10
        with pytest.raises((RefusedError, ber.BerError)):
            pair.session.open(read_envelope(bytes(changed)), "")


def test_a_context_that_was_not_asked_for_is_refused() -> None:
    pair = met()
    with pytest.raises(RefusedError, match="another question"):
        pair.session.open(read_envelope(pair.answer("vrf-b")), "")


def test_what_is_no_report_makes_no_engine() -> None:
    pair = met()
    session = Session(user(), pair.clock, random.Random(2))
    with pytest.raises(RefusedError):
        session.read_discovery(read_envelope(pair.answer()))
    assert not session.is_met
