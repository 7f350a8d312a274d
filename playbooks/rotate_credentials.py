"""Rotate a password, an SNMP community or the TACACS+ key: the new one is proven before the old one goes.

(write the new value beside the old one in the secrets: admin_password_next, snmp_ro_next, tacacs_key_next)
moulin run playbooks/rotate_credentials.py admin_password
moulin run playbooks/rotate_credentials.py admin_password --apply --reason "yearly"
moulin run playbooks/rotate_credentials.py snmp_ro --keep-old --apply    (then restart what polls, then:)
moulin run playbooks/rotate_credentials.py snmp_ro --apply

Each wave of switches is opened with the new value before anything stands; a switch that does not take it goes
back to the old one, by itself if Moulin is gone. When all switches have it, the secrets file is settled:
NAME holds the new value, NAME_previous the old one. While NAME_next is set every verb tries both passwords.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from agent.cli.changing import tell
from agent.cli.direct import Direct, preview
from agent.cli.exits import Exit
from agent.cli.options import read_settings
from agent.cli.output import out, print_error
from agent.cli.progress import watch_fleet
from agent.cli.run import run_script
from agent.cli.runbook import make_parser
from agent.flows.fleet import limit_fleet, open_fleet
from agent.flows.plan import Planned
from agent.flows.rotate import Bring, Kind, Proof, Rotation, find_rotation, plan_drop, prove, settle_secrets
from agent.flows.wanted import load_wanted
from agent.settings import Settings
from agent.store.files import write_private


def main() -> int:
    arguments = parse()
    settings, secrets = read_settings(arguments.inventory)
    wanted = load_wanted(settings, secrets)
    rotation = find_rotation(wanted, arguments.secret)
    whole = open_fleet(settings, secrets)
    fleet = limit_fleet(whole, arguments.limit)
    direct = Direct(settings, arguments, wanted, fleet, f"rotate {rotation.name}")
    size = len(fleet.inventory.hosts)
    with watch_fleet("planning", size) as progress:
        bring = Bring(wanted, rotation).plan(fleet, progress)
    proof = Proof(fleet, wanted, rotation)
    code = carry(direct, bring, proof, "the new value comes")
    if code is not None:
        return code
    if failed := prove(proof, tuple(fleet.inventory.hosts)):
        for name, words in failed.items():
            print_error(f"{name}: {words}; the old value stays everywhere")
        return Exit.FAILED
    out.print(f"{size} switches open with the new value", markup=False)
    keep = arguments.keep_old and rotation.kind is Kind.COMMUNITY
    if rotation.kind is Kind.COMMUNITY and not keep:
        with watch_fleet("planning", size) as progress:
            drop = plan_drop(fleet, wanted, rotation, progress)
        code = carry(direct, drop, proof, "the old value goes")
        if code is not None:
            return code
    if not arguments.apply:
        return Exit.OK
    if size < len(whole.inventory.hosts):
        out.print("not all switches: the secrets stay as they are, run it for the others", markup=False)
        return Exit.OK
    settle(settings, rotation, drop_old=rotation.kind is Kind.COMMUNITY and not keep)
    return Exit.OK


def carry(direct: Direct, planned: Planned, proof: Proof, what: str) -> int | None:
    """One stage; the exit code when it ends there, None when every switch is through."""
    out.print(f"{what}:", markup=False)
    if not planned.errors and not planned.changes:
        out.print("every switch is so already", markup=False)
        return None
    done = preview(planned, direct.arguments)
    if done is not None:
        return done
    direct.permit(planned.plans.plans)
    direct.ask(f"{what} on {len(planned.changes)} switches?")
    tell(direct.change(planned.plans.plans, proof), {}, as_json=False)
    return None


def settle(settings: Settings, rotation: Rotation, *, drop_old: bool) -> None:
    """Make the new value the one that is in force, or say how."""
    file: Path | None = settings.secrets
    if file is None:
        name = f"MOULIN_SECRET_{rotation.name.upper()}"
        out.print(f"now set {name} to the new value and unset {name}_NEXT", markup=False)
        return
    write_private(file, settle_secrets(file.read_text("utf-8"), rotation.name, drop_old=drop_old))
    kept = "" if drop_old else f", {rotation.name}_previous the old one"
    out.print(f"{file}: {rotation.name} holds the new value now{kept}", markup=False)


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("secret", help="its name in city.yaml: admin_password, snmp_ro, tacacs_key")
    parser.add_argument("--keep-old", action="store_true", help="leave the old community beside the new one")
    parser.add_argument("--limit", "-l", default="*", metavar="GLOB", help="only these switches")
    return parser.parse_args()


if __name__ == "__main__":
    run_script(main)
