"""One node's running configuration."""

from __future__ import annotations

from collections.abc import Callable

from vnexus.config.effective import communities, index_lines, interface_config, vlan_names
from vnexus.config.platform import Platform
from vnexus.config.printer import print_section, print_tree
from vnexus.config.tree import Entry, Section
from vnexus.facts import InterfaceConfig
from vnexus.grammar.names import natural
from vnexus.grammar.syntax import Rule
from vnexus.grammar.table import modes

Clock = Callable[[], float]


class Configuration:
    """The tree, with what the platform decides: which ports exist, what is default.

    ``version`` grows with every accepted change; ``changed_at`` is the clock's time of the last one.
    """

    def __init__(self, platform: Platform, clock: Clock) -> None:
        self.platform, self.clock = platform, clock
        self.root = Section("config")
        self.version = 0
        self.changed_at = 0.0
        self.saved_at = 0.0
        self.made_hashes: set[str] = set()
        self.on_change: Callable[[], None] = _nobody
        """Told of every change."""
        self._texts: dict[bool, tuple[int, list[str]]] = {}
        self._interfaces: dict[str, tuple[int, InterfaceConfig]] = {}
        self._index: tuple[int, dict[tuple[str, ...], tuple[str, ...]]] = (-1, {})
        self._place = 0
        self.clear()

    # -- change ---------------------------------------------------------------------------------

    def clear(self) -> None:
        """Only what no command can take away: ports, mgmt0, VLAN 1, the management VRF."""
        self.root = Section("config")
        for name in (*self.platform.ports, "mgmt0"):
            self.add_interface(name)
        self.add("vlan 1", Section("vlan", "vlan 1"))
        self.add("vrf context management", Section("vrf", "vrf context management"))
        self.touch()

    def touch(self) -> None:
        self.version += 1
        self.changed_at = self.clock()
        self.on_change()

    def place(self) -> int:
        """Next number for lines that keep the order of entry."""
        self._place += 1
        return self._place

    def add(self, line: str, section: Section) -> Entry:
        """Put a header line with its section at top level; the line must be of the grammar."""
        found = modes()["config"].match(line)
        entry = Entry(found.rule, tuple(line.split()), line, section)  # type: ignore[union-attr]
        self.root.entries[entry.identity] = entry
        return entry

    def add_interface(self, name: str) -> Section:
        """The section of an interface, made when it is not there; the name must be possible."""
        entry = self.root.get("interface", name)
        if entry is None:
            rule = interface_rule(name)
            entry = self.add(f"interface {name}", Section(rule.opens, name))
        assert entry.section is not None  # noqa: S101 - interface lines always open a section
        return entry.section

    def restore(self, root: Section) -> None:
        """Become a copy of another tree."""
        self.root = root.copy()
        self.touch()

    # -- look -----------------------------------------------------------------------------------

    def feature(self, name: str) -> bool:
        return ("feature", *name.split()) in self.root.entries

    def section(self, interface: str) -> Section | None:
        entry = self.root.entries.get(("interface", interface))
        return entry.section if entry else None

    def system_switchport(self) -> bool:
        entry = self.root.get("system", "default", "switchport")
        return not self.platform.modular if entry is None else not entry.negative

    def system_shutdown(self) -> bool:
        entry = self.root.get("system", "default", "switchport", "shutdown")
        return self.platform.modular if entry is None else not entry.negative

    def is_switchport(self, section: Section) -> bool:
        """True while the port switches; interfaces that never do are False."""
        if section.mode not in {"if-ethernet", "if-channel"} or "." in section.label:
            return False
        entry = section.get("switchport")
        return self.system_switchport() if entry is None else not entry.negative

    def holds(self, rule: Rule, section: Section) -> bool:
        """Does the rule exist here, as far as features and the port's role decide?"""
        if rule.feature and not self.feature(rule.feature):
            return False
        match rule.condition:
            case "":
                return True
            case "l2":
                return self.is_switchport(section)
            case "l3":
                return not self.is_switchport(section)
            case "poe":
                return section.label in self.platform.poe_ports
            case _:
                return "." in section.label

    def toggle(self, rule: Rule, section: Section) -> bool | None:
        """Default of an on/off line in this section; None for a line that is not one."""
        match rule.attributes.get("toggle"):
            case None:
                return None
            case "on":
                return True
            case "switchport":
                return self.system_switchport()
            case "system-switchport":
                return not self.platform.modular
            case "system-shutdown":
                return self.platform.modular
            case _:
                return self.shutdown_default(section)

    def shutdown_default(self, section: Section) -> bool:
        """Is the interface down when nothing is said?"""
        if section.mode == "if-svi":
            return True
        if section.mode == "if-nve":
            return True
        if section.mode != "if-ethernet":
            return False
        if "." in section.label:
            return False
        return self.system_shutdown() if self.is_switchport(section) else True

    def shut(self, section: Section) -> bool:
        entry = section.get("shutdown")
        return self.shutdown_default(section) if entry is None else not entry.negative

    def is_default(self, entry: Entry, section: Section) -> bool:
        """True for a line that says what would be so without it."""
        toggle = self.toggle(entry.rule, section)
        if toggle is not None:
            return toggle is not entry.negative
        return bool(entry.rule.default) and not entry.negative and entry.value == entry.rule.default

    def members(self, channel: str) -> list[Section]:
        """Sections of the ports in a port-channel."""
        number = channel.removeprefix("port-channel")
        sections = (self.section(port) for port in self.platform.ports)
        return [s for s in sections if s and (s.value("channel-group") or "").split(" ")[0] == number]

    # -- facts.ConfigFacts ------------------------------------------------------------------------

    @property
    def hostname(self) -> str:
        return self.root.value("hostname") or "switch"

    def interfaces(self) -> tuple[str, ...]:
        return self.interface_names()

    def interface(self, name: str) -> InterfaceConfig:
        cached = self._interfaces.get(name)
        if cached is None or cached[0] != self.version:
            cached = (self.version, interface_config(self, name))
            self._interfaces[name] = cached
        return cached[1]

    def vlans(self) -> dict[int, str]:
        return vlan_names(self)

    def snmp_communities(self) -> dict[str, str]:
        return communities(self)

    def lines(self, *path: str) -> tuple[str, ...]:
        if self._index[0] != self.version:
            self._index = (self.version, index_lines(self.lines_of()))
        return self._index[1].get(path, ())

    def value(self, prefix: str, *path: str) -> str | None:
        return next((line[len(prefix) :] for line in self.lines(*path) if line.startswith(prefix)), None)

    # -- print ----------------------------------------------------------------------------------

    def lines_of(self, *, full: bool = False) -> list[str]:
        """The body of ``show running-config [all]`` without its header."""
        cached = self._texts.get(full)
        if cached is None or cached[0] != self.version:
            cached = (self.version, print_tree(self, full=full))
            self._texts[full] = cached
        return cached[1]

    def interface_lines(self, name: str, *, full: bool = False) -> list[str]:
        """``interface X`` and its lines. Raises KeyError."""
        section = self.root.entries["interface", name].section
        assert section is not None  # noqa: S101 - see add_interface
        return [f"interface {name}", *print_section(self, section, 1, full=full)]

    def interface_names(self) -> tuple[str, ...]:
        """All interfaces in NX-OS order."""
        entries = [e for e in self.root.entries.values() if e.identity[0] == "interface"]
        return tuple(
            e.identity[1] for e in sorted(entries, key=lambda e: (e.rule.order, natural(e.identity[1])))
        )


def _nobody() -> None:
    """For a configuration that nobody watches."""


def interface_rule(name: str) -> Rule:
    """The row of the table that makes such an interface. Raises KeyError."""
    found = modes()["config"].match(f"interface {name}")
    rule = getattr(found, "rule", None)
    if rule is None or not rule.opens:
        raise KeyError(name)
    return rule  # type: ignore[no-any-return]  # getattr on a union
