"""Whatever comes over a stream: no exception but the declared ones, bounds that hold, no wrong sample."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pygnmi.spec.v080 import gnmi_pb2

from agent.collect.gnmi.reader import Reader as GnmiReader
from agent.collect.mdt.chunks import ChunkError, Chunks
from agent.collect.mdt.messages import ENVELOPE, FIELD, TELEMETRY
from agent.collect.mdt.reader import Reader as MdtReader
from agent.collect.mdt.reader import WrongNodeError
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import ModelReader, grow_tree
from agent.collect.streaming.rules import standard_rules
from agent.metrics import CATALOGUE, Kind

RULES = standard_rules()
TREE = grow_tree(RULES)
LIMIT = 50
SERIES = re.compile(r'^[a-z_]+\{device="sw"(,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\} $')

words = st.sampled_from(
    ["interfaces", "interface", "state", "counters", "in-octets", "oper-status", "components", "component",
     "temperature", "instant", "system", "memory", "used", "physical", "name", "lldp", "neighbors",
     "neighbor", "system-name", "port-id", "x"]
)  # fmt: skip
keys = st.sampled_from(["eth1/1", "eth1/2", "po1", "Sensor-A", "PowerSupply-1", "*", "", '"', "\n", "é"])
numbers = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1]))


@st.composite
def elems(draw: st.DrawFn) -> Any:
    """A gNMI path, often one that rules know."""
    path = gnmi_pb2.Path()
    known = draw(st.sampled_from(RULES.leaves)).path if draw(st.booleans()) else None
    for name, wanted in (
        [(step.name, step.keys) for step in known]
        if known
        else [(name, ("name",)) for name in draw(st.lists(words, max_size=6))]
    ):
        elem = path.elem.add(name=name)
        for key in wanted:
            if draw(st.booleans()) or known:
                elem.key[key] = draw(keys)
    return path


@st.composite
def values(draw: st.DrawFn) -> Any:
    made = gnmi_pb2.TypedValue()
    match draw(st.integers(0, 9)):
        case 0:
            made.uint_val = draw(numbers)
        case 1:
            made.int_val = draw(st.integers(-(2**63), 2**63 - 1))
        case 2:
            made.string_val = draw(st.text(max_size=20))
        case 3:
            made.double_val = draw(st.floats())
        case 4:
            made.decimal_val.digits = draw(st.integers(-(2**63), 2**63 - 1))
            made.decimal_val.precision = draw(st.integers(0, 2**32 - 1))
        case 5:
            made.json_val = draw(st.binary(max_size=20))
        case 6:
            made.json_ietf_val = json.dumps(draw(trees)).encode()
        case 7:
            made.bytes_val = draw(st.binary(max_size=20))
        case 8:
            made.leaflist_val.element.add(string_val="a")
        case _:
            pass
    return made


trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda below: st.one_of(
        st.lists(below, max_size=3), st.dictionaries(st.one_of(words, keys), below, max_size=4)
    ),
    max_leaves=12,
)


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    made = gnmi_pb2.SubscribeResponse()
    for _ in range(draw(st.integers(0, 6))):
        update = made.update.update.add()
        update.path.CopyFrom(draw(elems()))
        update.val.CopyFrom(draw(values()))
    if draw(st.booleans()):
        made.update.prefix.CopyFrom(draw(elems()))
    if draw(st.integers(0, 3)) == 0:
        made.update.delete.add().CopyFrom(draw(elems()))
    return bytes(made.SerializeToString())


def spoil(data: bytes, cuts: list[tuple[int, int]]) -> bytes:
    """The same bytes, some of them others."""
    spoiled = bytearray(data)
    for at, byte in cuts:
        if spoiled:
            spoiled[at % len(spoiled)] = byte
    return bytes(spoiled)


spoils = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4)


def check(held: Held) -> None:
    """What is held is shown as it is: series of the catalogue, numbers, within the limit."""
    shown = held.families()
    assert sum(map(len, shown.values())) <= LIMIT
    for name, family in shown.items():
        for series, value in family.items():
            assert SERIES.match(series), series
            assert series.startswith(f"{name}{{")
            assert math.isfinite(value)
            assert value >= 0 or CATALOGUE[name].kind is not Kind.COUNTER


@given(st.lists(st.tuples(st.one_of(responses(), st.binary(max_size=60)), spoils), max_size=8))
@settings(max_examples=150, deadline=None)
def test_gnmi_holds_whatever_comes(messages: list[tuple[bytes, list[tuple[int, int]]]]) -> None:
    held = Held("sw", 10, series_limit=LIMIT)
    reader = GnmiReader(held, ModelReader(TREE, held, lambda names: 10 if "counters" in names else None))
    for number, (data, cuts) in enumerate(messages):
        reader.read(spoil(data, cuts))
        held.tick(number * 7.0)
        check(held)


leaves = st.builds(
    lambda name, value: FIELD(name=name, **value),
    st.sampled_from(["dn", "rn", "status", "octets", "operSt", "drawnW", "used", "total", "portIdV"]),
    st.one_of(
        st.builds(lambda text: {"string_value": text}, st.one_of(
            st.sampled_from(["sys/intf/phys-[eth1/1]/dbgIfHCIn", "deleted", "modified", "up", "12", "-3",
                             "1e999", "phys-[eth1/2]", "sys/ch/psuslot-1/psu", "x\ny"]),
            st.text(max_size=10))),
        st.builds(lambda number: {"uint64_value": number}, numbers),
        st.builds(lambda number: {"double_value": number}, st.floats()),
        st.builds(lambda data: {"bytes_value": data}, st.binary(max_size=8)),
        st.just({}),
    ),
)  # fmt: skip
likely = st.sampled_from(
    [("octets", "12"), ("octets", "7"), ("operSt", "up"), ("operSt", "ok"), ("drawnW", "12.5"),
     ("used", "1"), ("total", "4"), ("sysName", "core-1"), ("portIdV", "Eth1/1"), ("status", "modified"),
     ("status", "deleted")]
).map(lambda pair: FIELD(name=pair[0], string_value=pair[1]))  # fmt: skip
kinds = st.sampled_from(
    ["", "attributes", "children", "rmonIfHCIn", "ethpmPhysIf", "eqptPsu", "procSysMem", "lldpAdjEp",
     "TABLE_psinfo", "ROW_psinfo", "psnum", "actual_input", "interface", "state", "oper-status"]
)  # fmt: skip
fields = st.recursive(
    leaves,
    lambda below: st.builds(
        lambda name, inner: FIELD(name=name, fields=inner), kinds, st.lists(below, max_size=4)
    ),
    max_leaves=25,
)


NAMES = {
    "rmonIfHCIn": "sys/intf/phys-[eth1/1]/dbgIfHCIn",
    "ethpmPhysIf": "sys/intf/phys-[eth1/1]/phys",
    "eqptPsu": "sys/ch/psuslot-1/psu",
    "procSysMem": "sys/procsys/sysmem",
    "lldpAdjEp": "sys/lldp/inst/if-[eth1/1]/adj-1",
}


@st.composite
def objects(draw: st.DrawFn) -> Any:
    """A managed object as it should be, often under its own name, around whatever leaves."""
    kind = draw(st.sampled_from(sorted(NAMES)))
    named = [FIELD(name="dn", string_value=NAMES[kind])] if draw(st.integers(0, 3)) else []
    said = draw(st.lists(st.one_of(likely, leaves), max_size=5))
    below = FIELD(fields=[*named, *said])
    attributes = FIELD(name="attributes", fields=[below])
    return FIELD(fields=[FIELD(name=kind, fields=[FIELD(fields=[attributes])])])


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    path = draw(st.sampled_from(
        ["sys/intf", "sys/ch", "sys", "show environment power", "show x", "", "x:y",
         "openconfig-interfaces:interfaces/interface", "openconfig-interfaces:interfaces"]
    ))  # fmt: skip
    content = FIELD(
        name="content", fields=draw(st.lists(st.one_of(objects(), objects(), objects(), fields), max_size=3))
    )
    keys_ = FIELD(name="keys", fields=draw(st.lists(leaves, max_size=2)))
    row = FIELD(fields=[keys_, content])
    made = TELEMETRY(
        node_id_str="sw",
        encoding_path=path,
        collection_id=draw(st.integers(0, 3)),
        data_gpbkv=[row, draw(fields)],
    )
    return bytes(made.SerializeToString())


@given(st.lists(st.tuples(st.one_of(messages(), st.binary(max_size=60)), spoils), max_size=8))
@settings(max_examples=150, deadline=None)
def test_dialout_holds_whatever_comes(sent: list[tuple[bytes, list[tuple[int, int]]]]) -> None:
    held = Held("sw", 30, series_limit=LIMIT)
    reader = MdtReader(frozenset(("sw",)), RULES, TREE, held)
    for number, (data, cuts) in enumerate(sent):
        try:
            reader.read(spoil(data, cuts), 1000.0 + 7 * number)
        except WrongNodeError:
            reader.begin()
        held.tick(1000.0 + 7 * number)
        check(held)


@given(st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=40), st.integers(-5, 120)), max_size=40))
@settings(max_examples=150, deadline=None)
def test_pieces_never_wait_beyond_their_bound(pieces: list[tuple[int, bytes, int]]) -> None:
    chunks = Chunks(largest=100)
    for piece in pieces:
        try:
            whole = chunks.add(*piece)
        except ChunkError:
            chunks = Chunks(largest=100)
        else:
            assert whole is None or len(whole) <= max(100, len(piece[1]))
        assert chunks.size <= 200


@given(st.binary(min_size=1, max_size=300), st.lists(st.integers(1, 100), min_size=1, max_size=10))
@settings(max_examples=100, deadline=None)
def test_a_whole_survives_any_cutting(whole: bytes, sizes: list[int]) -> None:
    chunks, at, got = Chunks(), 0, None
    for size in [*sizes, len(whole)]:
        piece = whole[at : at + size]
        at += size
        if piece:
            envelope = ENVELOPE.FromString(
                ENVELOPE(ReqId=9, data=piece, totalSize=len(whole)).SerializeToString()
            )
            got = chunks.add(envelope.ReqId, envelope.data, envelope.totalSize)
    assert got == whole


@given(
    st.dictionaries(st.sampled_from(["eth1/1", "po7", "lo0"]), st.integers(0, 2**63), min_size=1, max_size=3)
)
@settings(max_examples=50, deadline=None)
def test_json_and_proto_say_the_same(ports: dict[str, int]) -> None:
    shown = []
    for json_ in (True, False):
        held = Held("sw", 10, series_limit=LIMIT)
        reader = GnmiReader(held, ModelReader(TREE, held, lambda _: 10))
        made = gnmi_pb2.SubscribeResponse()
        if json_:
            entries = [
                {"name": name, "state": {"counters": {"in-octets": str(n)}}} for name, n in ports.items()
            ]
            update = made.update.update.add()
            update.path.elem.add(name="interfaces")
            update.val.json_ietf_val = json.dumps({"openconfig-interfaces:interface": entries}).encode()
        for name, number in ports.items() if not json_ else ():
            update = made.update.update.add()
            for step in ("interfaces", "interface", "state", "counters", "in-octets"):
                elem = update.path.elem.add(name=step)
                if step == "interface":
                    elem.key["name"] = name
            update.val.uint_val = number
        reader.read(made.SerializeToString())
        shown.append(held.families())
    assert shown[0] == shown[1]
    assert len(shown[0]["net_interface_receive_bytes_total"]) == len(ports)
