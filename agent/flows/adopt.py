"""``moulin adopt``: read switches that run already, write the inventory that they would have had."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.state import GlobalState
from nornir.plugins.runners import ThreadedRunner

from agent.adopt.own import Case, propose_ownership
from agent.adopt.propose import Proposal, propose_inventory
from agent.adopt.seen import describe_ports
from agent.adopt.witness import COMMANDS, OPTIONAL_COMMANDS, Way, Witness, read_witness
from agent.errors import AgentError, CommandRejectedError, StoreError, UsageError
from agent.flows.fleet import PORTS, Device, Harvest, Progress, each, equip
from agent.intent.expand import expand_switches
from agent.intent.load import inspect_city
from agent.intent.schema import schema_texts
from agent.records import Finding, Severity
from agent.render.env import Templates
from agent.render.render import render_switch
from agent.settings import Settings
from agent.store.files import write_private

_HEAD = """\
# yaml-language-server: $schema=schema/{stem}.json
# Proposed by moulin adopt from what the switches said.
"""
_OWNS = """\
# yaml-language-server: $schema=schema/ownership.json
# Top-level lines of the switches that the intent owns: it makes them as meant, removal included. Proposed
# by moulin adopt: what every switch has already as the intent means it, so that the first plan is empty.
# Add a line when the inventory describes it; all else is left as it is and listed as unmanaged.
"""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was written, and what a person should know."""

    folder: Path
    switches: tuple[str, ...]
    owns: tuple[str, ...]
    remarks: tuple[str, ...]
    findings: tuple[Finding, ...]
    """Mistakes of the proposed inventory: what the switches told does not make a whole city yet."""
    secrets: Path | None
    """Private file with the secrets that stood in the configurations in clear."""


class _AnySecret(Mapping[str, str]):
    """Stands in for secrets while texts are compared; it never leaves this process."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def __getitem__(self, name: str) -> str:
        return self._known.get(name, "adopting")

    def __iter__(self) -> Any:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def parse_way(text: str, username: str) -> Way:
    """The way to a switch from ``ADDRESS[:PORT]`` (SSH) or ``https://ADDRESS[:PORT]`` (NX-API).

    Raises UsageError.

    >>> parse_way("10.0.0.1:2222", "admin").port, parse_way("https://10.0.0.1", "admin").port
    (2222, 443)
    """
    scheme, found, rest = text.rpartition("://")
    address, colon, port = rest.partition(":")
    known = scheme in (("ssh", "https", "http") if found else ("",))
    if (
        not known
        or not address
        or "/" in address
        or (colon and not (port.isdigit() and 0 < int(port) < 65536))
    ):
        raise UsageError(
            f"{text}: is no way to a switch. for example: moulin adopt 10.0.0.1 https://10.0.0.2:8443"
        )
    number = int(port) if colon else PORTS[scheme or "ssh"]
    if scheme in {"https", "http"}:
        return Way(address, number, "nxapi", username, "http" if scheme == "http" else "https")
    return Way(address, number, "ssh", username)


def open_strangers(ways: Iterable[Way], settings: Settings, secrets: Mapping[str, str]) -> Nornir:
    """Nornir over switches that no inventory knows, named by their addresses; raises UsageError."""
    hosts = Hosts()
    for way in ways:
        name = f"{way.address}:{way.port}"
        if name in hosts:
            raise UsageError(f"{name}: is given twice. name each switch once")
        option = ConnectionOptions(port=way.port, extras={"scheme": way.scheme})
        hosts[name] = Host(
            name,
            hostname=way.address,
            port=way.port,
            username=way.username,
            data={"transport": way.transport, "way": way},
            connection_options={way.transport: option},
            defaults=Defaults(),
        )
    return equip(
        Nornir(
            inventory=Inventory(hosts, Groups(), Defaults()),
            runner=ThreadedRunner(num_workers=settings.workers),
            config=Config(),
            data=GlobalState(),
        ),
        settings,
        secrets,
    )


def read_witnesses(nornir: Nornir, progress: Progress) -> Harvest[Witness]:
    """Ask every switch for its configuration, version, parts and neighbours; nothing is changed."""

    def work(device: Device) -> Witness:
        session = device.open_session()
        said = {command: session.run(command) for command in COMMANDS}
        for command in OPTIONAL_COMMANDS:
            try:
                said[command] = session.run(command)
            except CommandRejectedError:
                said[command] = ""
        return read_witness(device.host["way"], said)

    return each(nornir, work, progress=progress)


def adopt(
    witnesses: Iterable[Witness],
    folder: Path,
    settings: Settings,
    *,
    title: str = "Adopted city",
    also: tuple[str, ...] = (),
) -> Adopted:
    """Write the inventory of the switches into a new folder; ``also`` are globs to own in any case.

    Raises UsageError, and writes nothing, when the folder holds anything or no switch can be adopted.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is not empty. name a new folder")
    proposal = propose_inventory(witnesses, title)
    if not proposal.known.witnesses:
        raise UsageError("; ".join(proposal.remarks) + ". nothing was written")
    with tempfile.TemporaryDirectory(prefix="moulin-adopt-") as scratch:
        draft = Path(scratch) / "inventory"
        _write(draft, proposal)
        owns, findings = _own(draft, folder, proposal, settings)
        (draft / "SEEN.md").write_text(describe_ports(proposal.known), encoding="utf-8")
        owned = tuple(dict.fromkeys([*owns, *also]))
        table = yaml.safe_dump({"strict": False, "owns": list(owned)}, sort_keys=False, width=200)
        (draft / "ownership.yaml").write_text(_OWNS + table, encoding="utf-8")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(draft, folder, dirs_exist_ok=True)
        except (OSError, shutil.Error) as exc:
            raise StoreError(f"{folder}: cannot be written ({exc}). name another folder") from exc
    secrets = None
    if proposal.secrets:
        secrets = settings.state / "adopted-secrets.yaml"
        write_private(secrets, yaml.safe_dump(proposal.secrets))
    return Adopted(folder, tuple(proposal.known.witnesses), owned, tuple(proposal.remarks), findings, secrets)


def _write(folder: Path, proposal: Proposal) -> None:
    (folder / "schema").mkdir(parents=True)
    for name, text in schema_texts().items():
        (folder / "schema" / name).write_text(text, encoding="utf-8")
    for name, data in proposal.files.items():
        body = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
        (folder / name).write_text(_HEAD.format(stem=Path(name).stem) + body, encoding="utf-8")


def _at_home(finding: Finding, *, draft: Path, home: Path) -> Finding:
    """The finding with the place that the file will have."""
    file = finding.place.file.replace(str(draft), str(home), 1)
    return replace(finding, place=replace(finding.place, file=file))


def _own(
    folder: Path, home: Path, proposal: Proposal, settings: Settings
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Ownership that makes the first plan empty; none while a person must mend the proposal."""
    city, found = inspect_city(folder)
    errors = tuple(finding for finding in found if finding.severity is Severity.ERROR)
    if city is None or errors:
        return (), tuple(_at_home(finding, draft=folder, home=home) for finding in errors)
    templates, secrets = Templates(settings.templates), _AnySecret(proposal.secrets)
    switches = expand_switches(city)
    cases = []
    for name, witness in proposal.known.witnesses.items():
        try:
            wanted = render_switch(switches[name], secrets, templates)
        except AgentError as error:
            proposal.remarks.append(f"{name}: cannot be rendered yet ({error})")
            continue
        cases.append(Case(name, witness.platform, witness.running, wanted))
    return propose_ownership(cases), ()
