"""Save power at night: PoE of street displays (and what else may sleep) goes off, on again in the morning.

moulin run playbooks/night_power.py off
moulin run playbooks/night_power.py off --apply --yes --reason "night schedule"
moulin run playbooks/night_power.py auto --between 23:00-06:00 --apply --yes     (from cron, every 10 minutes)

Cameras, doors, telephones and access points are refused: only kinds of power priority low may sleep.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from functools import partial

from agent.cli.changing import tell
from agent.cli.direct import Direct, preview
from agent.cli.options import read_settings
from agent.cli.output import out, print_table
from agent.cli.progress import watch_fleet
from agent.cli.run import run_script
from agent.cli.runbook import make_parser
from agent.flows.fleet import limit_fleet, open_fleet
from agent.flows.overlay import plan_overlay
from agent.flows.power import find_sleepers, hours_of, is_night, measure_watts, put_out, read_span, wake
from agent.flows.wanted import load_wanted


def main() -> int:
    arguments = parse()
    settings, secrets = read_settings(arguments.inventory)
    wanted = load_wanted(settings, secrets)
    night = find_sleepers(wanted.city, tuple(arguments.service or ["displays"]))
    begins, ends = read_span(arguments.between)
    fleet = open_fleet(settings, secrets).filter(filter_func=lambda host: host.name in night.by_switch)
    fleet = limit_fleet(fleet, arguments.limit)
    asleep = arguments.to == "off" or (arguments.to == "auto" and is_night(datetime.now(), begins, ends))  # noqa: DTZ005 - the span is local time
    edit = partial(put_out, night) if asleep else partial(wake, night, wanted.text)
    size = len(fleet.inventory.hosts)
    with watch_fleet("planning", size) as progress:
        planned = plan_overlay(fleet, wanted, edit, progress)
    with watch_fleet("measuring", size) as progress:
        drawn = measure_watts(fleet, night, progress)
    print_table(
        ("switch", "ports", "watts by catalogue", "watts now"),
        (
            (name, len(ports), round(sum(port.watts for port in ports), 1), round(drawn.get(name, 0.0), 1))
            for name, ports in night.by_switch.items()
            if name in fleet.inventory.hosts
        ),
    )
    estimate = sum(p.watts for name in fleet.inventory.hosts for p in night.by_switch[name])
    hours = hours_of(begins, ends)
    said = f"{estimate:.0f} W asleep for {hours:g} hours save {estimate * hours / 1000:.2f} kWh a night"
    out.print(f"estimate: {said}, {estimate * hours * 365 / 1000:.0f} kWh a year", markup=False)
    done = preview(planned, arguments)
    if done is not None:
        return done
    direct = Direct(settings, arguments, wanted, fleet, f"night power {'off' if asleep else 'on'}")
    direct.permit(planned.plans.plans)
    direct.ask(f"{'cut' if asleep else 'give back'} the power of these ports?")
    changed = direct.change(planned.plans.plans)
    with watch_fleet("measuring", size) as progress:
        after = measure_watts(fleet, night, progress)
    saved = sum(drawn.values()) - sum(after.values())
    out.print(f"measured: {sum(drawn.values()):.0f} W before, {sum(after.values()):.0f} W now, "
              f"{saved:.0f} W saved", markup=False)  # fmt: skip
    tell(changed, {}, as_json=False)
    return 0


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("to", choices=("off", "on", "auto"), help="auto: off inside --between, on outside")
    parser.add_argument(
        "--service", action="append", metavar="NAME", help="default displays; may be repeated"
    )
    parser.add_argument("--between", default="23:00-06:00", metavar="SPAN", help="the night, local time")
    parser.add_argument("--limit", "-l", default="*", metavar="GLOB", help="only these switches")
    return parser.parse_args()


if __name__ == "__main__":
    run_script(main)
