"""Lines of syslog: every form that switches write, what it means, and what is nobody's affair."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.collect.syslog.frames import Frames
from agent.collect.syslog.known import city_lexicon, load_lexicon, standard_lexicon
from agent.collect.syslog.line import Line, read_line
from agent.collect.syslog.meaning import UNKNOWN, Heard, Understanding
from agent.collect.syslog.stamp import zones_of
from agent.collect.tables.load import standard_tables
from agent.collect.traps.known import standard_dictionary
from agent.collect.traps.meaning import Meaning
from agent.errors import UsageError

UNDERSTANDING = Understanding(standard_lexicon(), zones_of("CET", 1))
GOLDEN = yaml.safe_load((Path(__file__).parents[2] / "golden/syslog/lines.yaml").read_text(encoding="utf-8"))
NOON = 1795348800.0  # 2026-11-22 12:00:00 UTC
UP = "Interface Ethernet1/7 is up in mode access"


def line(text: str | bytes) -> Line:
    found = read_line(text.encode() if isinstance(text, str) else text)
    assert found is not None
    return found


def meaning(text: str, at: float = NOON) -> Meaning | None:
    return UNDERSTANDING.understand(Heard("hall", at, line(text)))


@pytest.mark.parametrize(
    ("text", "host", "stamp"),
    [
        (f"<189>: 2026 Nov 22 12:00:00 UTC: %ETHPORT-5-IF_UP: {UP}", "", NOON),
        (f"<189>: 2026 Nov 22 12:00:00.250 UTC: %ETHPORT-5-IF_UP: {UP}", "", NOON + 0.25),
        (f"<189>: 2026 Nov  2 12:00:00 UTC: %ETHPORT-5-IF_UP: {UP}", "", NOON - 20 * 86_400),
        (f"<189>: hall: 2026 Nov 22 13:00:00 CET: %ETHPORT-5-IF_UP: {UP}", "hall", NOON),
        (f"<189>hall: 2026 Nov 22 14:00:00 CEST: %ETHPORT-5-IF_UP: {UP}", "hall", NOON),
        (f"<189>hall : 2026 Nov 22 12:00:00 XYZ: %ETHPORT-5-IF_UP: {UP}", "hall", None),
        (f"<189>2026 Nov 22 12:00:00 hall %ETHPORT-5-IF_UP: {UP}", "hall", None),
        (f"2026 Nov 22 12:00:00 hall %$ VDC-2 %$ %ETHPORT-5-IF_UP: {UP}", "hall", None),
        (f"<189>: 2026 Nov 22 12:00:00 UTC: %ETHPORT-SLOT1-5-IF_UP: {UP}", "", NOON),
        (f"<189>: 000053: 2026 Nov 22 12:00:00 UTC: %ETHPORT-STANDBY-5-IF_UP: {UP}", "", NOON),
        (f"<189>53: hall: *Nov 22 2026 12:00:00.5 UTC: %ETHPORT-5-IF_UP: {UP}", "hall", NOON + 0.5),
        (f"<189>53: Nov 22 12:00:00.123: %ETHPORT-5-IF_UP: {UP}", "", None),
        (
            f"<189>1 2026-11-22T13:00:00.5+01:00 hall ETHPORT 77 - - %ETHPORT-5-IF_UP: {UP}",
            "hall",
            NOON + 0.5,
        ),
        (f'<189>1 2026-11-22T12:00:00Z hall %ETHPORT-5-IF_UP - - [x@9 a="]\\"]"][y] {UP}', "hall", NOON),
        (f"<189>1 - - - - - - %ETHPORT-5-IF_UP: {UP}", "", None),
        (f"<189>%ETHPORT-5-IF_UP: {UP}", "", None),
        (f"%ETHPORT-5-IF_UP: {UP}\r\n\x00", "", None),
    ],
)
def test_every_form_of_one_message_is_the_same_message(text: str, host: str, stamp: float | None) -> None:
    found = line(text)
    assert (found.mnemonic, found.severity, found.text) == ("ETHPORT-IF_UP", 5, UP)
    assert found.host == host
    assert (found.stamp.at(UNDERSTANDING.zones) if found.stamp else None) == stamp


@pytest.mark.parametrize("case", GOLDEN["nameless"], ids=lambda case: case["line"][:40])
def test_lines_without_a_name(case: dict[str, Any]) -> None:
    found = line(case["line"])
    assert found.mnemonic == ""
    assert {"facility": found.facility, "text": found.text, "host": found.host} == case["is"]


def test_the_priority_counts_where_the_message_has_no_severity() -> None:
    assert line("<34>Oct 11 22:14:15 mymachine su: no").severity == 2
    assert line("<189>%PLATFORM-2-PS_FAIL: Power supply 1 failed").severity == 2
    assert line("no priority at all").severity == 5


def test_what_only_looks_like_a_name_is_text() -> None:
    forged = "<189>: 2026 Nov 22 12:00:00 UTC: %VSHD-5-VSHD_SYSLOG_CONFIG_I: x %ETHPORT-5-IF_UP: y is up"
    assert line(forged).mnemonic == "VSHD-VSHD_SYSLOG_CONFIG_I"
    assert line(f"<189>host app: a user typed this %ETHPORT-5-IF_UP: {UP}").mnemonic == ""


@pytest.mark.parametrize(
    ("text", "repeated", "also"),
    [
        ("<187>: 2019 Apr 18 11:00:27 UTC: last message repeated 180 times", 180, 0),
        ("<187>: 2019 Apr 18 11:00:27 UTC: hall last message repeated 1 time", 1, 0),
        (f"<189>: 2026 Nov 22 12:00:00 UTC: %ETHPORT-5-IF_UP: {UP} (message repeated 3 times)", 0, 3),
    ],
)
def test_repetitions(text: str, repeated: int, also: int) -> None:
    found = line(text)
    assert (found.repeated, found.also) == (repeated, also)
    assert "(message" not in found.text


def test_bytes_that_are_no_text_become_text() -> None:
    found = line(b"<5>%A-5-B: caf\xe9 \x1b[31m<script>alert(1)</script>\x00\xe2\x80\xaegnp")
    assert found.text == "caf\ufffd [31m<script>alert(1)</script> gnp"
    assert len(line(b"<5>" + b"a" * 65_000).text) == 1024
    assert read_line(b"") is None
    assert read_line(bytes(100)) is None


@pytest.mark.parametrize("case", GOLDEN["meanings"], ids=lambda case: case["line"][:40])
def test_what_lines_mean(case: dict[str, Any]) -> None:
    found, told = meaning(f"<189>: 2026 Nov 22 12:00:00 UTC: {case['line']}"), case["is"]
    assert found is not None
    event = found.event
    assert (event.device, event.source) == ("hall", "syslog")
    assert (event.kind, event.interface) == (told["kind"], told["interface"])
    assert event.fields.items() >= told["fields"].items()
    assert "{" not in event.text


def test_what_the_table_lacks_is_kept_when_it_is_urgent() -> None:
    found = meaning("<185>: 2026 Nov 22 12:00:00 UTC: %ODD-1-THING: the door is open")
    assert found is not None
    assert (found.event.kind, found.event.severity.value) == (UNKNOWN, "critical")
    assert found.event.text == "%ODD-1-THING: the door is open"
    assert meaning("<190>: 2026 Nov 22 12:00:00 UTC: %ODD-6-THING: nothing") is None


def test_a_clock_that_is_wrong_is_told_and_ours_counts() -> None:
    found = meaning(f"<189>: 2026 Nov 22 12:01:30 UTC: %ETHPORT-5-IF_UP: {UP}")
    assert found is not None
    assert found.event.at == NOON
    assert found.event.fields["device_time"] == "2026-11-22T12:01:30Z"
    right = meaning(f"<189>: 2026 Nov 22 12:00:02 UTC: %ETHPORT-5-IF_UP: {UP}")
    assert right is not None
    assert "device_time" not in right.event.fields
    heard = Heard("hall", NOON, line(f"<189>: 2026 Nov 22 12:59:30 CET: %ETHPORT-5-IF_UP: {UP}"))
    assert UNDERSTANDING.skew(heard) == -30


def test_the_table_polls_groups_that_there_are() -> None:
    groups = {group.name for group in standard_tables().groups}
    lexicon = standard_lexicon()
    entries = [*lexicon.exact.values(), *(entry for _, entry in lexicon.starred)]
    assert {name for entry in entries for name in entry.known.poll} <= groups
    assert len(lexicon.kinds) > 50
    for entry in entries:  # what a story is called in traps, it is called here
        for known in standard_dictionary().notifications.values():
            if known.kind == entry.known.kind and known.subject and entry.known.subject:
                assert known.subject == entry.known.subject


def test_a_city_adds_messages_and_corrects_ours(tmp_path: Path) -> None:
    (tmp_path / "syslog").mkdir()
    (tmp_path / "syslog" / "doors.yaml").write_text(
        "messages:\n"
        "  - {message: DOOR-OPEN, find: 'Door (?P<part>[0-9]+)', kind: door-open, severity: warning,"
        " text: 'door {part} is open'}\n"
        "  - {message: ETHPORT-IF_UP, kind: port-up, severity: info, text: up}\n",
        encoding="utf-8",
    )
    mine = Understanding(city_lexicon(tmp_path))
    door = mine.understand(Heard("hall", NOON, line("<189>%DOOR-5-OPEN: Door 7 was opened")))
    assert door is not None
    assert door.event.text == "door 7 is open"
    up = mine.understand(Heard("hall", NOON, line(f"<189>%ETHPORT-5-IF_UP: {UP}")))
    assert up is not None
    assert up.event.kind == "port-up"
    assert city_lexicon(tmp_path / "elsewhere") is standard_lexicon()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("messages: [{message: A-B, kind: x, severity: info, text: t, find: '('}]", "find: .*not a pattern"),
        ("messages: [{message: lower, kind: x, severity: info, text: t}]", "message: "),
        ("messages: [", "not YAML"),
        ("doors: []", "doors: "),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"mine\.yaml: .*{problem}"):
        load_lexicon([path])


def test_frames_that_never_end_and_frames_that_are_too_long() -> None:
    frames = Frames()
    assert frames.take(b"x" * 9_000) == [b"x" * 8_192]
    frames = Frames()
    found = frames.take(b"20000 <5>" + b"a" * 19_997 + b"5 <5>zz")
    assert [len(one) for one in found] == [8_192, 5]
    assert Frames().take(b"99999 ") == []
