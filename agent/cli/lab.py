"""``moulin lab``: the city's switches as virtual ones, to try every verb by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.output import out, print_json
from agent.cli.waiting import await_stop
from agent.errors import UsageError
from agent.flows.fleet import open_fleet
from agent.flows.lab import LabFiles, call_control, make_secrets, start_lab, trust_lab
from agent.intent.load import load_city
from agent.settings import Settings

FOLDER = Annotated[Path | None, typer.Option("--folder", help="Where the lab keeps its files.")]


def register(app: typer.Typer) -> None:
    """Add ``lab up``, ``lab fault`` and ``lab mend``."""
    lab = typer.Typer(no_args_is_help=True, help="The embedded lab: virtual switches on loopback.")
    lab.command("up")(up)
    lab.command("fault")(fault)
    lab.command("mend")(mend)
    app.add_typer(lab, name="lab")


INVENTORY = Annotated[Path | None, typer.Option("--inventory", "-i", help="Folder of the inventory.")]


def up(inventory: INVENTORY = None, folder: FOLDER = None) -> None:
    """Start the lab of the inventory and keep it until Ctrl-C."""
    settings = Settings()
    city = load_city(inventory or settings.inventory)
    files = LabFiles(folder or settings.state / "lab")
    secrets = make_secrets(city)
    lab = start_lab(city, files.folder, secrets)
    try:
        trust_lab(lab, open_fleet(settings, secrets), settings.state / "known_hosts")
        out.print(f"{len(lab.nodes)} switches listen; control at http://{lab.control}")
        out.print("In another terminal:")
        out.print(f"  export MOULIN_SECRETS={files.secrets}")
        out.print("  moulin plan")
        await_stop()
    finally:
        lab.stop()


def fault(
    kind: Annotated[str, typer.Argument(help="link-cut, endpoint-unplug, psu-fail, snmp-silence, …")],
    where: Annotated[list[str], typer.Argument(help="node=sw-mairie port=Ethernet1/49, endpoint=CAM-001, …")],
    folder: FOLDER = None,
) -> None:
    """Raise a fault in the running lab; prints its number."""
    arguments: dict[str, object] = {}
    for word in where:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"{word!r} is not name=value. write for example endpoint=CAM-001")
        arguments[name] = value
    print_json(call_control(_control(folder), "POST", "/faults", {"kind": kind, **arguments}))


def mend(
    fault: Annotated[str, typer.Argument(help="Its id, as lab fault said it.")], folder: FOLDER = None
) -> None:
    """End a fault."""
    call_control(_control(folder), "DELETE", f"/faults/{fault}")


def _control(folder: Path | None) -> str:
    files = LabFiles(folder or Settings().state / "lab")
    try:
        return files.control.read_text("utf-8")
    except OSError as exc:
        raise UsageError("no lab is running. start it: moulin lab up") from exc
