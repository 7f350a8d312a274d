"""Traps from bytes to meaning: who may speak, what is said, what is said twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collect.tables.load import standard_tables
from agent.collect.traps.envelope import Envelope, TimeWindow, is_message, read_envelope
from agent.collect.traps.gate import Gate, Limits
from agent.collect.traps.known import load_dictionary, numbers_of, standard_dictionary
from agent.collect.traps.meaning import Meaning, understand
from agent.collect.traps.notification import Notification, Variable
from agent.collect.traps.repeats import Repeats
from agent.errors import UsageError
from agent.records import EventLevel

IF, CISCO = "1.3.6.1.2.1.2.2.1", "1.3.6.1.4.1.9.9"


def heard(oid: str, *variables: tuple[str, int | str | bytes], at: float = 100.0) -> Meaning:
    bound: tuple[Variable, ...] = tuple((numbers_of(name), value) for name, value in variables)
    notification = Notification("hall", at, numbers_of(oid), bound, "2c")
    return understand(notification, standard_dictionary(), lambda _, index: {7: "Ethernet1/7"}.get(index, ""))


@pytest.mark.parametrize(
    ("oid", "variables", "kind", "interface", "text"),
    [
        ("1.3.6.1.6.3.1.1.5.3", [(f"{IF}.1.7", 7)], "link-down", "Ethernet1/7", "Ethernet1/7 is down"),
        ("1.3.6.1.6.3.1.1.5.4", [(f"{IF}.1.9", 9)], "link-up", "ifIndex 9", "ifIndex 9 is up"),
        (
            f"{CISCO}.276.0.1",
            [(f"{IF}.7.7", 1), ("1.3.6.1.2.1.31.1.1.1.1.7", b"Ethernet9/9")],
            "link-down",
            "Ethernet9/9",
            "Ethernet9/9 is down",
        ),
        (
            "1.3.6.1.2.1.105.0.1",
            [("1.3.6.1.2.1.105.1.1.1.6.1.12", 3)],
            "power-on",
            "Ethernet1/12",
            "Ethernet1/12 gives power",
        ),
        (
            "1.3.6.1.2.1.105.0.1",
            [("1.3.6.1.2.1.105.1.1.1.6.1.12", 2)],
            "power-off",
            "Ethernet1/12",
            "Ethernet1/12 gives no power: searching",
        ),
        (
            f"{CISCO}.117.2.0.2",
            [(f"{CISCO}.117.1.1.2.1.2.470", 8)],
            "supply-down",
            "",
            "power supply 470: failed",
        ),
        (f"{CISCO}.117.2.0.6", [(f"{CISCO}.117.1.4.1.1.1.534", 2)], "fan-up", "", "fan 534 is up"),
        (
            "1.3.6.1.2.1.15.0.2",
            [("1.3.6.1.2.1.15.3.1.2.192.0.2.1", 1)],
            "bgp-down",
            "",
            "BGP session with 192.0.2.1 is down",
        ),
        (
            f"{CISCO}.187.0.5",
            [(f"{CISCO}.187.1.2.5.1.3.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1", 6)],
            "bgp-up",
            "",
            "BGP session with 2001:db8:0:0:0:0:0:1 is up",
        ),
        (
            "1.3.6.1.2.1.14.16.2.2",
            [("1.3.6.1.2.1.14.10.1.3.10.0.0.1.0", "10.66.255.1"), ("1.3.6.1.2.1.14.10.1.6.10.0.0.1.0", 8)],
            "ospf-up",
            "",
            "OSPF neighbour 10.66.255.1 is full",
        ),
        (
            f"{CISCO}.106.2.0.1",
            [(f"{CISCO}.106.1.2.1.1.15.7.10", 6)],
            "hsrp",
            "Ethernet1/7",
            "Ethernet1/7: HSRP active",
        ),
        (
            f"{CISCO}.42.2.0.2",
            [(f"{CISCO}.42.1.2.1.1.3.3", b"voice"), (f"{CISCO}.42.1.2.9.1.6.3", 1)],
            "sla-timeout",
            "",
            "IP SLA 3 voice: timeout yes",
        ),
        (f"{CISCO}.43.2.0.2", [], "config-changed", "", "running configuration changed"),
        ("1.3.6.1.6.3.1.1.5.1", [], "cold-start", "", "started"),
        ("1.3.6.1.4.1.99999.0.1", [], "other-trap", "", "notification 1.3.6.1.4.1.99999.0.1"),
    ],
)
def test_meaning(
    oid: str, variables: list[tuple[str, int | str | bytes]], kind: str, interface: str, text: str
) -> None:
    event = heard(oid, *variables).event
    assert (event.kind, event.interface, event.text) == (kind, interface, text)


def test_every_poll_group_is_one_that_there_is() -> None:
    groups = {group.name for group in standard_tables().groups}
    known = standard_dictionary().notifications.values()
    assert {name for item in known for name in item.poll} <= groups


def test_every_word_in_a_text_is_a_field_that_something_carries() -> None:
    dictionary = standard_dictionary()
    fields = {thing.field or name for name, thing in dictionary.objects.values()}
    fields |= {"interface", "peer", "part", "row"}
    texts = [item.text for item in dictionary.notifications.values()]
    texts += [case.text for item in dictionary.notifications.values() for case in item.when]
    words = {part.partition("}")[0] for text in texts for part in text.split("{")[1:]}
    assert words <= fields


def test_a_variable_nobody_knows_is_kept_short() -> None:
    many = [(f"1.3.6.1.4.1.99999.1.{number}", b"\xff" * 5000) for number in range(500)]
    fields = heard("1.3.6.1.6.3.1.1.5.3", *many).event.fields
    assert len(fields) <= 32
    assert all(len(name) <= 80 and len(value) <= 200 for name, value in fields.items())


def test_down_up_down_are_three_events_and_down_down_is_one() -> None:
    repeats = Repeats(window_seconds=10)
    port = (f"{IF}.1.7", 7)
    down, up, cisco = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4", f"{CISCO}.276.0.1"
    story = [(down, 0.0), (cisco, 0.1), (up, 0.2), (down, 0.3), (down, 9.0), (down, 11.0)]
    assert [repeats.is_new(heard(oid, port, at=at)) for oid, at in story] == [
        True, False, True, True, False, True,
    ]  # fmt: skip
    assert repeats.is_new(heard(down, (f"{IF}.1.8", 8), at=0.4))


def test_repeats_are_bounded() -> None:
    repeats = Repeats(most=10)
    for number in range(100):
        repeats.is_new(heard("1.3.6.1.6.3.1.1.5.3", (f"{IF}.1.{number}", number)))
    assert len(repeats) == 10


def test_a_device_that_talks_too_fast_does_not_silence_another() -> None:
    now = [0.0]
    gate = Gate({"192.0.2.1": "loud", "192.0.2.2": "calm"}, lambda: now[0], Limits(10, 20, 100, 50))
    good = bytes.fromhex("3003020101")
    assert sum(gate.admit("192.0.2.1", good) is not None for _ in range(1000)) == 20
    assert gate.admit("192.0.2.2", good) == "calm"
    now[0] = 1.0
    assert sum(gate.admit("192.0.2.1", good) is not None for _ in range(1000)) == 10
    assert gate.limited == {"loud": 1970}
    assert gate.admit("::ffff:192.0.2.2", good) == "calm"
    assert gate.admit("192.0.2.3", good) is None
    assert gate.counts["stranger"] == 1


@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_not_and_an_envelope_or_none(data: bytes) -> None:
    if is_message(data):
        assert data[0] == 0x30
        read_envelope(data)
    assert isinstance(is_message(b"\x30" + data), bool)


def test_the_time_window_of_foreign_engines() -> None:
    window = TimeWindow(most=2)

    def said(boots: int, seconds: int, engine: bytes = b"engine") -> Envelope:
        return Envelope("3", engine=engine, boots=boots, seconds=seconds)

    assert window.admits(said(3, 1000), 0)
    assert window.admits(said(3, 900), 1)  # overtaken on the way
    assert not window.admits(said(3, 800), 1)
    assert not window.admits(said(2, 9999), 1)
    assert not window.admits(said(3, 1000), 200)  # replayed later
    assert window.admits(said(4, 1), 200)  # restarted
    assert not window.admits(said(2**31 - 1, 5), 200)
    for name in (b"other", b"third"):
        assert window.admits(said(1, 1, name), 200)
    assert len(window._known) == 2


def test_a_city_adds_its_own_notification_and_a_mistake_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "doors.yaml"
    file.write_text(
        "notifications: [{oid: 1.3.6.1.4.1.99999.0.1, kind: door-open, severity: notice, text: open}]\n"
    )
    found = load_dictionary([file]).notifications[numbers_of("1.3.6.1.4.1.99999.0.1")]
    assert (found.kind, found.severity) == ("door-open", EventLevel.NOTICE)
    file.write_text("notifications:\n  - {oid: x, kind: a, severity: notice, text: b}\n")
    with pytest.raises(UsageError, match=r"doors.yaml: notifications\.0\.oid: "):
        load_dictionary([file])
