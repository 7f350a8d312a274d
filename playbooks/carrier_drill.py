"""Carrier failover drill: shut one carrier's session under guard, measure, bring it back, report.

moulin run playbooks/carrier_drill.py alize
moulin run playbooks/carrier_drill.py alize --seconds 60 --apply --reason "yearly drill"

The shutdown is never confirmed: if Moulin dies during the drill, the switch takes it back by itself.
"""

from __future__ import annotations

import argparse
from functools import partial

from agent.apply.verdict import Outcome
from agent.cli.changing import tell
from agent.cli.direct import Direct, preview
from agent.cli.exits import Exit
from agent.cli.options import read_settings
from agent.cli.output import out, print_error, print_table
from agent.cli.progress import watch_fleet
from agent.cli.run import run_script
from agent.cli.runbook import make_parser
from agent.errors import UsageError
from agent.flows.drill import (
    Drill,
    DrillReport,
    await_return,
    read_sessions,
    refuse_lonely,
    report_drill,
    shut_carrier,
)
from agent.flows.fleet import open_fleet
from agent.flows.overlay import plan_overlay
from agent.flows.wanted import load_wanted


def main() -> int:
    arguments = parse()
    settings, secrets = read_settings(arguments.inventory)
    wanted = load_wanted(settings, secrets)
    carriers = wanted.city.carriers.carriers if wanted.city.carriers else {}
    if arguments.carrier not in carriers:
        raise UsageError(f"{arguments.carrier}: no such carrier. there are {', '.join(carriers)}")
    edges = {session.device for session in wanted.expected.sessions}
    fleet = open_fleet(settings, secrets).filter(filter_func=lambda host: host.name in edges)
    own = carriers[arguments.carrier].port.switch
    edge = fleet.filter(filter_func=lambda host: host.name == own)
    before = read_sessions(fleet, wanted.expected.sessions)
    refuse_lonely(before, arguments.carrier, arguments.keep)
    with watch_fleet("planning", 1) as progress:
        planned = plan_overlay(edge, wanted, partial(shut_carrier, wanted.city, arguments.carrier), progress)
    done = preview(planned, arguments)
    if done is not None:
        return done
    direct = Direct(settings, arguments, wanted, edge, f"drill {arguments.carrier}")
    direct.permit(planned.plans.plans)
    direct.ask(f"shut {arguments.carrier} for {arguments.seconds:.0f} seconds?")
    drill = Drill(fleet, wanted.expected.sessions, arguments.carrier, arguments.seconds, arguments.keep)
    changed = direct.change(planned.plans.plans, drill)
    after, back = await_return(drill, before)
    report = report_drill(drill, before, after, back)
    show(report, drill)
    if any(verdict.outcome is not Outcome.UNDONE for verdict in changed.verdicts):
        print_error(f"{own}: the session was not brought back as a drill does, see below")
        tell(changed, {}, as_json=False)
        return Exit.FAILED
    return Exit.OK if report.passed and not drill.ended_early else Exit.FAILED


def show(report: DrillReport, drill: Drill) -> None:
    """The report for people."""
    print_table(("carrier", "prefixes before", "during", "after"), report.rows())
    if report.down_after_seconds is not None:
        out.print(
            f"{report.carrier}: down {report.down_after_seconds:.1f} s after the shutdown", markup=False
        )
    else:
        print_error(f"{report.carrier}: its session was never seen down")
    if report.back_after_seconds is not None:
        out.print(f"{report.carrier}: back {report.back_after_seconds:.1f} s after the return", markup=False)
    else:
        print_error(f"{report.carrier}: not back as before. see: show ip bgp summary")
    for name in report.lost:
        print_error(f"{name}: went down during the drill")
    if drill.ended_early:
        print_error(f"ended early: {drill.ended_early}")
    out.print(f"drill {'passed' if report.passed else 'failed'}, {len(drill.looks)} looks", markup=False)


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("carrier", help="name of the carrier in services/carriers.yaml")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it stays shut (default 60)")
    parser.add_argument("--keep", type=int, default=2, help="others that must stand throughout (default 2)")
    return parser.parse_args()


if __name__ == "__main__":
    run_script(main)
