"""A port that streams and is polled is one series; when the stream dies, polls go on where it was."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from containerlab.vnexus.tests.labthread import inside
from tests.sim.streams.stage import CAMERA_BYTES, Stage, one_switch, target_of, until, watching

ROUNDS = 20


async def look(stage: Stage, seen: list[float], rounds: int = ROUNDS) -> None:
    """Note the camera's counter as a scrape sees it, again and again."""
    loop = asyncio.get_running_loop()
    for _ in range(rounds):
        shown = stage.shown()
        assert sum(CAMERA_BYTES.strip() == series.strip() for series in shown) == 1
        seen.append(shown[CAMERA_BYTES])
        pause: asyncio.Future[None] = loop.create_future()
        loop.call_later(0.05, pause.set_result, None)
        await pause


def test_one_series_while_both_speak_and_no_reset_when_the_stream_dies_and_returns() -> None:
    async def main() -> None:
        with one_switch("feature grpc") as lab:
            node = lab.nodes["hall"]
            async with watching(target_of(lab), interval=1) as stage:
                held = stage.subscriber.held
                await until(lambda: held.synced and CAMERA_BYTES in stage.held("snmp"))
                seen: list[float] = []
                await look(stage, seen)
                # the stream dies with its port; polls go on
                inside(lab, lambda: node.merge("no feature grpc"))
                await until(lambda: "hall" not in lab.doors.open)
                await until(lambda: not held.up)
                died = held.at
                await look(stage, seen, 3 * ROUNDS)
                assert held.at == died
                assert stage.health()['moulin_stream_up{device="hall",source="gnmi"}'] == 0
                assert stage.watch.clocks.unix() - died > 2.5  # what is shown now is from polls alone
                polled = seen[-1]
                # and comes back by itself
                inside(lab, lambda: node.merge("feature grpc"))
                await until(lambda: held.synced)
                await look(stage, seen)
                assert [pair for pair in pairwise(seen) if pair[1] < pair[0]] == []
                assert seen[0] < polled < seen[-1]
                assert held.problems["reconnect"] >= 1

    asyncio.run(main())


def test_the_stream_gives_the_counter_between_two_polls() -> None:
    async def main() -> None:
        with one_switch("feature grpc") as lab:
            async with watching(target_of(lab), interval=2) as stage:
                await until(lambda: stage.subscriber.held.synced and CAMERA_BYTES in stage.held("snmp"))
                # a finer source has a counter of another's after it has lived for 2.5 of its intervals
                finer = CAMERA_BYTES
                await until(
                    lambda: stage.shown()[finer] == stage.held("gnmi")[finer] != stage.held("snmp")[finer]
                )

    asyncio.run(main())
