"""Two labs of one seed and one time say the same, byte for byte, in processes of their own."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import replace

from vnexus.topology import Topology

TELL = """
import pickle, random, sys
from vnexus.grammar.speak import speak
from vnexus.grammar.table import modes
from vnexus.lab import Lab
from vnexus.snmp import ber
from vnexus.world import Clock

wall = [1_800_000_000.0]
lab = Lab(pickle.load(sys.stdin.buffer), clock=Clock(lambda: wall[0]))
lab.clock.advance(7200)
lab.world.add_fault("link-flap", {"node": "core-1", "port": "Ethernet1/49", "seconds": 30})
lab.world.add_fault("psu-fail", {"node": "hall", "slot": 2})
lab.clock.advance(int(sys.argv[1]))
chance = random.Random(7)
spoken = [speak(modes()["exec"], chance) for _ in range(3000)]
commands = sorted({line for line in spoken if line.startswith("show ")})
print(len(commands), "commands")
for node in lab.nodes.values():
    shell = node.shell("admin")
    shell.run("terminal dont-ask")
    for number, command in enumerate(("configure terminal", "username eve password Look-1", "end")):
        shell.run(command)
    for command in commands:
        print(">", node.spec.name, command)
        print(shell.run(command).text)
        print(shell.run(command + " | json").text)
for name, agent in lab.agents.items():
    asked = ber.oid("1.3")
    for number in range(400):
        variables = ber.tlv(ber.SEQUENCE, ber.tlv(ber.SEQUENCE, asked + b"\\x05\\x00"))
        pdu = ber.tlv(0xA5, ber.integer(number) + ber.integer(0) + ber.integer(25) + variables)
        said = agent.reply(ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(b"public") + pdu))
        print(name, said.hex())
        _, start, end = ber.read_tlv(said, 0, len(said))
        for _ in range(2):
            _, _, start = ber.read_tlv(said, start, end)
        _, start, end = ber.read_tlv(said, start, end)
        for _ in range(3):
            _, _, start = ber.read_tlv(said, start, end)
        _, start, end = ber.read_tlv(said, start, end)
        while start < end:
            _, inside, after = ber.read_tlv(said, start, end)
            _, _, last = ber.read_tlv(said, inside, after)
            asked, value, start = said[inside:last], said[last:after], after
        if value == ber.END_OF_MIB:
            break
"""


def told(topology: Topology, seconds: int, hash_seed: str) -> list[str]:
    """All that every switch shows and its agent walks, ``seconds`` later."""
    done = subprocess.run(
        [sys.executable, "-c", TELL, str(seconds)], input=pickle.dumps(topology), capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed}, check=False, timeout=150,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def with_snmp(topology: Topology) -> Topology:
    line = "snmp-server community public group network-operator"
    return replace(
        topology, nodes=tuple(replace(one, startup=(*one.startup, line)) for one in topology.nodes)
    )


def test_the_same_lab_twice(routed_topology: Topology) -> None:
    topology = with_snmp(routed_topology)
    one, other, later = (told(topology, *how) for how in ((610, "1"), (610, "2"), (615, "1")))
    assert len(one) > 5_000
    assert one == other
    assert one != later  # else nothing of the world would be in it
