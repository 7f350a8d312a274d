"""Runs what ``commands.py`` says: the only place of the deployer that touches docker and ip."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vnexus.clab import commands, records
from vnexus.clab.commands import LAB_LABEL, Command
from vnexus.clab.document import ClabError
from vnexus.clab.records import Container, read_container
from vnexus.clab.topology import N9KV, Lab

TIMEOUT_SECONDS = 300


@dataclass(slots=True)
class Deployer:
    """``environ`` is what docker and ip run with; ``owner`` is who deploys."""

    environ: Mapping[str, str]
    owner: str
    _made: list[Command] = field(default_factory=list)
    """What takes back what was made so far, the last first."""

    def deploy(self, lab: Lab, *, reconfigure: bool = False) -> list[Container]:
        """Start every node, lay every link, write the lab directory; its containers.

        What was made is taken away again when something fails. Raises ClabError.
        """
        if reconfigure:
            self.destroy(lab, cleanup=True)
        elif self.containers(lab.name):
            raise ClabError(
                f"{lab.file}: lab {lab.name} is deployed already. Use --reconfigure, or destroy it first"
            )
        new_folder = not lab.folder.exists()
        self._made.clear()
        try:
            return self._deploy(lab)
        except BaseException:
            self._take_back()
            if new_folder:
                shutil.rmtree(lab.folder, ignore_errors=True)
            raise

    def _deploy(self, lab: Lab) -> list[Container]:
        self._make_network(lab)
        for node in lab.nodes.values():
            self._make_folder(lab, node.name)
            start = commands.start(lab, node, self.owner)
            identifier = self._run(start.command, start.environment).strip().splitlines()[-1]
            self._made.append(("docker", "rm", "--force", "--volumes", identifier))
        running = {container.node: container for container in self.containers(lab.name)}
        for name in lab.nodes:
            if name not in running or not running[name].pid:
                raise ClabError(
                    f"{lab.long_name(name)}: it has ended by itself: {self._last_words(lab.long_name(name))}"
                )
        pids = {name: container.pid for name, container in running.items()}
        for number in range(len(lab.links)):
            self._made.append(("ip", "link", "delete", commands.temporary_names(lab, number)[0]))
            for command in commands.lay_link(lab, number, pids):
                self._run(command)
            self._made.pop()
        for node in lab.nodes.values():
            for line in node.exec:
                self._run(("docker", "exec", lab.long_name(node.name), *shlex.split(line)))
        self._write_records(lab, running)
        return self.containers(lab.name)

    def _make_network(self, lab: Lab) -> None:
        """Use the network when it is there and fits, make it otherwise."""
        name, wanted = lab.management.network, str(lab.management.ipv4_subnet)
        found = self._ask(("docker", "network", "inspect", name))
        if found:
            subnets = [entry.get("Subnet") for entry in found[0]["IPAM"]["Config"] or ()]
            if wanted not in subnets:
                raise ClabError(
                    f"{lab.file}: the network {name} has {', '.join(map(str, subnets))}, not {wanted}. "
                    f"Name another under mgmt, or remove it: docker network rm {name}"
                )
            return
        self._run(commands.create_network(lab))
        self._made.append(("docker", "network", "rm", name))

    def _make_folder(self, lab: Lab, name: str) -> None:
        node, place = lab.nodes[name], lab.folder / name
        (place / "config" if node.kind in N9KV else place).mkdir(parents=True, exist_ok=True)
        if node.startup_config is not None:
            shutil.copyfile(node.startup_config, place / "config" / "startup-config.cfg")

    def _write_records(self, lab: Lab, containers: Mapping[str, Container]) -> None:
        files = {
            "ansible-inventory.yml": records.ansible_inventory(lab, containers),
            "nornir-simple-inventory.yml": records.nornir_inventory(lab, containers),
            "topology-data.json": records.topology_data(lab, containers, self.owner),
        }
        for name, text in files.items():
            (lab.folder / name).write_text(text, "utf-8")

    def destroy(self, lab: Lab, *, cleanup: bool = False) -> int:
        """Remove what carries the lab's label; how many containers that were. Raises ClabError."""
        found = self.containers(lab.name)
        if found:
            self._run(("docker", "rm", "--force", "--volumes", *(one.identifier for one in found)))
        network = self._ask(("docker", "network", "inspect", lab.management.network))
        if (
            network
            and (network[0].get("Labels") or {}).get(LAB_LABEL) == lab.name
            and not network[0]["Containers"]
        ):
            self._run(("docker", "network", "rm", lab.management.network))
        if cleanup:
            shutil.rmtree(lab.folder, ignore_errors=True)
        return len(found)

    def containers(self, lab: str) -> list[Container]:
        """Every container that carries the lab's label, running or not."""
        wanted, shown = f"label={LAB_LABEL}={lab}", "{{.ID}} {{.Status}}"
        listed = self._run(("docker", "ps", "--all", "--no-trunc", "--filter", wanted, "--format", shown))
        status = dict(line.split(" ", 1) for line in listed.splitlines())
        found = self._ask(("docker", "inspect", *status)) if status else []
        return [read_container(one, status[one["Id"]]) for one in found]

    def _last_words(self, container: str) -> str:
        said = self._run(("docker", "logs", "--tail", "1", container)).strip()
        return said or f"see docker logs {container}"

    def _take_back(self) -> None:
        for command in reversed(self._made):
            subprocess.run(
                command, env=dict(self.environ), capture_output=True, timeout=TIMEOUT_SECONDS, check=False
            )
        self._made.clear()

    def _run(self, command: Command, extra: Mapping[str, str] | None = None) -> str:
        """Standard output, errors of the containers' own words included. Raises ClabError."""
        try:
            done = subprocess.run(
                command, env={**self.environ, **(extra or {})}, capture_output=True, text=True,
                timeout=TIMEOUT_SECONDS, check=False,
            )  # fmt: skip
        except FileNotFoundError as exc:
            raise ClabError(
                f"{command[0]} is not installed. Install it: docker.io, iproute2, util-linux"
            ) from exc
        except subprocess.TimeoutExpired as exc:
            raise ClabError(
                f"{command[0]} {command[1]}: no answer in {TIMEOUT_SECONDS} s. Is the engine well?"
            ) from exc
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            told = next((line for line in words if "rror" in line or "annot" in line), words[0])
            raise ClabError(f"{' '.join(command[:3])} …: {told}. {_hint(done.stderr)}")
        return done.stdout or done.stderr

    def _ask(self, command: Command) -> list[dict[str, Any]]:
        """JSON that docker answers with; empty when there is no such thing."""
        done = subprocess.run(
            command,
            env=dict(self.environ),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
        return found


def _hint(said: str) -> str:
    if "Cannot connect to the Docker daemon" in said:
        return "Start the docker engine"
    if "Operation not permitted" in said:
        return "Run as root: links between containers need it"
    if "No such image" in said or "pull access denied" in said:
        return "Build the image first: docker build -f containerlab/Dockerfile -t moulin/vnexus:latest ."
    return "Nothing of the lab is left behind"


def engine_answers(environ: Mapping[str, str]) -> bool:
    """Whether a docker engine can be reached."""
    try:
        done = subprocess.run(
            ("docker", "version", "--format", "{{.Server.Version}}"), env=dict(environ), capture_output=True,
            timeout=20, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
