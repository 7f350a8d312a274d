"""The desk: traps and syslog of the same news are one event, flapping is one that counts."""

from __future__ import annotations

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.collect.traps.meaning import Meaning
from agent.flows.newsdesk import Newsdesk
from agent.records import Event, EventLevel
from agent.store.events import EventStore
from agent.store.timeline import Timeline, Turn

PORT = "Ethernet1/7"


def news(
    kind: str, at: float, source: str = "trap", interface: str = PORT, device: str = "hall", **fields: str
) -> Meaning:
    level = EventLevel.WARNING if kind.endswith("down") else EventLevel.INFO
    subject = "link" if kind.startswith("link") else kind
    event = Event(at, device, kind, interface, f"{interface} {kind}", level, fields, source)
    return Meaning(event, subject, ("interfaces",))


def desk() -> Newsdesk:
    return Newsdesk(Timeline(), lambda *_: None)


def kinds(one: Newsdesk) -> list[str]:
    return [event.kind for event in reversed(one.timeline.recent())]


def test_a_cut_link_is_one_event_with_both_sources() -> None:
    mine = desk()
    assert mine.take(news("link-down", 1.0, oper="down"))
    assert not mine.take(news("link-down", 1.4, "syslog", reason="Link failure"))
    assert not mine.take(news("link-down", 1.5, "syslog"))
    (event,) = mine.timeline.recent()
    assert event.source == "trap+syslog"
    assert event.fields == {"oper": "down", "reason": "Link failure"}
    assert event.at == 1.0
    assert mine.take(news("link-down", 60.0, "syslog"))


def test_lines_that_come_behind_two_traps_find_each_its_own() -> None:
    mine = desk()
    for kind, at, source in (
        ("link-down", 1.0, "trap"),
        ("link-up", 1.1, "trap"),
        ("link-down", 1.2, "syslog"),
        ("link-up", 1.3, "syslog"),
    ):
        mine.take(news(kind, at, source))
    assert kinds(mine) == ["link-down", "link-up"]
    assert {event.source for event in mine.timeline.recent()} == {"trap+syslog"}


def test_parts_are_the_same_by_their_number() -> None:
    mine = desk()
    assert mine.take(news("supply-down", 1.0, part="PowerSupply-1", interface=""))
    assert not mine.take(news("supply-down", 1.2, "syslog", part="1", interface=""))
    assert mine.take(news("supply-down", 1.3, "syslog", part="2", interface=""))


def test_repeated_lines_are_counted_at_their_event() -> None:
    mine = desk()
    mine.take(news("login-refused", 1.0, "syslog", interface=""))
    mine.again("hall", "syslog", 180)
    mine.again("hall", "syslog", 2)
    mine.again("nobody", "syslog", 2)
    (event,) = mine.timeline.recent()
    assert event.fields["also"] == "182"


def test_flapping_is_one_event_that_counts() -> None:
    mine = desk()
    for number in range(20):
        mine.take(news("link-up" if number % 2 else "link-down", float(number)))
        mine.take(news("link-up" if number % 2 else "link-down", number + 0.3, "syslog"))
    (event,) = mine.timeline.recent()
    assert event.kind == "flapping"
    assert event.severity is EventLevel.WARNING
    assert event.text == f"link flapped 20 times in 19 s; now: {PORT} link-up"
    assert event.at == 0.0
    mine.take(news("link-down", 100.0))
    assert kinds(mine) == ["flapping", "link-down"]


def test_a_flap_that_never_ends_begins_anew_now_and_then() -> None:
    mine = desk()
    for number in range(200):
        mine.take(news("link-up" if number % 2 else "link-down", 10.0 * number))
    found = [event for event in mine.timeline.recent() if event.kind == "flapping"]
    assert 3 <= len(found) <= 5
    assert counted(mine.timeline.recent()) == 200


def test_the_same_again_and_again_keeps_its_kind_and_the_latest_words() -> None:
    mine = desk()
    for number in range(6):
        user = f"user-{number}"
        assert mine.take(news("login-refused", float(number), "syslog", interface="", user=user))
    (event,) = mine.timeline.recent()
    assert (event.kind, event.fields["count"], event.fields["user"]) == ("login-refused", "6", "user-5")
    assert event.text == "6 times in 5 s:  login-refused"


def test_each_configuration_is_told() -> None:
    mine = desk()
    for number in range(6):
        assert mine.take(news("config-changed", float(number), "syslog", interface="", user=f"user-{number}"))
    assert len(mine.timeline) == 6


def test_what_is_remembered_of_a_flood_is_bounded_by_time() -> None:
    mine = desk()
    for number in range(5_000):
        mine.take(news("link-down", number / 100, interface=f"Ethernet1/{number}"))
    assert len(mine.repeats) <= 1_001


def counted(events: tuple[Event, ...]) -> int:
    return sum(int(event.fields.get("count", "1")) for event in events)


STEPS = st.lists(
    st.tuples(
        st.floats(0.0, 40.0),
        st.sampled_from(("link-up", "link-down", "sensor")),
        st.sampled_from((PORT, "Ethernet1/8")),
        st.sampled_from(("trap", "syslog")),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_folding_loses_nothing_in_memory_nor_in_the_database(
    steps: list[tuple[float, str, str, str]],
) -> None:
    mine, waiting, told = desk(), dict[int, tuple[Event | None, Event | None]](), 0
    batches = []

    def keep(turn: Turn) -> None:
        stored = waiting[turn.place][0] if turn.place in waiting else turn.before
        waiting[turn.place] = stored, turn.after
        if len(waiting) > 5:
            batches.append(tuple(waiting.values()))
            waiting.clear()

    mine.timeline.follow(keep)
    now = itertools.accumulate(step[0] for step in steps)
    for at, (_, kind, interface, source) in zip(now, steps, strict=True):
        told += mine.take(news(kind, at, source, interface))
    batches.append(tuple(waiting.values()))
    shown = mine.timeline.recent(1000)
    assert counted(shown) == told
    with TemporaryDirectory() as folder:
        store = EventStore(Path(folder))
        for batch in batches:
            store.amend(batch)
        kept = store.recent(1000)
        store.close()
    assert counted(kept) == told
    assert sorted(map(repr, kept)) == sorted(map(repr, shown))
