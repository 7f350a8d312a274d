"""``moulin restore``: a backup back onto its switch, or onto the hardware that took its place, as a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nornir.core import Nornir

from agent.apply.protection import choose_for_whole
from agent.check.quiet import still_text
from agent.errors import StoreError, UsageError
from agent.flows.backup import find_backup
from agent.flows.fleet import Device, access_of, each
from agent.flows.wanted import Wanted
from agent.nxos.hidden import Filled, fill_hidden
from agent.nxos.mask import HIDDEN
from agent.nxos.ports import busy_ports, clashes, cut_ports, move_ports, ports_of
from agent.nxos.whole import own_words, whole_config
from agent.plan.build import build_plan
from agent.plan.plan import Plan
from agent.store.backups import SEALED, Backups, Kept
from agent.store.sealing import KEY_NAME, Seal


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks for."""

    device: str
    at: str = ""
    """Commit or date; the latest backup when empty."""
    moves: Mapping[str, str] = field(default_factory=dict)
    """Port of the backup to port of this hardware."""
    skip_missing: bool = False
    named: Mapping[str, str] = field(default_factory=dict)
    """Values of secrets by the beginning of the masked line that needs them."""


@dataclass(frozen=True, slots=True)
class Restore:
    """A backup, ready to be applied."""

    kept: Kept
    plan: Plan
    text: str
    """The whole configuration with its secrets."""
    taken: Mapping[str, int]
    """Where hidden lines came from, and how many."""
    lost: tuple[str, ...]
    """Lines that have no place on this hardware."""
    whole: str
    """The same as a file that ``configure replace`` takes: with what this switch writes by itself."""


def plan_restore(
    nornir: Nornir, backups: Backups, order: Order, wanted: Wanted | None, seal: Seal | None
) -> Restore:
    """Read the switch and plan the way back to the backup; nothing is changed.

    ``wanted`` gives names for people, and secrets by the intent; a restore goes without when it is broken.

    Raises StoreError (no such backup), UsageError (ports that this hardware has not, secrets that nobody
    has), DeviceError.
    """
    kept = find_backup(backups, order.device, order.at)
    sealed = backups.find(order.device, order.at, SEALED)
    source = seal.open(sealed.text) if sealed is not None and seal is not None else ""
    closed = sealed is not None and seal is None

    def work(device: Device) -> Restore:
        (running,) = device.ask("show running-config")
        sources = [("sealed backup", source), ("switch itself", still_text(running))]
        filled = _fill(order, kept, [named for named in sources if named[1]], wanted)
        if filled.missing:
            raise _missing(order.device, filled, closed=closed)
        text, lost = _fit(order, filled.text, running)
        plan = _plan(device, wanted, running, text)
        if any(HIDDEN in line for step in plan.steps for line in step.lines):
            raise StoreError(f"{device.name}: a masked line would be sent. this is a bug: report it")
        return Restore(kept, plan, text, filled.taken, lost, whole_config(running, own_words(text)))

    harvest = each(nornir.filter(name=order.device), work)
    if error := harvest.errors.get(order.device):
        raise error
    return harvest.values[order.device]


def what_a_restore_leaves(wanted: Wanted | None, text: str) -> Callable[[Device, str], tuple[str, ...]]:
    """For ``Change.remaining``: what still differs from the backup."""

    def left(device: Device, running: str) -> tuple[str, ...]:
        return _plan(device, wanted, running, text).diff

    return left


def _fill(order: Order, kept: Kept, sources: list[tuple[str, str]], wanted: Wanted | None) -> Filled:
    """Secrets from the sources, else from the secret store through the intent, else by the names given."""
    filled = fill_hidden(kept.text, sources, order.named)
    if filled.missing and wanted is not None and order.device in wanted.switches:
        intent = ("intent and secret store", wanted.text(order.device))
        filled = fill_hidden(kept.text, [*sources, intent], order.named)
    return filled


def _missing(device: str, filled: Filled, *, closed: bool) -> UsageError:
    few = ", ".join(f"'{line}'" for line in filled.missing[:3])
    more = f" and {len(filled.missing) - 3} more" if len(filled.missing) > 3 else ""
    begin = filled.missing[0].rpartition(" / ")[2].partition(f" {HIDDEN}")[0]
    there = f"a sealed backup is there: set secret {KEY_NAME!r}, or " if closed else ""
    return UsageError(
        f"{device}: the backup is masked and nobody has the secret of {few}{more}. "
        f"{there}name each in the secret store: --secret '{begin}=NAME'"
    )


def _fit(order: Order, text: str, running: str) -> tuple[str, tuple[str, ...]]:
    """The text for the ports that this hardware has, and the lines that went."""
    device, there = order.device, ports_of(running)
    busy = busy_ports(text)
    if strange := [port for port in order.moves if port not in busy]:
        raise UsageError(f"{device}: the backup has nothing on {', '.join(strange)}. mend --map")
    if strange := [port for port in order.moves.values() if port not in there]:
        raise UsageError(f"{device}: this hardware has no {', '.join(strange)}. mend --map")
    text = move_ports(text, order.moves)
    if doubled := clashes(text):
        raise UsageError(f"{device}: {doubled[0]} would be there twice. map what the backup has there too")
    missing = [port for port in busy_ports(text) if port not in there]
    if missing and not order.skip_missing:
        raise UsageError(
            f"{device}: this hardware has no {', '.join(missing)}. "
            f"say where each goes (--map {missing[0]}=PORT) or leave them out: --skip-missing"
        )
    cut = cut_ports(text, ports_of(text) - there)
    return cut.text, cut.lost


def _plan(device: Device, wanted: Wanted | None, running: str, text: str) -> Plan:
    plan = build_plan(
        device.name,
        running,
        text,
        complete=True,
        platform=device.platform,
        names=wanted.names.get(device.name, {}) if wanted else {},
        powered=wanted.powered.get(device.name, frozenset()) if wanted else frozenset(),
        reached_at=str(device.host.hostname or ""),
    )
    if not plan.steps:
        return plan
    transport = access_of(device.host).transport
    chosen = choose_for_whole(plan, running, platform=device.platform, transport=transport)
    return plan.model_copy(update={"protection": chosen.words})
