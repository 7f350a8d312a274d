"""The inventory folder to a City; every mistake of every file is told in one run, with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from agent.intent.about import CityFile
from agent.intent.addressing import AddressesFile
from agent.intent.approval import Approval
from agent.intent.calm import no_collector
from agent.intent.carrier import CarriersFile
from agent.intent.catalog import Kind
from agent.intent.city import City
from agent.intent.damage import Damage
from agent.intent.document import Document, Path_, read_document
from agent.intent.endpoint import ServiceFile
from agent.intent.freeze import FreezesFile
from agent.intent.host import DefaultsFile, GroupsFile, Host, HostsFile, lineage, resolve
from agent.intent.link import LinksFile
from agent.intent.ownership import OwnershipFile
from agent.intent.places import Places
from agent.intent.policy import PolicyFile, RulesFile
from agent.intent.server import DatacentreFile
from agent.intent.site import SitesFile
from agent.intent.tenant import TenantsFile
from agent.intent.validate import validate
from agent.intent.verify import verify
from agent.intent.window import WindowsFile
from agent.records import Finding, InventoryError, Place, Severity

ModelT = TypeVar("ModelT", bound=BaseModel)

FILES: Mapping[str, type[BaseModel]] = {
    "city.yaml": CityFile,
    "sites.yaml": SitesFile,
    "hosts.yaml": HostsFile,
    "groups.yaml": GroupsFile,
    "defaults.yaml": DefaultsFile,
    "links.yaml": LinksFile,
    "addresses.yaml": AddressesFile,
    "freezes.yaml": FreezesFile,
    "windows.yaml": WindowsFile,
    "policy.yaml": PolicyFile,
    "ownership.yaml": OwnershipFile,
    "services/tenants.yaml": TenantsFile,
    "services/carriers.yaml": CarriersFile,
    "services/datacentre.yaml": DatacentreFile,
}
"""Files with a model of their own; files of FOLDERS share one a folder."""

OPTIONAL = frozenset(
    {
        "freezes.yaml",
        "windows.yaml",
        "policy.yaml",
        "ownership.yaml",
        *(name for name in FILES if name.startswith("services/")),
    }
)
FOLDERS = ("catalog", "services", "rules", "approvals")


@dataclass(slots=True)
class _Run:
    """One reading of the folder: what was found so far."""

    root: Path
    findings: list[Finding] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    pruned: set[tuple[str, Path_]] = field(default_factory=set)
    muddled: set[str] = field(default_factory=set)
    unread: bool = False
    """A file that the rest stands on could not be used, so that cross-checks would accuse the innocent."""

    def read(self, file: str, model: type[ModelT]) -> ModelT | None:
        document, findings = read_document(self.root, file)
        self.findings += findings
        value = None
        if document is not None:
            self.documents[file] = document
            outcome = validate(document, model)
            value = outcome.model
            self.findings += outcome.findings
            self.lost |= outcome.lost
            self.pruned |= {(file, path) for path in outcome.pruned}
        if value is None:
            self.lost.add(Path(file).stem)
            self.muddled.add(file)
            self.unread |= file in FILES and file not in OPTIONAL
        return value

    def optional(self, file: str, model: type[ModelT]) -> ModelT | None:
        return self.read(file, model) if (self.root / file).exists() else None

    def folder(self, name: str, model: type[ModelT]) -> dict[str, ModelT]:
        """Every YAML file of the folder that has no model of its own, by stem."""
        found: dict[str, ModelT] = {}
        for path in sorted((self.root / name).glob("*.yaml")):
            file = f"{name}/{path.name}"
            if file not in FILES:
                value = self.read(file, model)
                if value is not None:
                    found[path.stem] = value
        return found


def inspect_city(root: Path) -> tuple[City | None, tuple[Finding, ...]]:
    """(city or None, all findings in file and line order); the city is None when there is an error.

    Raises nothing: a folder that is missing or empty is a finding too.
    """
    if not root.is_dir():
        hint = "give the inventory's folder, or write one with 'moulin init DIR'"
        return None, (Finding(Place(str(root)), "no such folder", hint),)
    with no_collector():
        return _inspect(root)


def _inspect(root: Path) -> tuple[City | None, tuple[Finding, ...]]:
    run = _Run(root)
    city = _assemble(run)
    if city is not None and not run.unread:
        damage = Damage(frozenset(run.lost), frozenset(run.pruned), frozenset(run.muddled))
        run.findings += verify(city, Places(run.documents), damage)
    run.findings += _strays(root)
    findings = tuple(
        Finding(
            Place((root / item.place.file).as_posix(), item.place.line),
            item.problem,
            item.hint,
            item.severity,
        )
        for item in sorted(set(run.findings), key=lambda item: (item.place, item.problem))
    )
    broken = any(item.severity is Severity.ERROR for item in findings)
    return (None if broken else city), findings


def _strays(root: Path) -> list[Finding]:
    """Files that look like ours but are not read: a freeze in ``freeze.yaml`` would freeze nothing."""
    found = []
    for path in sorted(
        [*root.glob("*.y*ml"), *(file for name in FOLDERS for file in root.glob(f"{name}/*.yml"))]
    ):
        file = path.relative_to(root).as_posix()
        if path.suffix == ".yml":
            found.append(
                Finding(Place(file), "file is not read", f"name it {Path(file).with_suffix('.yaml')}")
            )
        elif file not in FILES:
            near = get_close_matches(file, FILES, n=1, cutoff=0.8)
            hint = f"did you mean {near[0]}?" if near else "it is no part of the inventory"
            severity = Severity.ERROR if near else Severity.WARNING
            found.append(Finding(Place(file), "file is not read", hint, severity))
    return found


def load_city(root: Path) -> City:
    """The checked city; raises InventoryError with every finding of the run."""
    city, findings = inspect_city(root)
    if city is None:
        raise InventoryError(findings)
    return city


def _assemble(run: _Run) -> City | None:
    about, places = run.read("city.yaml", CityFile), run.read("sites.yaml", SitesFile)
    hosts = _hosts(run)
    links, plan = run.read("links.yaml", LinksFile), run.read("addresses.yaml", AddressesFile)
    freezes = run.optional("freezes.yaml", FreezesFile)
    windows = run.optional("windows.yaml", WindowsFile)
    policy = run.optional("policy.yaml", PolicyFile)
    run.optional("ownership.yaml", OwnershipFile)
    rules, approvals = run.folder("rules", RulesFile), run.folder("approvals", Approval)
    tenants = run.optional("services/tenants.yaml", TenantsFile)
    carriers = run.optional("services/carriers.yaml", CarriersFile)
    datacentre = run.optional("services/datacentre.yaml", DatacentreFile)
    kinds, services = run.folder("catalog", Kind), run.folder("services", ServiceFile)
    if about is None or places is None or links is None or plan is None:
        return None
    return City(
        about=about,
        places=places,
        hosts=hosts,
        links=links,
        plan=plan,
        kinds=kinds,
        services=services,
        servers=datacentre.servers if datacentre else {},
        tenants=tenants.tenants if tenants else {},
        carriers=carriers,
        freezes=freezes.freezes if freezes else (),
        windows=windows.windows if windows else (),
        works=windows.works if windows else (),
        policy=policy or PolicyFile(),
        rules=rules,
        approvals=approvals,
    )


def _hosts(run: _Run) -> dict[str, Host]:
    hosts, groups = run.read("hosts.yaml", HostsFile), run.read("groups.yaml", GroupsFile)
    defaults = run.read("defaults.yaml", DefaultsFile)
    if hosts is None or groups is None or defaults is None:
        return {}
    found: dict[str, Host] = {}
    for name, entry in hosts.root.items():
        for index, group in enumerate(entry.groups):
            if group not in groups.root and group not in run.lost:
                place = run.documents["hosts.yaml"].place(name, "groups", index)
                known = ", ".join(sorted(groups.root))
                run.findings.append(Finding(place, f"unknown group {group!r}", f"groups.yaml has: {known}"))
        excused = any(group in run.lost or group not in groups.root for group in entry.groups)
        entries = [*lineage(name, hosts.root, groups.root), defaults]
        if any(entry.data.driver for entry in entries):
            continue  # no Nexus: see flows/boxes.py
        host = resolve(name, entries)
        if isinstance(host, Host):
            found[name] = host
            continue
        run.lost.add(name)
        if not excused:
            place = run.documents["hosts.yaml"].place(name)
            hint = "set it at the host, in its group or in defaults.yaml"
            run.findings.append(Finding(place, f"{name} has no {', '.join(host)}", hint))
    return found
