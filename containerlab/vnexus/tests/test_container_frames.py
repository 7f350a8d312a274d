"""LLDP frames and the gossip of the switches: both ways, under rubbish, and over a lossy chain."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnexus.container.gossip import Gossip, State
from vnexus.container.heard import Heard
from vnexus.container.lldp import Announcement, LldpError, decode, encode

MACS = st.binary(min_size=6, max_size=6).map(lambda b: f"{b[:2].hex()}.{b[2:4].hex()}.{b[4:].hex()}")
TEXTS = st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), max_size=60)
ANNOUNCEMENTS = st.builds(
    Announcement,
    chassis=MACS,
    port=st.one_of(MACS, st.from_regex(r"Ethernet[1-4]/[1-9][0-9]?", fullmatch=True)),
    seconds=st.integers(1, 65_535),
    description=TEXTS,
    name=TEXTS,
    system=TEXTS,
    capabilities=st.sets(st.sampled_from("OPBWRTCS")).map(
        lambda letters: "".join(c for c in "OPBWRTCS" if c in letters)
    ),
    address=st.one_of(st.none(), st.ip_addresses(v=4).map(str)),
)


@given(ANNOUNCEMENTS)
def test_what_was_said_is_what_is_heard(said: Announcement) -> None:
    assert decode(encode(said) + bytes(46)) == said  # short frames are padded


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_nothing_worse(payload: bytes) -> None:
    try:
        decode(payload)
    except LldpError:
        return


def test_a_frame_as_others_write_it() -> None:
    # put together after 802.1AB by hand: MACs as identities, an OID-less address, TLVs of 802.3 and 802.1
    parts = (
        "0207 04 02420a630015", "0407 03 aabbccddeeff", "0602 0078", "0a04 68616c6c", "0c06 44656269616e",
        "0e04 009c 0010", "100c 05 01 0a630015 02 00000002 00", "fe09 00120f 03 030000000000",
        "fe06 0080c2 01 0001", "0000",
    )  # fmt: skip
    frame = bytes.fromhex("".join(parts))
    heard = decode(frame)
    assert (heard.chassis, heard.port) == ("0242.0a63.0015", "aabb.ccdd.eeff")
    assert (heard.name, heard.system, heard.seconds) == ("hall", "Debian", 120)
    assert (heard.capabilities, heard.address) == ("R", "10.99.0.21")


@pytest.mark.parametrize("cut", [3, 9, 12, 20])
def test_half_a_frame_is_refused(cut: int) -> None:
    whole = encode(Announcement("4cec.0f00.1500", "Ethernet1/49", 120, name="hall"))
    with pytest.raises(LldpError):
        decode(whole[:cut])


def test_neighbours_come_stay_and_go() -> None:
    heard, said = Heard(), Announcement("4cec.0f00.1500", "Ethernet1/49", 120, name="hall", capabilities="BR")
    assert heard.take("Ethernet3/1", said, 0.0)
    assert not heard.take("Ethernet3/1", said, 30.0)
    assert [(n.local_port, n.node, n.port) for n in heard.neighbors()] == [
        ("Ethernet3/1", "hall", "Ethernet1/49")
    ]
    assert not heard.expire(149.0)
    assert heard.expire(150.0)
    assert heard.neighbors() == ()
    heard.take("Ethernet3/1", said, 200.0)
    assert heard.take("Ethernet3/1", Announcement(said.chassis, said.port, 0), 201.0)
    heard.take("Ethernet3/1", said, 202.0)
    assert heard.forget("Ethernet3/1")
    assert not heard.forget("Ethernet3/1")


# -- gossip

NAMES = frozenset({"a", "b", "c"})
BIG = State(tuple(f"interface Ethernet1/{n} {random.Random(n).random()}" for n in range(400)), {})


def chain() -> dict[str, Gossip]:
    return {name: Gossip(name, NAMES, version) for name, version in (("a", 100), ("b", 50), ("c", 70))}


def exchange(
    nodes: dict[str, Gossip], rounds: int, chance: random.Random, loss: float
) -> list[tuple[str, str]]:
    """Hellos over a - b - c, each frame lost with a probability; who learned of whom."""
    neighbours = {"a": ("b",), "b": ("a", "c"), "c": ("b",)}
    learned = []
    for _ in range(rounds):
        flying = [(to, name, nodes[name].hello()) for name, near in neighbours.items() for to in near]
        while flying:
            to, sender, payload = flying.pop(0)
            if chance.random() < loss:
                continue
            answers, news = nodes[to].take(payload + bytes(3))
            flying += [(sender, to, answer) for answer in answers]
            if news is not None:
                learned.append((to, news))
    return learned


def test_news_travel_hop_by_hop() -> None:
    nodes = chain()
    assert nodes["a"].tell(BIG)
    assert not nodes["a"].tell(BIG)
    learned = exchange(nodes, 3, random.Random(1), loss=0.0)
    assert ("c", "a") in learned
    assert nodes["c"].state("a") == BIG
    assert learned.count(("c", "a")) == 1


def test_lost_frames_heal() -> None:
    nodes = chain()
    nodes["a"].tell(BIG)
    nodes["c"].tell(State(("hostname c",), {"Ethernet1/1": False}))
    exchange(nodes, 60, random.Random(2), loss=0.3)
    assert nodes["c"].state("a") == BIG
    assert nodes["a"].state("c").carrier == {"Ethernet1/1": False}


def test_a_node_that_starts_again_with_an_older_clock_is_believed() -> None:
    nodes = chain()
    nodes["a"].tell(BIG)
    exchange(nodes, 3, random.Random(3), loss=0.0)
    nodes["a"] = Gossip("a", NAMES, 1)
    nodes["a"].tell(State(("hostname a",), {}))
    exchange(nodes, 4, random.Random(3), loss=0.0)
    assert nodes["c"].state("a").lines == ("hostname a",)


@given(st.binary(max_size=200), st.booleans())
def test_gossip_of_strangers_is_refused(payload: bytes, magic: bool) -> None:
    node = Gossip("a", NAMES, 1)
    try:
        _, news = node.take((b"vnx1" if magic else b"") + payload)
    except ValueError:
        return
    assert news is None


def test_nodes_that_are_not_of_the_lab_are_not_learned() -> None:
    stranger, node = Gossip("x", frozenset({"x"}), 9), Gossip("a", NAMES, 1)
    stranger.tell(BIG)
    answers, _ = stranger.take(node.hello())
    assert [node.take(answer) for answer in answers] == [([], None)] * len(answers)
