"""From signs to steps: what is well, what is not, and what to type next. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.collect.doctor.signs import Answer, Door, Manners, Path, Signs, Step, Verdict, Whole

LATE_SECONDS = 0.25
LOSSY_PART = 0.05
FEW_BOOTS_SECONDS = 600
_OK, _WARN, _FAIL, _SKIP = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.SKIP

_POLICER = "show policy-map interface control-plane | include snmp|violated next 2"


def diagnose(signs: Signs) -> tuple[Step, ...]:
    """Steps in the order in which one depends on the one before; after a failure the rest is left out,
    but for other ways to the device.
    """
    return (*_snmp(signs), *_doors(signs.doors))


def _snmp(signs: Signs) -> Iterator[Step]:
    if signs.path.problem:
        yield Step("name", _FAIL, signs.path.problem, "correct the name, or the hostname in hosts.yaml")
        return
    yield Step("name", _OK, f"is {signs.path.address}")
    yield _path(signs.path, signs.port)
    if signs.answer is None:
        return
    answer = _answer(signs.answer, signs)
    yield answer
    if answer.verdict is _FAIL:
        return
    yield from _clock_of_engine(signs.answer)
    if signs.whole is not None:
        yield _view(signs.whole)
    if signs.manners is not None:
        yield _manners(signs.manners)
    if signs.whole is not None:
        yield _tables(signs.whole)
        yield _contexts(signs.whole)
        yield _clock(signs.whole)


def _path(path: Path, port: int) -> Step:
    if path.refused:
        return Step(
            "path", _FAIL, f"{path.address} answers that nothing listens on UDP port {port}",
            "configure 'snmp-server community …' or 'snmp-server user …' on the device,"
            " or correct snmp_port in hosts.yaml",
        )  # fmt: skip
    if path.ping_seconds is not None:
        return Step("path", _OK, f"ping answers in {path.ping_seconds * 1000:.1f} ms")
    if path.open_ports:
        ports = ", ".join(map(str, path.open_ports))
        return Step("path", _OK, f"no ping, but TCP {ports} answers")
    if not path.ping_allowed:
        return Step("path", _SKIP, "this machine does not let us ping, and no TCP port answers")
    return Step(
        "path", _WARN, "neither ping nor TCP answers: the device is down, or something on the way drops",
        f"traceroute {path.address}; on its neighbour: show lldp neighbors, show interface status",
    )  # fmt: skip


def _answer(answer: Answer, signs: Signs) -> Step:
    if not answer.problem:
        return Step("snmp", _OK, answer.description)
    if not answer.silent:
        return Step("snmp", _FAIL, answer.problem, answer.hint)
    if signs.secure and answer.speaks_v3:
        return Step("snmp", _FAIL, answer.problem, answer.hint)
    if answer.speaks_v3:
        return Step(
            "snmp", _FAIL,
            "an SNMP agent is there and tells its engine, but does not answer this community:"
            " it is unknown, or its access list leaves this machine out",
            "on the device: show snmp community; show ip access-lists NAME; or ask by a 'v3 USER …' secret",
        )  # fmt: skip
    alive = signs.path.ping_seconds is not None or bool(signs.path.open_ports)
    if alive:
        return Step(
            "snmp", _FAIL,
            f"the device lives, its SNMP agent stays silent on UDP port {signs.port}: SNMP is off, answers in"
            " another VRF only, or an access list or the control-plane policer drops",
            f"on the device: show running-config snmp; show ip access-lists; {_POLICER}",
        )  # fmt: skip
    return Step(
        "snmp", _FAIL,
        "no answer at all. From here a dead device, a wrong address, a VRF and a filter look the same",
        "reach it another way first: console, or ssh from its neighbour; then run this again",
    )  # fmt: skip


def _clock_of_engine(answer: Answer) -> Iterator[Step]:
    if answer.engine_boots is None or answer.engine_seconds is None:
        return
    found = f"its engine started {answer.engine_boots} times, {answer.engine_seconds} s ago the last time"
    if answer.engine_boots >= 2**31 - 1:
        yield Step(
            "engine", _FAIL, "its boot counter is at its end: no v3 time is believed any more",
            "give it a new engine: snmp-server engineID local …; then set the users' passwords again",
        )  # fmt: skip
    elif answer.engine_boots == 0 and answer.engine_seconds < FEW_BOOTS_SECONDS:
        yield Step(
            "engine", _WARN, f"{found}: a counter that starts at 0 again makes old messages believable",
            "show snmp engineID; look whether it lost its configuration",
        )  # fmt: skip
    else:
        yield Step("engine", _OK, found)


def _view(whole: Whole) -> Step:
    if whole.ports:
        return Step(
            "view", _OK, f"{whole.ports} ports, {whole.series} series, platform {whole.platform or 'unknown'}"
        )
    return Step(
        "view", _FAIL, "it says who it is, but shows no ports (ifXTable and ifTable are empty):"
        " the view or role of the community or user is too small",
        "on the device: show running-config snmp; give the group network-operator, or a view with 1.3.6.1",
    )  # fmt: skip


def _manners(manners: Manners) -> Step:
    part = manners.lost / max(1, manners.asked + manners.lost)
    slow = manners.median_seconds > LATE_SECONDS  # what is lost shows in the longest, not in the median
    told = (
        f"{manners.asked} questions, {manners.lost} sent again, median"
        f" {manners.median_seconds * 1000:.0f} ms, longest {manners.longest_seconds * 1000:.0f} ms"
    )
    if part > LOSSY_PART and not slow:
        return Step(
            "loss", _WARN, f"{told}: {part:.0%} of packets are lost, on the way or by the device's policer",
            f"on the device: {_POLICER}; on the way: show interface counters errors",
        )  # fmt: skip
    if slow:
        return Step(
            "loss", _WARN, f"{told}: the agent is slow",
            "on the device: show processes cpu sort | include snmpd; poll less often (--interval)",
        )  # fmt: skip
    return Step("loss", _OK, told)


def _tables(whole: Whole) -> Step:
    if not whole.partial:
        return Step("tables", _OK, f"a whole poll takes {whole.seconds:.1f} s, nothing is cut")
    return Step(
        "tables", _FAIL,
        f"after {whole.seconds:.1f} s these are cut: {', '.join(whole.partial)} ({whole.problem})",
        "give it more time (moulin watch --interval 120), and look at 'loss' above",
    )  # fmt: skip


def _contexts(whole: Whole) -> Step:
    if whole.unseen_vrfs:
        return Step(
            "vrfs", _WARN,
            "it shows BGP, OSPF and multicast of VRFs in contexts, which a community cannot ask for",
            "use an SNMPv3 secret for it: v3 USER sha256 … aes128 …",
        )  # fmt: skip
    return Step("vrfs", _OK, "no context stays unseen")


def _clock(whole: Whole) -> Step:
    if whole.synchronised is None:
        return Step("clock", _SKIP, "it does not say whether its clock is right")
    if whole.synchronised:
        return Step("clock", _OK, "it follows a server")
    return Step(
        "clock", _WARN, "it follows no server: times of its log and of certificates are not to be trusted",
        "on the device: show ntp peer-status; show running-config ntp",
    )  # fmt: skip


def _doors(doors: tuple[Door, ...]) -> Iterator[Step]:
    for door in doors:
        if door.unknown:
            yield Step(door.name, _SKIP, door.unknown)
        elif door.problem:
            yield Step(door.name, _FAIL, door.problem, door.hint)
        else:
            yield Step(door.name, _OK, f"port {door.port} answers")
