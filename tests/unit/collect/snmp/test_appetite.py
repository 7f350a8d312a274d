"""How much and how often an agent is asked."""

from __future__ import annotations

import random

from agent.collect.snmp.appetite import FIRST, MOST, PATIENCE, Appetite
from agent.collect.snmp.peer import BURST, LEAST_PER_SECOND, MOST_PER_SECOND, Pace, Rtt


def test_it_grows_while_answers_come_whole() -> None:
    appetite = Appetite()
    for _ in range(20):
        appetite.swallow(appetite.size)
    assert appetite.size == MOST > FIRST


def test_an_agent_that_cuts_its_answers_is_asked_for_little_more_than_it_gives() -> None:
    appetite, sizes = Appetite(), []
    for _ in range(50):
        appetite.swallow(min(appetite.size, 31))
        sizes.append(appetite.size)
    assert 31 <= appetite.size < 62
    assert len(set(sizes[10:])) == 1, "and always for the same, for then its answers are alike"
    appetite.swallow(3)
    assert appetite.size < 31


def test_a_size_that_was_lost_is_left_alone_for_long_and_then_tried_again() -> None:
    appetite = Appetite(size=40)
    appetite.choke()
    sizes = []
    for _ in range(2 * PATIENCE):
        appetite.swallow(appetite.size)
        sizes.append(appetite.size)
    assert max(sizes[: PATIENCE - 5]) == 39
    assert max(sizes) > 39


def test_it_never_asks_for_nothing() -> None:
    appetite = Appetite(size=1)
    for _ in range(5):
        appetite.choke()
        appetite.swallow(0)
        assert appetite.size == 1


def test_packets_keep_to_the_pace() -> None:
    pace, now, sent = Pace(rate=50.0), 0.0, []
    for _ in range(BURST + 200):
        now += pace.take(now)
        sent.append(now)
    assert sent[BURST - 1] < 0.001
    assert abs(sent[-1] - 200 / 50) < 0.1


def test_a_loss_halves_the_pace_and_answers_bring_it_back() -> None:
    pace = Pace()
    for _ in range(20):
        pace.slow()
    assert pace.rate == LEAST_PER_SECOND
    for _ in range(1000):
        pace.quicken()
    assert pace.rate == MOST_PER_SECOND


def test_the_timer_follows_the_round_trip() -> None:
    """RFC 6298: it stays above what is measured, and comes down with it."""
    chance, rtt = random.Random(4), Rtt()
    for _ in range(200):
        rtt.learn(chance.uniform(0.9, 1.1))
    assert 1.1 < rtt.timeout < 2.0
    for _ in range(200):
        rtt.learn(0.01)
    assert rtt.timeout == rtt.least
