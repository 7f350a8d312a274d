"""gNMI over TLS from the virtual switch: what it holds is what SNMP says, at the moment that it changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from agent.collect.gnmi.trust import Door, Trust, fetch_certificate, pin_certificate
from agent.collect.streaming.rules import Subscription, read_steps, standard_rules
from agent.collect.traps.meaning import Meaning
from agent.flows.newsdesk import Newsdesk
from agent.flows.stream_news import StreamNews
from agent.flows.streams import StreamOptions
from containerlab.vnexus.tests.labthread import inside
from tests.sim.streams.stage import CAMERA_BYTES, CAMERA_UP, LAX, one_switch, target_of, until, watching

MOVING = ("_total", "_celsius", "_ratio", "_watts")


def states(series: dict[str, float]) -> dict[str, float]:
    """What does not move by itself."""
    return {name: value for name, value in series.items() if not any(word in name for word in MOVING)}


def test_a_stream_holds_what_snmp_says_under_the_same_names() -> None:
    async def main() -> None:
        with one_switch("feature grpc") as lab:
            async with watching(target_of(lab)) as stage:
                await until(lambda: stage.subscriber.held.synced and CAMERA_BYTES in stage.held("snmp"))
                streamed = stage.held("gnmi")
                await until(lambda: set(streamed) <= set(stage.held("snmp")))
                assert len(states(streamed)) > 150
                # a port that came up between the two looks differs until both have looked again
                await until(lambda: states(stage.held("gnmi")).items() <= states(stage.held("snmp")).items())
                assert len([series for series in streamed if series.startswith("net_interface_rec")]) > 50
                health = stage.health()
                assert health['moulin_stream_up{device="hall",source="gnmi"}'] == 1
                assert health['moulin_stream_updates_total{device="hall",source="gnmi"}'] > 500

    asyncio.run(main())


def test_a_change_is_told_at_once_and_counters_move() -> None:
    async def main() -> None:
        with one_switch("feature grpc") as lab:
            # polls are far apart: only the stream can tell
            async with watching(target_of(lab), interval=300) as stage:
                await until(lambda: stage.held("gnmi").get(CAMERA_UP) == 1)
                await until(lambda: stage.subscriber.held.synced)
                desk = Newsdesk(stage.watch.timeline, stage.watch.poll_soon)
                news = StreamNews(stage.watch, desk)
                news.look()
                before = stage.held("gnmi")[CAMERA_BYTES]
                await until(lambda: stage.held("gnmi")[CAMERA_BYTES] > before)
                inside(lab, lambda: lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"}))
                await until(lambda: stage.held("gnmi").get(CAMERA_UP) == 0, seconds=5)
                news.look()
                news.look()
                (down,) = stage.watch.timeline.recent()  # what was there when the stream began is no news
                assert (down.kind, down.interface, down.source) == ("link-down", "Ethernet1/7", "gnmi")
                trap = Meaning(replace(down, source="trap", at=down.at + 0.5), "link", ())
                assert not desk.take(trap)
                assert stage.watch.timeline.recent()[0].source == "gnmi+trap"

    asyncio.run(main())


def test_a_pinned_key_is_trusted_and_no_other(tmp_path: Path) -> None:
    async def main() -> None:
        known = tmp_path / "known_certificates"
        options = StreamOptions(interval_seconds=1, trust=Trust("pin", known))
        with one_switch("feature grpc") as lab:
            target = target_of(lab)
            assert target.gnmi_port is not None
            door = Door("hall", target.address, target.gnmi_port)
            async with watching(target, options) as stage:
                await until(lambda: "not known" in stage.subscriber.problem)
                assert "moulin pin" in stage.subscriber.problem
                assert stage.held("gnmi") == {}
            pin_certificate(known, door, "SHA256:" + 64 * "0")
            async with watching(target, options) as stage:
                await until(lambda: "has changed" in stage.subscriber.problem)
                # nobody saw the password
                assert lab.doors.open["hall"].service.statistics.capabilities == 0
            pin_certificate(known, door, (await fetch_certificate(door, 5)).fingerprint)
            async with watching(target, options) as stage:
                await until(lambda: stage.subscriber.held.synced)
                assert stage.subscriber.problem == ""

    asyncio.run(main())


def test_an_authority_that_did_not_sign_is_not_enough(tmp_path: Path) -> None:
    async def main() -> None:
        with one_switch("feature grpc") as lab:
            target = target_of(lab)
            assert target.gnmi_port is not None
            shown = await fetch_certificate(Door("hall", target.address, target.gnmi_port), 5)
            right = tmp_path / "ca.pem"
            right.write_bytes(shown.pem)  # self-signed: it is its own authority, and names its address
            async with watching(target, StreamOptions(1, Trust("ca", authority=right))) as stage:
                await until(lambda: stage.subscriber.held.synced)
            async with watching(target, StreamOptions(1, Trust("ca"))) as stage:
                await until(lambda: "no gNMI on" in stage.subscriber.problem)
                assert not stage.subscriber.held.up

    asyncio.run(main())


def test_a_wrong_password_is_told_and_not_tried_again_at_once() -> None:
    async def main() -> None:
        with one_switch("feature grpc") as lab:
            async with watching(target_of(lab), password="wrong") as stage:
                await until(lambda: "login refused" in stage.subscriber.problem)
                assert "wrong" not in stage.subscriber.problem
                assert stage.health()['moulin_stream_up{device="hall",source="gnmi"}'] == 0
            assert lab.doors.open["hall"].service.statistics.capabilities == 1

    asyncio.run(main())


@pytest.mark.parametrize("profile", ["n9k-9.3", "n9k-10"])
def test_a_path_or_mode_that_the_release_has_not_does_not_cost_the_others(profile: str) -> None:
    rules = standard_rules()
    odd = (
        Subscription(read_steps("/interfaces/interface[name]/state/loopback-mode"), "openconfig-interfaces",
                     "on_change", None),
        Subscription(read_steps("/system/state/hostname"), "openconfig-system", "target_defined", None),
    )  # fmt: skip
    options = replace(LAX, rules=replace(rules, subscriptions=rules.subscriptions + odd))

    async def main() -> None:
        with one_switch("feature grpc", profile=profile) as lab:
            async with watching(target_of(lab), options) as stage:
                await until(lambda: stage.subscriber.held.synced)
                problems = stage.subscriber.held.problems
                assert problems["refused-path"] == 1
                assert problems["refused-mode"] == (profile == "n9k-9.3")
                assert CAMERA_BYTES in stage.held("gnmi")

    asyncio.run(main())


def test_a_keepalive_is_a_sign_of_life_and_no_data() -> None:
    async def main() -> None:
        with one_switch("feature grpc", "grpc gnmi keepalive-timeout 600") as lab:
            async with watching(target_of(lab)) as stage:
                await until(lambda: stage.subscriber.held.synced)
                before = stage.subscriber.held.messages
                inside(lab, lambda: lab.clock.advance(601))
                await until(lambda: stage.subscriber.held.messages > before)
                assert stage.subscriber.held.up
                assert not stage.subscriber.held.problems["malformed"]

    asyncio.run(main())
