"""Rotate a secret of all switches: old and new at once, the new one proven before the old one goes.

The secret NAME holds what is in force, NAME_next what comes; after the rotation NAME holds the new value and
NAME_previous the old one. While both are set, every verb logs in with whichever a switch takes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nornir.core import Nornir

from agent.apply.protection import choose_protection
from agent.apply.verdict import Stop
from agent.device.open import open_transport
from agent.errors import DeviceError, LoginRefusedError, UsageError
from agent.flows.fleet import NEXT, Device, Progress, access_of, each
from agent.flows.health import poll_once
from agent.flows.overlay import plan_edited, replace_lines
from agent.flows.plan import Planned, stamp_plans
from agent.flows.wanted import Wanted
from agent.nxos.digest import digest_config
from agent.nxos.mask import mask_line
from agent.plan.plan import Plan, Step
from agent.render.render import render_switch

PREVIOUS = "_previous"
_FIT = re.compile(r"[!-~]{8,64}")
_UNFIT = re.compile(r"""["'\\?$<>]""")


class Kind(StrEnum):
    """What a secret opens."""

    PASSWORD = "password of a user"  # noqa: S105 - words for people
    COMMUNITY = "SNMP community"
    TACACS = "TACACS+ key"


@dataclass(frozen=True, slots=True)
class Rotation:
    """One secret, both values; neither shows in ``repr``."""

    name: str
    kind: Kind
    user: str
    """Of a password; empty for the others."""
    old: str = field(repr=False)
    new: str = field(repr=False)


def find_rotation(wanted: Wanted, name: str) -> Rotation:
    """The secret of that name with both values; raises UsageError when it cannot be rotated so."""
    kind, user = _kind_of(wanted, name)
    known = frozenset(wanted.secrets)
    if f"{name}{NEXT}" in known:
        old, new = wanted.secrets[name], wanted.secrets[f"{name}{NEXT}"]
    elif f"{name}{PREVIOUS}" in known:
        old, new = wanted.secrets[f"{name}{PREVIOUS}"], wanted.secrets[name]
    else:
        raise UsageError(f"{name}{NEXT}: is not set. add it beside {name}, where the secrets are")
    if old == new:
        raise UsageError(f"{name}: old and new are the same. choose another value")
    if not _FIT.fullmatch(new) or _UNFIT.search(new):
        raise UsageError(
            f"{name}{NEXT}: is not 8 to 64 plain characters without quotes, $ or ?. choose another"
        )
    return Rotation(name, kind, user, old, new)


def _kind_of(wanted: Wanted, name: str) -> tuple[Kind, str]:
    for switch in wanted.switches.values():
        base = switch.base
        if user := next((admin for admin, secret, _ in base.admins if secret == name), ""):
            return Kind.PASSWORD, user
        if base.snmp_community == name:
            return Kind.COMMUNITY, ""
        if base.tacacs_servers and base.tacacs_secret == name:
            return Kind.TACACS, ""
    raise UsageError(f"{name}: is no password, SNMP community or TACACS+ key of this city. see city.yaml")


@dataclass(frozen=True, slots=True)
class Bring:
    """First stage: the new value comes, beside the old one where the switch can hold two."""

    wanted: Wanted
    rotation: Rotation

    def plan(self, nornir: Nornir, progress: Progress) -> Planned:
        """What each switch lacks; one that has the new value already has nothing to do."""
        return stamp_plans(each(nornir, self._plan, progress=progress), self.wanted)

    def _plan(self, device: Device) -> Plan:
        (running,) = device.ask("show running-config")
        ours = self.rotation
        coming = self._lines(device.name, ours.new)
        if ours.kind is Kind.COMMUNITY:
            rows = set(running.splitlines())
            fresh = [line for line in coming if line not in rows]
            return plan_edited(device, self.wanted, running, replace_lines(running, [], _never, fresh))
        done = ours.kind is Kind.PASSWORD and takes(device, ours.user, ours.new)
        going = () if done else self._lines(device.name, ours.old)
        return _by_hand(device, running, () if done else coming, going)

    def _lines(self, device: str, value: str) -> tuple[str, ...]:
        """Top-level lines of the rendered configuration that hold the secret."""
        wanted = self.wanted
        texts = [
            render_switch(
                wanted.switches[device], {**wanted.secrets, self.rotation.name: inserted}, wanted.templates
            )
            for inserted in (value, "another-value")
        ]
        other = set(texts[1].splitlines())
        return tuple(line for line in texts[0].splitlines() if line not in other)


