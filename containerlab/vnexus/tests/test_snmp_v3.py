"""Version 3 as RFC 3414 says and as net-snmp's own commands find it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vnexus import hardware
from vnexus.config.configuration import Configuration
from vnexus.config.platform import platform_of
from vnexus.config.session import ConfigSession
from vnexus.config.snmpkeys import localized, localized_line
from vnexus.snmp import Agent, ber, serve
from vnexus.snmp.message import VERSION_3, Pdu
from vnexus.snmp.secure import Complaint, read_envelope
from vnexus.snmp.usm import Level, Moment, PrivacyError, User, decrypt, encrypt, read_users

if TYPE_CHECKING:
    from conftest import Lab

needs_netsnmp = pytest.mark.skipif(shutil.which("snmpwalk") is None, reason="net-snmp is not installed")
RFC_ENGINE = bytes(11) + b"\x02"
SYSTEM = "1.3.6.1.2.1.1"
GOOD = ("-u", "noc", "-a", "SHA", "-A", "auth-pass-1", "-x", "AES", "-X", "priv-pass-1")


def add_user(lab: Lab, name: str, value: str) -> None:
    hall = lab.configs["hall"]
    engine = hardware.engine_id(lab.world.wiring.nodes["hall"].address)
    hall.text[f"snmp-server user {name} "] = localized_line(value, engine)
    hall.touch()


def ask(agent: Agent, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    async def run() -> subprocess.CompletedProcess[str]:
        port, close = await serve(agent, "127.0.0.1", 0)
        *options, name = arguments
        command = [tool, "-v3", *options, "-r", "0", "-t", "3", "-On", "-m", "", f"127.0.0.1:{port}", name]
        try:
            return await asyncio.to_thread(
                subprocess.run, command, capture_output=True, text=True, check=False
            )
        finally:
            close()

    return asyncio.run(run())


# -- keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "key"),
    [
        ("md5", "526f5eed9fcce26f8964c2930787d82b"),
        ("sha", "6695febc9288e36282235fc7151f128497b38f3f"),
    ],
)
def test_keys_are_those_of_the_rfc(auth: str, key: str) -> None:
    """RFC 3414 A.3.1 and A.3.2."""
    assert localized(auth, "maplesyrup", RFC_ENGINE).hex() == key


@pytest.mark.parametrize("priv", ["des", "aes-128", "aes-192", "aes-256"])
def test_what_is_encrypted_comes_back(priv: str) -> None:
    line = localized_line(f"g auth sha-256 one-secret priv {priv} two-secret", RFC_ENGINE)
    user = read_users([f"snmp-server user bob {line}"])[b"bob"]
    at = Moment(3, 77)
    sealed, salt = encrypt(user, b"sixteen letters and some", at, 9)
    assert decrypt(user, sealed, at, salt).startswith(b"sixteen letters and some")
    assert decrypt(user, sealed, Moment(4, 77), b"\x01" * 8) != b"sixteen letters and some"
    with pytest.raises(PrivacyError):
        decrypt(user, sealed, at, salt[:7])


def test_the_same_text_is_never_sealed_alike_twice() -> None:
    user = User(b"a", "sha", bytes(20), "aes-128", bytes(16))
    assert encrypt(user, b"x" * 16, Moment(1, 1), 1) != encrypt(user, b"x" * 16, Moment(1, 1), 2)


def test_a_printed_user_loads_again_and_is_the_same() -> None:
    engine = hardware.engine_id("127.66.9.1")
    config = Configuration(platform_of("n9k-10", "N9K-C93180YC-FX3", engine), lambda: 1.0)
    session = ConfigSession(config)
    typed = "snmp-server user bob network-operator auth sha-256 one-secret priv aes-128 two-secret"
    assert not session.feed(typed).error
    printed = [line for line in config.lines_of() if line.startswith("snmp-server user bob")]
    assert printed[0].endswith("localizedkey")
    assert "secret" not in printed[0]
    session.feed("no snmp-server user bob")
    assert not session.feed(printed[0]).error
    assert printed == [line for line in config.lines_of() if line.startswith("snmp-server user bob")]
    assert read_users(printed)[b"bob"].level == Level.PRIV


def test_a_user_with_a_broken_key_does_not_exist() -> None:
    assert read_users(["snmp-server user bob g auth sha 0x12 localizedkey"]) == {}
    assert read_users(["snmp-server user bob g auth sha nonsense localizedkey"]) == {}


def test_an_unknown_digest_is_refused_with_a_reason() -> None:
    config = Configuration(platform_of("n9k-10", "N9K-C93180YC-FX3"), lambda: 1.0)
    reply = ConfigSession(config).feed("snmp-server user bob g auth crc32 x")
    assert reply.error
    assert "sha-256" in reply.text


# -- net-snmp is the judge ----------------------------------------------------------------------------


@needs_netsnmp
@pytest.mark.parametrize("tool", ["snmpwalk", "snmpbulkwalk"])
@pytest.mark.parametrize(
    ("auth", "priv"),
    [("md5", "des"), ("sha", "aes-128"), ("sha-256", "aes-128"), ("sha-512", "aes-256"), ("sha-224", "des")],
)
def test_net_snmp_walks_with_privacy(lab: Lab, tool: str, auth: str, priv: str) -> None:
    add_user(lab, "noc", f"network-operator auth {auth} auth-pass-1 priv {priv} priv-pass-1")
    cipher = {"des": "DES", "aes-128": "AES", "aes-256": "AES-256"}[priv]
    options = ("-l", "authPriv", "-u", "noc", "-a", auth.upper(), "-A", "auth-pass-1", "-x", cipher)
    result = ask(Agent(lab.world, "hall"), tool, *options, "-X", "priv-pass-1", "1.3.6.1.2.1.2")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count(".1.3.6.1.2.1.2.2.1.2.") == 55


@needs_netsnmp
def test_a_whole_walk_is_that_of_version_2(lab: Lab) -> None:
    add_user(lab, "noc", "network-operator auth sha auth-pass-1 priv aes-128 priv-pass-1")
    agent = Agent(lab.world, "hall")
    secure = ask(agent, "snmpbulkwalk", "-l", "authPriv", *GOOD, "1.3.6.1.2.1.47")
    assert secure.returncode == 0
    plain = subprocess_v2(agent, "1.3.6.1.2.1.47")
    assert secure.stdout == plain
    assert len(plain) > 10_000


def subprocess_v2(agent: Agent, name: str) -> str:
    async def run() -> str:
        port, close = await serve(agent, "127.0.0.1", 0)
        command = ["snmpbulkwalk", "-v2c", "-cpublic", "-On", "-m", "", f"127.0.0.1:{port}", name]
        try:
            done = await asyncio.to_thread(
                subprocess.run, command, capture_output=True, text=True, check=True
            )
        finally:
            close()
        return done.stdout

    return asyncio.run(run())


@needs_netsnmp
@pytest.mark.parametrize(
    ("options", "said", "complaint"),
    [
        (("-l", "authNoPriv", "-u", "noc", "-a", "SHA", "-A", "wrong-pass-1"), "Authentication failure",
         Complaint.DIGEST),
        (("-l", "authNoPriv", "-u", "who", "-a", "SHA", "-A", "auth-pass-1"), "Unknown user name",
         Complaint.USER),
        (("-l", "authPriv", "-u", "weak", "-a", "SHA", "-A", "auth-pass-1", "-x", "AES", "-X", "priv-pass-1"),
         "Unsupported security level", Complaint.LEVEL),
        (("-l", "authPriv", *GOOD[:-1], "wrong-pass-1"), "Decryption error", Complaint.DECRYPTION),
        (("-l", "authPriv", *GOOD, "-n", "nowhere"), "", Complaint.CONTEXT),
    ],
)  # fmt: skip
def test_each_refusal_has_its_report(
    lab: Lab, options: tuple[str, ...], said: str, complaint: Complaint
) -> None:
    add_user(lab, "noc", "network-operator auth sha auth-pass-1 priv aes-128 priv-pass-1")
    add_user(lab, "weak", "network-operator auth sha auth-pass-1")
    agent = Agent(lab.world, "hall")
    result = ask(agent, "snmpget", *options, f"{SYSTEM}.5.0")
    assert result.returncode != 0
    assert said in result.stderr
    assert agent.engine.counters[complaint] == 1
    assert agent.statistics.requests == 0


@needs_netsnmp
def test_contexts_of_the_configuration_are_answered(lab: Lab) -> None:
    add_user(lab, "noc", "network-operator auth sha auth-pass-1 priv aes-128 priv-pass-1")
    lab.configs["hall"].text["snmp-server context tenant "] = "vrf blue"
    result = ask(
        Agent(lab.world, "hall"), "snmpget", "-l", "authPriv", *GOOD, "-n", "tenant", f"{SYSTEM}.5.0"
    )
    assert '"hall"' in result.stdout


@needs_netsnmp
def test_privacy_can_be_demanded_from_everybody(lab: Lab) -> None:
    add_user(lab, "noc", "network-operator auth sha auth-pass-1 priv aes-128 priv-pass-1")
    agent = Agent(lab.world, "hall")
    weak = ("-l", "authNoPriv", *GOOD, f"{SYSTEM}.5.0")
    assert '"hall"' in ask(agent, "snmpget", *weak).stdout
    lab.configs["hall"].text["snmp-server globalEnforcePriv"] = ""
    lab.configs["hall"].touch()
    assert "authorizationError" in ask(agent, "snmpget", *weak).stderr
    assert '"hall"' in ask(agent, "snmpget", "-l", "authPriv", *GOOD, f"{SYSTEM}.5.0").stdout


@needs_netsnmp
def test_a_user_with_a_password_must_use_it(lab: Lab) -> None:
    add_user(lab, "noc", "network-operator auth sha auth-pass-1 priv aes-128 priv-pass-1")
    result = ask(Agent(lab.world, "hall"), "snmpget", "-l", "noAuthNoPriv", "-u", "noc", f"{SYSTEM}.5.0")
    assert "authorizationError" in result.stderr


@pytest.mark.parametrize(("auth", "priv"), [("sha-256", "aes-128"), ("sha", "aes-256"), ("md5", "aes-192")])
def test_pysnmp_reads_with_keys_lengthened_as_cisco_does(lab: Lab, auth: str, priv: str) -> None:
    hlapi = pytest.importorskip("pysnmp.hlapi.v3arch.asyncio")
    add_user(lab, "noc", f"network-operator auth {auth} auth-pass-1 priv {priv} priv-pass-1")
    digest = {"sha-256": "usmHMAC192SHA256AuthProtocol", "sha": "usmHMACSHAAuthProtocol",
              "md5": "usmHMACMD5AuthProtocol"}[auth]  # fmt: skip
    cipher = f"usmAesCfb{priv.removeprefix('aes-')}Protocol"

    async def run() -> list[str]:
        port, close = await serve(Agent(lab.world, "hall"), "127.0.0.1", 0)
        engine = hlapi.SnmpEngine()
        user = hlapi.UsmUserData(
            "noc", "auth-pass-1", "priv-pass-1",
            authProtocol=getattr(hlapi, digest), privProtocol=getattr(hlapi, cipher),
        )  # fmt: skip
        target = await hlapi.UdpTransportTarget.create(("127.0.0.1", port), timeout=5, retries=0)
        name = hlapi.ObjectType(hlapi.ObjectIdentity(f"{SYSTEM}.5.0"))
        try:
            said, status, _, bound = await hlapi.get_cmd(engine, user, target, hlapi.ContextData(), name)
        finally:
            engine.close_dispatcher()
            close()
        assert not said
        assert not status
        return [str(value) for _, value in bound]

    assert asyncio.run(run()) == ["hall"]


# -- the window of time -------------------------------------------------------------------------------


def recorded(agent: Agent, level: Level = Level.PRIV) -> bytes:
    """A request as a manager would send it now."""
    user = agent.engine.users[b"noc"]
    varbinds = ber.tlv(ber.SEQUENCE, ber.tlv(ber.SEQUENCE, ber.oid(f"{SYSTEM}.5.0") + b"\x05\x00"))
    pdu = ber.tlv(Pdu.GET, ber.integer(1) + ber.integer(0) * 2 + varbinds)
    return agent.engine.seal(ber.integer(99), user, level, b"", pdu)


def ready(lab: Lab) -> Agent:
    add_user(lab, "noc", "network-operator auth sha auth-pass-1 priv aes-128 priv-pass-1")
    agent = Agent(lab.world, "hall")
    agent.reply(b"\x30\x05\x02\x01\x01\x04\x00")
    lab.world.refresh()
    agent.reply(discovery())
    return agent


def discovery() -> bytes:
    header = ber.tlv(ber.SEQUENCE, ber.integer(5) + ber.integer(65507) + ber.octets(b"\x04") + ber.integer(3))
    empty = ber.octets(b"") + ber.integer(0) * 2 + ber.octets(b"") * 3
    pdu = ber.tlv(Pdu.GET, ber.integer(1) + ber.integer(0) * 2 + ber.tlv(ber.SEQUENCE, b""))
    scoped = ber.tlv(ber.SEQUENCE, ber.octets(b"") * 2 + pdu)
    security = ber.octets(ber.tlv(ber.SEQUENCE, empty))
    return ber.tlv(ber.SEQUENCE, ber.integer(VERSION_3) + header + security + scoped)


def test_the_engine_is_discovered(lab: Lab) -> None:
    agent = ready(lab)
    answer = agent.reply(discovery())
    assert answer is not None
    seen = read_envelope(answer)
    assert seen.engine == hardware.engine_id("127.66.9.21")
    assert ber.oid(Complaint.ENGINE) in answer


def test_a_recording_is_too_old_after_the_window(lab: Lab) -> None:
    agent = ready(lab)
    recording = recorded(agent)
    assert agent.reply(recording) is not None
    assert agent.engine.counters[Complaint.WINDOW] == 0
    lab.wait(151)
    agent.reply(recording)
    assert agent.engine.counters[Complaint.WINDOW] == 1
    assert agent.statistics.requests == 1


def test_a_recording_from_before_a_reboot_is_refused(lab: Lab) -> None:
    agent = ready(lab)
    recording = recorded(agent)
    lab.world.reboot("hall")
    agent.reply(recording)
    assert agent.engine.counters[Complaint.WINDOW] == 1


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    position=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.integers(0, 30), sealed=st.booleans()
)
def test_damaged_messages_are_survived_and_counted(
    lab: Lab, *, position: int, value: int, cut: int, sealed: bool
) -> None:
    agent = ready(lab)
    data = recorded(agent, Level.PRIV if sealed else Level.NO_AUTH)
    before = total(agent)
    damaged = bytearray(data)
    damaged[position % len(damaged)] = value
    agent.reply(bytes(damaged))
    agent.reply(data[: len(data) - cut])
    assert total(agent) == before + 2


def total(agent: Agent) -> int:
    seen = agent.statistics
    return seen.malformed + seen.requests + seen.reports + seen.bad_community
