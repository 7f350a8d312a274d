"""What docker and ip are told: argument lists made from the topology, nothing run here."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass

from vnexus.clab.topology import CREDENTIALS, N9KV, Lab, Link, Node

Command = tuple[str, ...]
LAB_LABEL = "containerlab"
_PULL = {"always": "always", "never": "never", "ifnotpresent": "missing"}


@dataclass(frozen=True, slots=True)
class Start:
    """A container to start; ``environment`` is for the docker client, which hands these on by name."""

    node: str
    command: Command
    environment: dict[str, str]


def create_network(lab: Lab) -> Command:
    management = lab.management
    gateway = ("--gateway", str(management.ipv4_gw)) if management.ipv4_gw else ()
    return (
        "docker", "network", "create", "--driver", "bridge",
        "--subnet", str(management.ipv4_subnet), *gateway,
        "--label", f"{LAB_LABEL}={lab.name}", management.network,
    )  # fmt: skip


def labels(lab: Lab, node: Node, owner: str) -> dict[str, str]:
    """Of a container, the file's own first."""
    return {
        **node.labels,
        LAB_LABEL: lab.name,
        "clab-node-name": node.name,
        "clab-node-longname": lab.long_name(node.name),
        "clab-node-kind": node.kind,
        "clab-node-type": node.type,
        "clab-node-group": node.group,
        "clab-node-lab-dir": str(lab.folder / node.name),
        "clab-topo-file": str(lab.file),
        "clab-mgmt-net-bridge": lab.management.network,
        "clab-owner": owner,
    }


def environment(lab: Lab, node: Node, owner: str) -> dict[str, str]:
    """Of a container; the file's own values win."""
    values = {"CLAB_INTFS": str(lab.interfaces(node.name))}
    for name, value in labels(lab, node, owner).items():
        values[f"CLAB_LABEL_{name.upper().replace('-', '_').replace('.', '_')}"] = value
    given = CREDENTIALS[node.kind]
    if given is not None:
        values |= {"USERNAME": given[0], "PASSWORD": given[1], "CONNECTION_MODE": "tc"}
        values |= {"DOCKER_NET_V4_ADDR": str(lab.management.ipv4_subnet)}
    return values | dict(node.env)


def start(lab: Lab, node: Node, owner: str) -> Start:
    """``docker run`` for a node."""
    env = environment(lab, node, owner)
    hidden = {name: value for name, value in env.items() if name == "PASSWORD"}
    words: list[str] = [
        "docker",
        "run",
        "--detach",
        "--name",
        lab.long_name(node.name),
        "--hostname",
        node.name,
    ]
    words += ["--pull", _PULL.get(node.image_pull_policy.lower(), "missing")]
    words += ["--restart", node.restart_policy or ("always" if node.kind == "linux" else "no")]
    words += _network(lab, node)
    for name, value in sorted(labels(lab, node, owner).items()):
        words += ["--label", f"{name}={value}"]
    for name, value in sorted(env.items()):
        words += ["--env", name if name in hidden else f"{name}={value}"]
    words += ["--privileged"] if node.privileged else []
    for flag, values in (
        ("--cap-add", node.cap_add),
        ("--publish", node.ports),
        ("--volume", _binds(lab, node)),
    ):
        for value in values:
            words += [flag, value]
    for name, value in sorted(node.sysctls.items()):
        words += ["--sysctl", f"{name}={value}"]
    single = (
        ("--user", node.user),
        ("--memory", node.memory.replace("b", "")),
        ("--cpus", f"{node.cpu:g}" if node.cpu else ""),
    )
    for flag, value in single:
        words += [flag, value] if value else []
    words += _health(node)
    entry = shlex.split(node.entrypoint)
    words += ["--entrypoint", entry[0]] if entry else []
    words += [node.image, *entry[1:], *_arguments(node, env)]
    return Start(node.name, tuple(words), hidden)


def _network(lab: Lab, node: Node) -> list[str]:
    if node.network_mode == "none":
        return ["--network", "none"]
    address = ["--ip", str(node.mgmt_ipv4)] if node.mgmt_ipv4 else []
    return ["--network", lab.management.network, *address]


def _binds(lab: Lab, node: Node) -> tuple[str, ...]:
    """Paths are relative to the topology file; ``__clabNodeDir__`` and ``__clabDir__`` are known."""
    found = [f"{lab.folder / node.name / 'config'}:/config"] if node.kind in N9KV else []
    for bind in node.binds:
        source, colon, rest = bind.partition(":")
        source = source.replace("__clabNodeDir__", str(lab.folder / node.name))
        source = source.replace("__clabDir__", str(lab.folder))
        found.append(f"{lab.file.parent / source}{colon}{rest}")
    return tuple(found)


def _arguments(node: Node, env: dict[str, str]) -> list[str]:
    """What stands behind the image: ``cmd``, or the arguments that every vrnetlab image gets."""
    if node.kind not in N9KV:
        return shlex.split(node.cmd)
    return [
        "--username", env["USERNAME"], "--password", env["PASSWORD"], "--hostname", node.name,
        "--connection-mode", env["CONNECTION_MODE"], "--trace",
    ]  # fmt: skip


def _health(node: Node) -> list[str]:
    check = node.healthcheck
    if not check:
        return []
    test = [str(word) for word in check.get("test", [])]
    words = {"CMD-SHELL": " ".join(test[1:]), "CMD": shlex.join(test[1:])}.get(
        test[0] if test else "", " ".join(test)
    )
    found = ["--health-cmd", words]
    for key, default in (("start-period", 0), ("interval", 30), ("timeout", 30)):
        found += [f"--health-{key}", f"{check.get(key, default)}s"]
    return [*found, "--health-retries", str(check.get("retries", 3))]


def temporary_names(lab: Lab, number: int) -> tuple[str, str]:
    """Of the two ends of a link while they are still in the host's namespace; at most 15 characters."""
    digest = hashlib.sha256(f"{lab.name}/{number}".encode()).hexdigest()[:9]
    return f"vx{digest}a", f"vx{digest}z"


def mac_of(lab: Lab, end: tuple[str, str]) -> str:
    """The same at every deployment, in containerlab's range."""
    digest = hashlib.sha256(f"{lab.name}/{end[0]}/{end[1]}".encode()).digest()
    return "aa:c1:ab:" + ":".join(f"{byte:02x}" for byte in digest[:3])


def macs(lab: Lab, link: Link) -> tuple[str, str]:
    """Of both ends: the file's, or made ones."""
    return link.macs[0] or mac_of(lab, link.a), link.macs[1] or mac_of(lab, link.z)


def lay_link(lab: Lab, number: int, pids: dict[str, int]) -> list[Command]:
    """Commands that make one veth pair and put its ends in place; the last two switch them on."""
    link = lab.links[number]
    (a, z), (mac_a, mac_z), mtu = temporary_names(lab, number), macs(lab, link), str(link.mtu)
    made = ("ip", "link", "add", a, "address", mac_a, "mtu", mtu, "type", "veth",
            "peer", "name", z, "address", mac_z, "mtu", mtu)  # fmt: skip
    commands: list[Command] = [made]
    ends = ((a, link.a), (z, link.z))
    commands += [
        ("ip", "link", "set", name, "netns", str(pids[node]), "name", interface)
        for name, (node, interface) in ends
    ]
    commands += [
        ("nsenter", "--target", str(pids[node]), "--net", "ip", "link", "set", interface, "up")
        for _, (node, interface) in ends
    ]
    return commands
