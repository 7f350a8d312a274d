"""Council webcast: an encoder's port with the highest priority in the webcast network, for one evening.

moulin run playbooks/council_webcast.py prepare --encoder sw-mairie:Ethernet1/40 --place "salle du conseil" \
      --address 10.40.2.20 --starts 2027-04-08T17:00+02:00 --ends 2027-04-08T23:30+02:00
… --apply --reason "budget council"
moulin run playbooks/council_webcast.py takeback --apply --yes
moulin run playbooks/council_webcast.py takeback --if-over --apply --yes        (from cron: waits for the end)

Prepare writes the service, so that the encoder is expected, watched and shown, and freezes the encoder's site
from start to end: nobody changes its network meanwhile. Takeback removes both and gives the port back.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from agent.cli.exits import Exit
from agent.cli.options import read_settings
from agent.cli.output import out
from agent.cli.run import run_script
from agent.cli.runbook import finish, make_parser, plan_draft
from agent.errors import UsageError
from agent.flows.draft import Draft, draft_inventory
from agent.flows.edit import append_item, take_item
from agent.intent.city import City
from agent.intent.freeze import Freeze
from agent.intent.load import load_city

SERVICE = "council-webcast"
REASON = "Council webcast"
KIND = """\
title: Council webcast
endpoint: encoder
port:
  segment: webcast
  qos_class: REALTIME
  max_macs: 1
probes:
  - {kind: icmp, every_seconds: 30}
objective: {availability_percent: 99.9}
alert:
  title: "Encoder {tag} down at {place}"
  action: "Call the hall; the other encoder port is on {switch}"
  severity: page
  after_seconds: 30
models:
  encoder: {transmit_bps: 12000000, receive_bps: 100000}
"""


def main() -> int:
    arguments = parse()
    settings, secrets = read_settings(arguments.inventory)
    city = load_city(settings.inventory)
    if arguments.what == "takeback" and arguments.if_over and (ends := still_on(city, datetime.now(UTC))):
        out.print(f"the webcast ends at {ends.isoformat()}: nothing to do yet", markup=False)
        return Exit.OK
    with draft_inventory(settings.inventory) as draft:
        if arguments.what == "prepare":
            prepare(draft, city, arguments)
        else:
            take_back(draft, city)
        done = plan_draft(draft, settings, secrets, city)
        return finish(done, settings, arguments, f"webcast {arguments.what}")


def prepare(draft: Draft, city: City, arguments: argparse.Namespace) -> None:
    """Kind, service and freeze of one webcast; raises UsageError when something is missing."""
    needed = ("encoder", "place", "address", "starts", "ends")
    missing = [f"--{name}" for name in needed if not getattr(arguments, name)]
    if missing:
        raise UsageError(f"prepare needs {', '.join(missing)}. see --help")
    switch, _, port = arguments.encoder.partition(":")
    if switch not in city.hosts or not port:
        raise UsageError(f"{arguments.encoder!r} is no SWITCH:PORT of the city. see hosts.yaml")
    starts, ends = read_moment(arguments.starts), read_moment(arguments.ends)
    if ends <= starts:
        raise UsageError(f"{arguments.ends}: is not after {arguments.starts}. mend one of them")
    place = json.dumps(arguments.place, ensure_ascii=False)
    entry = f"{{tag: ENC-1, place: {place}, model: encoder, address: {arguments.address}}}"
    draft.create(f"catalog/{SERVICE}.yaml", KIND)
    draft.create(
        f"services/{SERVICE}.yaml", f"kind: {SERVICE}\n\nendpoints:\n  {switch}:\n    {port}: {entry}\n"
    )
    freeze = (
        f"{{reason: {REASON}, starts: {starts.isoformat()}, ends: {ends.isoformat()}, "
        f"sites: [{city.hosts[switch].site}]}}"
    )
    draft.change("freezes.yaml", lambda text: append_item(text, ["freezes"], freeze))


def take_back(draft: Draft, city: City) -> None:
    """Remove what ``prepare`` wrote; raises UsageError when nothing is prepared."""
    if SERVICE not in city.services:
        raise UsageError("no webcast is prepared. see services/")
    draft.delete(f"services/{SERVICE}.yaml")
    draft.delete(f"catalog/{SERVICE}.yaml")
    if webcasts(city):
        draft.change("freezes.yaml", lambda text: take_item(text, ["freezes"], "reason", REASON))


def webcasts(city: City) -> tuple[Freeze, ...]:
    """Freezes that ``prepare`` wrote."""
    return tuple(freeze for freeze in city.freezes if freeze.reason == REASON)


def still_on(city: City, now: datetime) -> datetime | None:
    """The end of the webcast that is prepared, while it lies ahead."""
    return max((freeze.ends for freeze in webcasts(city) if freeze.ends >= now), default=None)


def read_moment(text: str) -> datetime:
    """An instant with its zone; raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"{text!r} is no instant with a zone. write for example 2027-04-08T17:00+02:00")
    return moment


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("what", choices=("prepare", "takeback"))
    parser.add_argument("--encoder", metavar="SWITCH:PORT", help="where the encoder hangs")
    parser.add_argument("--place", help="the hall")
    parser.add_argument("--address", help="of the encoder, in the webcast network")
    parser.add_argument("--starts", metavar="TIME", help="with its zone: 2027-04-08T17:00+02:00")
    parser.add_argument("--ends", metavar="TIME", help="with its zone")
    parser.add_argument("--if-over", action="store_true", help="takeback: only once the end has passed")
    return parser.parse_args()


if __name__ == "__main__":
    run_script(main)
