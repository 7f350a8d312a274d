"""Upgrade NX-OS: what it would do, then canary first, one side of a vPC at a time, compared with before.

moulin run playbooks/upgrade_nxos.py "leaf-*" --image nxos64-cs.10.5.3.F.bin
moulin run playbooks/upgrade_nxos.py "leaf-*" --image nxos64-cs.10.5.3.F.bin --save upgrade.json
moulin approve upgrade.json                          (somebody else, where the policy wants it)
moulin run playbooks/upgrade_nxos.py "leaf-*" --image nxos64-cs.10.5.3.F.bin --apply --reason "CSCwx"

The image must be on bootflash: already. Each switch is asked 'show install all impact' first and upgraded
without disruption where it can be. A switch whose vPC peer is not well is left alone. A switch that is not
as well as before, after the reload, ends the upgrade; the way back is printed, never taken unasked.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from agent.cli.changing import show_errors, show_plans, tell, worst
from agent.cli.direct import Direct
from agent.cli.exits import Exit
from agent.cli.options import read_settings
from agent.cli.output import out, print_table
from agent.cli.progress import stoppable, watch_fleet
from agent.cli.run import run_script
from agent.cli.runbook import make_parser
from agent.flows.fleet import Harvest, limit_fleet, open_fleet
from agent.flows.history import open_journal
from agent.flows.plan import stamp_plans
from agent.flows.planfile import save_plans
from agent.flows.policy import load_policy
from agent.flows.survey import Ahead, Images, as_plan, look_ahead
from agent.flows.upgrade import Upgrade, upgrade_fleet
from agent.flows.wanted import load_wanted


def main() -> int:
    arguments = parse()
    settings, secrets = read_settings(arguments.inventory)
    wanted = load_wanted(settings, secrets)
    whole = open_fleet(settings, secrets)
    chosen = limit_fleet(whole, arguments.switches)
    images = Images(arguments.image, arguments.kickstart, arguments.hitless_only)
    with watch_fleet("looking", len(chosen.inventory.hosts)) as progress:
        found = look_ahead(whole, chosen, wanted, images, progress)
    planned = stamp_plans(
        Harvest({name: as_plan(ahead, wanted) for name, ahead in found.values.items()}, found.errors), wanted
    )
    show(found)
    show_plans(planned.plans.plans)
    show_errors(planned.errors)
    if planned.errors:
        return worst(planned.errors)
    if arguments.save:
        save_plans(arguments.save, planned.plans)
    if not planned.changes:
        out.print("nothing to do", markup=False)
        return Exit.OK
    if not arguments.apply:
        out.print("dry run: nothing was changed; add --apply", markup=False)
        return Exit.CHANGES
    direct = Direct(settings, arguments, wanted, whole, f"upgrade to {images.image}")
    direct.permit(planned.plans.plans)
    direct.ask(f"upgrade {len(planned.changes)} switches?")
    upgrade = Upgrade(
        wanted=wanted,
        images=images,
        aheads={name: found.values[name] for name in planned.changes},
        why=direct.why(),
        policy=load_policy(settings.inventory),
        patience_seconds=arguments.patience,
        probe_seconds=arguments.probe,
    )
    journal = open_journal(settings)
    try:
        with stoppable() as stop, watch_fleet("upgrading", len(planned.changes)) as progress:
            changed = upgrade_fleet(whole, upgrade, journal, stop, progress)
    finally:
        journal.close()
    for name in planned.changes:
        train = found.values[name].impact.new.partition("(")[0]
        if train != wanted.city.hosts[name].release:
            out.print(f"{name}: write 'release: \"{train}\"' into its data in hosts.yaml", markup=False)
    tell(changed, {}, as_json=False)
    return Exit.OK


def show(found: Harvest[Ahead]) -> None:
    """What the installation would do."""
    rows = [
        (name, ahead.impact.running, ahead.impact.new, "restarts" if ahead.impact.disruptive else "hitless",
         "yes" if ahead.needed else "no")
        for name, ahead in sorted(found.values.items())
    ]  # fmt: skip
    if rows:
        print_table(("switch", "runs", "image", "impact", "needed"), rows)


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("switches", metavar="GLOB", help="which switches; globs, separated by commas")
    parser.add_argument("--image", required=True, metavar="FILE", help="image on bootflash:")
    parser.add_argument("--kickstart", default="", metavar="FILE", help="the second image of a 7000")
    parser.add_argument("--hitless-only", action="store_true", help="leave switches that would restart")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the plan, for moulin approve")
    parser.add_argument("--patience", type=float, default=1800.0, metavar="SECONDS", help="for the reload")
    parser.add_argument("--probe", type=float, default=5.0, metavar="SECONDS", help="between two looks")
    return parser.parse_args()


if __name__ == "__main__":
    run_script(main)
