"""What a poller remembers: columns that stay, clocks that run backwards, a phase for every device."""

from __future__ import annotations

from itertools import pairwise

from agent.collect.columns import Columns, remember
from agent.collect.pace import next_reading, phase_of
from agent.collect.restart import restarted


def test_a_column_that_does_not_change_keeps_its_version() -> None:
    columns = Columns()
    columns.put("ifName", 2, [(b"xx\x01", b"a")])
    first = columns["ifName"]
    columns.put("ifName", 2, [(b"xx\x01", b"a")])
    assert columns["ifName"] is first
    assert columns.version("ifName") == 1
    columns.put("ifName", 2, [(b"xx\x01", b"b")])
    assert (columns.version("ifName"), columns["ifName"]) == (2, {b"\x01": b"b"})


def test_what_was_made_holds_until_something_that_was_looked_at_changes() -> None:
    columns, calls = Columns(), []
    columns.put("a", 0, [(b"\x01", 1)])

    def make(seen: object, scalars: object) -> int:
        calls.append(1)
        return len(columns.get("a", {})) if "missing" not in seen else 0  # type: ignore[operator]

    memo = remember(make, columns, {"s": 1})
    assert memo.holds(columns, {"s": 2})  # the scalar was not looked at
    columns.put("b", 0, [(b"\x01", 1)])
    assert memo.holds(columns, {"s": 1})
    columns.put("missing", 0, [(b"\x01", 1)])  # it was looked for and not there
    assert not memo.holds(columns, {"s": 1})
    assert calls == [1]


def test_a_wrap_is_no_restart_unless_a_better_clock_says_so() -> None:
    wrapping, after = {"sysUpTime": 2**32 - 3000}, {"sysUpTime": 10}
    assert not restarted(wrapping, after)
    assert not restarted(wrapping | {"snmpEngineTime": 500}, after | {"snmpEngineTime": 530})
    assert restarted(wrapping | {"snmpEngineTime": 500}, after | {"snmpEngineTime": 3})
    assert restarted({"snmpEngineBoots": 4}, {"snmpEngineBoots": 5})
    assert restarted({"sysUpTime": 2**31}, after)
    assert not restarted({}, after)
    assert not restarted({"sysUpTime": 10}, {"sysUpTime": 10})


def test_a_fleet_reads_its_optics_evenly_over_the_period() -> None:
    """300 switches, polled every 30 s: no poll round has much more than a tenth of them."""
    rounds = [0] * 10
    for number in range(300):
        phase = phase_of(f"sw-{number}", "sensors")
        at = next_reading(1000.0, 300.0, phase)
        assert 150 <= at - 1000 <= 450
        assert next_reading(at, 300.0, phase) == at + 300
        rounds[int(at // 30) % 10] += 1
    assert max(rounds) < 50
    assert min(rounds) > 10


def test_readings_never_bunch_up() -> None:
    moments = [5.0]
    for _ in range(50):
        moments.append(next_reading(moments[-1], 60.0, 0.37))
    assert all(30 <= later - sooner <= 90 for sooner, later in pairwise(moments))


def test_rows_with_a_malformed_index_are_left_out() -> None:
    columns = Columns()
    columns.put("a", 2, [(b"xx", 1), (b"xx\x81", 2), (b"xx\x81\x00", 3), (b"xx\x05", 4)])
    assert columns["a"] == {b"\x81\x00": 3, b"\x05": 4}
    assert columns.count("a") == 4
