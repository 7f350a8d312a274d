"""``moulin pin``: trust the certificates that switches show for gNMI."""

from __future__ import annotations

import importlib
from fnmatch import fnmatchcase
from typing import Any

import typer

from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, Limit, Yes, settings_of
from agent.cli.output import out, print_json, print_table
from agent.errors import UsageError
from agent.intent.expect import expect
from agent.intent.load import load_city


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("pin")(pin)


def pin(
    *, limit: Limit = "*", yes: Yes = False, inventory: Inventory = None, as_json: AsJson = False
) -> None:
    """Show the keys of the gNMI certificates and, once compared on the switches, trust them.

    Exit 3 when keys that are not trusted are left, 4 when a switch shows none.
    """
    settings = settings_of(inventory)
    flow = _load_flow()
    known = settings.state / "known_certificates"
    patterns = [one.strip() for one in limit.split(",")]
    targets = [
        target
        for target in expect(load_city(settings.inventory)).targets
        if target.gnmi_port is not None and any(fnmatchcase(target.device, one) for one in patterns)
    ]
    if not targets:
        raise UsageError("no switch here has a gnmi_port. set it below data in hosts.yaml or groups.yaml")
    found = flow.look_at_certificates(targets, known)
    open_ = [one for one in found if one.state in {"new", "changed"}]
    if as_json:
        print_json([_data(one) for one in found])
    else:
        print_table(
            ("switch", "state", "key", "remark"),
            ((one.door.device, one.state, one.fingerprint, one.problem) for one in found),
        )
    agreed = bool(open_) and (yes or (not as_json and typer.confirm(f"trust {len(open_)} keys?")))
    if agreed:
        count = flow.keep_pins(open_, known)
        if not as_json:
            out.print(f"{count} keys pinned in {known}", markup=False)
    if any(one.state == "silent" for one in found):
        raise typer.Exit(Exit.FAILED)
    raise typer.Exit(Exit.CHANGES if open_ and not agreed else Exit.OK)


def _data(one: Any) -> dict[str, str]:
    return {
        "device": one.door.device,
        "place": one.door.place,
        "state": one.state,
        "key": one.fingerprint,
        "problem": one.problem,
    }


def _load_flow() -> Any:
    """The flow, when gRPC is installed."""
    try:
        return importlib.import_module("agent.flows.pin")
    except ImportError as exc:
        raise UsageError(
            f"gNMI needs gRPC ({exc.name} is missing). run: pip install 'moulin[telemetry]'"
        ) from exc
