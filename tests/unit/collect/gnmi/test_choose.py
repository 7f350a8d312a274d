"""What is asked of a switch follows from what it says that it can."""

from __future__ import annotations

from pygnmi.spec.v080 import gnmi_pb2

from agent.collect.gnmi.choose import choose
from agent.collect.gnmi.messages import JSON, JSON_IETF, PROTO
from agent.collect.streaming.rules import standard_rules

RULES = standard_rules()
SUBSCRIPTIONS = RULES.subscriptions
ALL = {one.model for one in SUBSCRIPTIONS}


def names(path: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(step.name for step in path)  # type: ignore[attr-defined]


def test_proto_is_taken_before_json() -> None:
    chosen = [
        choose(SUBSCRIPTIONS, ALL, given, 10) for given in ({JSON, PROTO}, {JSON, JSON_IETF}, {JSON}, {1})
    ]
    assert [one.encoding if one else None for one in chosen] == [PROTO, JSON_IETF, JSON, None]


def test_models_that_are_not_there_are_not_asked_for() -> None:
    chosen = choose(SUBSCRIPTIONS, {"openconfig-interfaces"}, {PROTO}, 10)
    assert chosen is not None
    assert {one.path[0].name for one in chosen.subscriptions} == {"interfaces"}
    assert choose(SUBSCRIPTIONS, {"Cisco-NX-OS-device"}, {PROTO}, 10) is None


def test_the_request_is_one_stream_in_published_messages() -> None:
    chosen = choose(SUBSCRIPTIONS, ALL, {PROTO}, 10)
    assert chosen is not None
    asked = gnmi_pb2.SubscribeRequest.FromString(chosen.request()).subscribe
    assert (asked.mode, asked.encoding) == (gnmi_pb2.SubscriptionList.STREAM, gnmi_pb2.PROTO)
    counters = next(one for one in asked.subscription if one.path.elem[-1].name == "counters")
    assert (counters.mode, counters.sample_interval) == (gnmi_pb2.SAMPLE, 10_000_000_000)
    assert (counters.path.origin, dict(counters.path.elem[1].key)) == ("openconfig", {"name": "*"})
    state = next(one for one in asked.subscription if one.path.elem[-1].name == "oper-status")
    assert (state.mode, state.heartbeat_interval) == (gnmi_pb2.ON_CHANGE, 300_000_000_000)
    assert not any((asked.updates_only, asked.allow_aggregation, asked.use_models))


def test_a_release_without_on_change_is_sampled() -> None:
    chosen = choose(SUBSCRIPTIONS, ALL, {PROTO}, 10)
    assert chosen is not None
    asked = gnmi_pb2.SubscribeRequest.FromString(chosen.sampled().request()).subscribe
    assert {one.mode for one in asked.subscription} == {gnmi_pb2.SAMPLE}
    path = ("interfaces", "interface", "state", "oper-status")
    assert (chosen.seconds(path), chosen.sampled().seconds(path)) == (None, 30.0)


def test_every_rule_lies_below_a_subscription() -> None:
    subscribed = [names(one.path) for one in SUBSCRIPTIONS]
    paths = [names(rule.path) for rule in RULES.leaves]
    paths += [(*names(rule.path), leaf) for rule in RULES.rows for leaf in rule.row.needs]
    assert [path for path in paths if not any(path[: len(one)] == one for one in subscribed)] == []
