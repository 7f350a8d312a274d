"""Before an upgrade: what each switch runs, what the installation would do, whether its peer can carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nornir.core import Nornir

from agent.check.install import Impact, Vpc, read_boot, read_impact, read_vpc
from agent.check.promises import Kept, compare_state
from agent.device.state import read_state
from agent.errors import AgentError, CommandRejectedError, DeviceError
from agent.flows.fleet import Device, Harvest, Progress, access_of, each
from agent.flows.wanted import Wanted
from agent.intent.risk import Risk
from agent.nxos.digest import digest_config
from agent.plan.plan import Plan, Step


@dataclass(frozen=True, slots=True)
class Images:
    """Files on ``bootflash:``; the 7000 takes two."""

    image: str
    kickstart: str = ""
    hitless_only: bool = False
    """Refuse a switch that the installation would restart."""

    def words(self) -> str:
        """As ``install all`` wants them."""
        if self.kickstart:
            return f"kickstart bootflash:{self.kickstart} system bootflash:{self.image}"
        return f"nxos bootflash:{self.image}"


@dataclass(frozen=True, slots=True)
class Survey:
    """One switch before, or after."""

    device: str
    kept: Kept
    vpc: Vpc | None
    """None where there is no vPC."""

    def facts(self, wanted: Wanted) -> dict[str, bool]:
        """What is looked at, in words, and whether it is well: promises, ports that were up, the vPC."""
        down = {port.interface for port in self.kept.ports_down}
        missing = {row.interface for row in self.kept.neighbors_missing}
        name, expected = self.device, wanted.expected
        facts = {
            f"{name}: {port.kind} {port.endpoint} on {port.interface} is up": port.interface not in down
            for port in expected.ports
            if port.device == name
        }
        facts |= {
            f"{name}: neighbour {row.neighbor} on {row.interface}": row.interface not in missing
            for row in expected.neighbors
            if row.device == name
        }
        facts |= {f"{name}: {port.name} is up": port.up for port in self.kept.state.interfaces}
        if self.vpc is not None:
            facts[f"{name}: vPC with its peer"] = not self.vpc.problem
            facts |= {f"{name}: vPC {number} is up": True for number in self.vpc.up}
        return facts


@dataclass(frozen=True, slots=True)
class Ahead:
    """What an upgrade of one switch would be."""

    survey: Survey
    impact: Impact
    command: str
    """``install all …``, without disruption where the switch can."""
    boots: str
    """Image that it boots now: the way back."""
    digest: str
    """Of its running-config."""

    @property
    def needed(self) -> bool:
        return self.impact.running != self.impact.new


def survey(device: Device, wanted: Wanted) -> Survey:
    """State through NAPALM against the promises, and the vPC; raises DeviceError."""
    kept = compare_state(device.name, read_state(access_of(device.host)), wanted.expected)
    paired = device.name in wanted.city.pair_of
    return Survey(device.name, kept, ask_vpc(device) if paired else None)


def look_ahead(
    whole: Nornir, chosen: Nornir, wanted: Wanted, images: Images, progress: Progress
) -> Harvest[Ahead]:
    """What the installation would do on every chosen switch; refusals are errors, nothing is changed."""
    harvest = each(chosen, lambda device: ahead_of(device, wanted, images), progress=progress)
    needed = {name: ahead for name, ahead in harvest.values.items() if ahead.needed}
    peers = {peer for name in needed if (peer := peer_of(wanted, name)) and peer not in harvest.values}
    asked = each(whole.filter(filter_func=lambda host: host.name in peers), ask_vpc)
    vpcs = {name: ahead.survey.vpc for name, ahead in harvest.values.items()} | asked.values
    errors = dict(harvest.errors)
    for name, ahead in needed.items():
        peer = peer_of(wanted, name)
        try:
            if peer in asked.errors:
                raise asked.errors[peer]
            refuse_sick_peer(ahead.survey, peer, vpcs.get(peer))
        except AgentError as error:
            errors[name] = error
    well = {name: ahead for name, ahead in sorted(harvest.values.items()) if name not in errors}
    return Harvest(well, errors)


def ahead_of(device: Device, wanted: Wanted, images: Images) -> Ahead:
    """Raises CommandRejectedError when the image is not there or not fit."""
    running, boot = device.ask("show running-config", "show boot")
    impact, keyword = _impact(device, images)
    if impact.disruptive and images.hitless_only:
        hint = "leave --hitless-only away, in a window"
        raise CommandRejectedError(device.name, f"would restart ({impact.reason})", hint=hint)
    return Ahead(
        survey=survey(device, wanted),
        impact=impact,
        command=f"install all {images.words()}{keyword}",
        boots=read_boot(boot),
        digest=digest_config(running, device.platform),
    )


def _impact(device: Device, images: Images) -> tuple[Impact, str]:
    """The gentlest way that the switch has, and the keyword that asks for it."""
    question = f"show install all impact {images.words()}"
    if not images.kickstart:
        try:
            gentle = read_impact(device.ask(f"{question} non-disruptive")[0])
        except CommandRejectedError:
            gentle = None
        if gentle is not None and gentle.bootable and not gentle.disruptive:
            return gentle, " non-disruptive"
    text = device.ask(question)[0]
    impact = read_impact(text)
    if impact is None or not impact.bootable:
        words = re.sub(r"\s+", " ", text).strip()[-120:]
        problem = f"cannot boot {images.image} ({words})"
        raise CommandRejectedError(device.name, problem, hint=f"copy it there: {copy_hint(images.image)}")
    return impact, ""


def copy_hint(image: str) -> str:
    """What to type on the switch to fetch an image."""
    return f"copy scp://USER@SERVER/{image} bootflash: vrf management"


def peer_of(wanted: Wanted, device: str) -> str:
    """The other switch of its vPC pair; empty without one."""
    pair = wanted.city.pair_of.get(device)
    return pair.other(device) if pair else ""


def ask_vpc(device: Device) -> Vpc:
    """Its vPC domain; raises DeviceError."""
    return read_vpc(device.ask("show vpc")[0])


def refuse_sick_peer(own: Survey, peer: str, other: Vpc | None) -> None:
    """Raise DeviceError unless the vPC peer could carry everything that this switch carries now."""
    if own.vpc is None:
        return
    stays = f"{own.device} stays until {peer} is well. see there: show vpc"
    if own.vpc.problem:
        raise DeviceError(own.device, own.vpc.problem, hint=stays)
    if other is None:
        raise DeviceError(peer, "cannot be asked how it is", hint=stays)
    if other.problem:
        raise DeviceError(peer, other.problem, hint=stays)
    if lacking := [number for number in own.vpc.up if number not in other.up]:
        few = ", ".join(lacking[:5])
        raise DeviceError(peer, f"vPC {few} is down there and up on {own.device}", hint=stays)


def as_plan(ahead: Ahead, wanted: Wanted) -> Plan:
    """The upgrade as a plan that people read, approve and find in the journal; its line is a comment."""
    name, impact = ahead.survey.device, ahead.impact
    steps: tuple[Step, ...] = ()
    if ahead.needed:
        how = f"restarts it: {impact.reason}" if impact.disruptive else "without disruption"
        step = Step(
            lines=(f"! {ahead.command}",),
            risks=(Risk.RELOAD,) if impact.disruptive else (),
            touches=tuple(_dark(name, wanted)) if impact.disruptive else (),
            meaning=(f"NX-OS {impact.running} becomes {impact.new}, {how}",),
        )
        steps = (step,)
    diff = (f"- NX-OS {impact.running}", f"+ NX-OS {impact.new}") if ahead.needed else ()
    return Plan(device=name, base=ahead.digest, target=ahead.digest, steps=steps, undo=(), diff=diff)


def _dark(device: str, wanted: Wanted) -> Iterator[str]:
    """What hangs on this switch alone, counted by kind."""
    counts: dict[str, int] = {}
    for placed in wanted.city.placed_on.get(device, ()):
        word = wanted.city.kinds[placed.kind].endpoint
        counts[word] = counts.get(word, 0) + 1
    yield from (f"{count} {word}s dark meanwhile" for word, count in counts.items())