def plan_drop(nornir: Nornir, wanted: Wanted, rotation: Rotation, progress: Progress) -> Planned:
    """Second stage, for communities: the lines with the old one go."""
    old = re.compile(rf"(?<!\S){re.escape(rotation.old)}(?!\S)")

    def gone(line: str) -> bool:
        return line.startswith("snmp-server ") and old.search(line) is not None

    def work(device: Device) -> Plan:
        (running,) = device.ask("show running-config")
        return plan_edited(device, wanted, running, replace_lines(running, [], gone))

    return stamp_plans(each(nornir, work, progress=progress), wanted)


def takes(device: Device, user: str, password: str) -> bool:
    """Whether the switch lets the user in with this password and no other; raises DeviceError."""
    access = replace(access_of(device.host), username=user, password=password)
    try:
        open_transport(access).close()
    except LoginRefusedError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Proof:
    """Nothing stands before the new secret opens every switch of the wave; satisfies ``Gate``."""

    nornir: Nornir
    wanted: Wanted
    rotation: Rotation

    @property
    def hold_seconds(self) -> float:
        """Two logins."""
        return 60.0

    @property
    def head(self) -> str:
        """A new value that does not work."""
        return "the new value does not open every switch"

    def look(self, wave: Sequence[str]) -> None:
        """Nothing to remember: the old value was in force."""

    def broken(self, wave: Sequence[str], stop: Stop) -> tuple[str, ...]:  # noqa: ARG002 - cannot be hurried
        """Switches that the new value does not open, in words."""
        return tuple(f"{name}: {words}" for name, words in prove(self, wave).items())


def prove(proof: Proof, devices: Sequence[str]) -> Mapping[str, str]:
    """Why the new value does not open a switch, by switch; empty when it opens all."""
    ours = proof.rotation
    if ours.kind is Kind.COMMUNITY:
        return dict(_prove_community(proof, devices))
    fleet = proof.nornir.filter(filter_func=lambda host: host.name in devices)

    def work(device: Device) -> str:
        if ours.kind is Kind.PASSWORD:
            return "" if takes(device, ours.user, ours.new) else f"refuses {ours.user} with the new password"
        device.ask("show clock")  # a login through TACACS+, with the key that is in force now
        return ""

    harvest = each(fleet, work)
    failed = {name: _words(error) for name, error in harvest.errors.items()}
    return {name: words for name, words in harvest.values.items() if words} | failed


def _prove_community(proof: Proof, devices: Sequence[str]) -> Iterator[tuple[str, str]]:
    secrets = {**proof.wanted.secrets, proof.rotation.name: proof.rotation.new}
    for answer in asyncio.run(poll_once(devices, proof.wanted.expected, secrets)):
        if answer.page is None:
            yield answer.device, "does not answer to the new community"


def _words(error: Exception) -> str:
    return error.problem if isinstance(error, DeviceError) else str(error)


def _by_hand(device: Device, running: str, coming: Sequence[str], going: Sequence[str]) -> Plan:
    """A plan for lines that configurations are not compared by: a switch shows them hashed."""
    digest = digest_config(running, device.platform)
    plan = Plan(
        device=device.name,
        base=digest,
        target=digest,
        steps=(Step(lines=tuple(coming)),) if coming else (),
        undo=(Step(lines=tuple(going)),) if going else (),
        diff=tuple(f"+ {mask_line(line)}" for line in coming),
    )
    if not coming:
        return plan
    transport = access_of(device.host).transport
    chosen = choose_protection(plan, running, platform=device.platform, transport=transport)
    return plan.model_copy(update={"protection": chosen.words})


def _never(_line: str) -> bool:
    return False


def settle_secrets(text: str, name: str, *, drop_old: bool) -> str:
    r"""The secrets file once the new value is in force: NAME_next becomes NAME, and NAME NAME_previous.

    Comments and other lines stay. ``drop_old`` leaves NAME_previous out. Raises UsageError when the file does
    not hold the secret on lines of their own.

    >>> settle_secrets("# ours\nsnmp_ro: old\nsnmp_ro_next: new\n", "snmp_ro", drop_old=False)
    '# ours\nsnmp_ro: new\nsnmp_ro_previous: old\n'
    """
    rows = text.splitlines()
    places = {
        key: n for n, row in enumerate(rows) if (key := row.partition(":")[0].strip()) and row[:1].strip()
    }
    now, coming, before = places.get(name), places.get(f"{name}{NEXT}"), places.get(f"{name}{PREVIOUS}")
    if now is None:
        raise UsageError(f"the secrets file has no line for {name}. write the new value where it stands")
    fresh: list[str] = []
    for number, row in enumerate(rows):
        if number == now and coming is not None:
            fresh.append(f"{name}:{rows[coming].partition(':')[2]}")
            if not drop_old:
                fresh.append(f"{name}{PREVIOUS}:{row.partition(':')[2]}")
        elif number == coming or (number == before and (drop_old or coming is not None)):
            continue
        else:
            fresh.append(row)
    return "\n".join(fresh) + "\n"
