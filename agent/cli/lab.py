"""``moulin lab``: the city's switches as virtual ones, to try every verb by hand."""

from __future__ import annotations

import os
import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import AsJson
from agent.cli.output import out, print_json, print_table
from agent.cli.waiting import await_stop
from agent.errors import UsageError
from agent.flows.containers import (
    Backend,
    ContainerFiles,
    Deployment,
    choose_backend,
    deploy_city,
    destroy_containers,
    engine_answers,
    read_deployment,
    start_containers,
    trust_containers,
)
from agent.flows.fleet import open_fleet
from agent.flows.lab import LabFiles, call_control, make_secrets, start_lab, trust_lab
from agent.flows.lab_files import write_lab_files
from agent.flows.limit import choose_names
from agent.intent.city import City
from agent.intent.containerlab import choose_switches
from agent.intent.load import load_city
from agent.settings import Settings


class Backends(StrEnum):
    """What can run a lab."""

    containerlab = "containerlab"
    docker = "docker"
    embedded = "embedded"


FOLDER = Annotated[Path | None, typer.Option("--folder", help="Where the lab keeps its files.")]
INVENTORY = Annotated[Path | None, typer.Option("--inventory", "-i", help="Folder of the inventory.")]
LIMIT = Annotated[
    str | None,
    typer.Option("--limit", "-l", metavar="GLOB", help="Containers only of these; else a small choice."),
]
BACKEND = Annotated[
    Backends, typer.Option("--backend", "-b", help="What runs it; the next one when it is not there.")
]


def register(app: typer.Typer) -> None:
    """Add ``lab up``, ``down``, ``status``, ``files``, ``fault`` and ``mend``."""
    lab = typer.Typer(no_args_is_help=True, help="Virtual switches: embedded on loopback, or in containers.")
    lab.command("up")(up)
    lab.command("down")(down)
    lab.command("status")(status)
    lab.command("files")(files)
    lab.command("fault")(fault)
    lab.command("mend")(mend)
    app.add_typer(lab, name="lab")


def up(
    *,
    backend: BACKEND = Backends.embedded,
    limit: LIMIT = None,
    inventory: INVENTORY = None,
    folder: FOLDER = None,
) -> None:
    """Start the lab of the inventory: embedded until Ctrl-C, containers until ``lab down``."""
    settings = Settings() if inventory is None else Settings(inventory=inventory)
    city, place = load_city(settings.inventory), folder or settings.state / "lab"
    choice = choose_backend(backend.value, shutil.which, engine_answers)
    if choice.why:
        out.print(f"{choice.why}: the lab is {_words(choice.backend)}", markup=False)
    if choice.backend == "embedded":
        _up_embedded(settings, city, place)
    else:
        _up_containers(settings, city, place, (choice.backend, _chosen(city, limit)))


def _words(backend: Backend) -> str:
    return "embedded" if backend == "embedded" else "deployed with docker and ip"


def _chosen(city: City, limit: str | None) -> tuple[str, ...]:
    return choose_switches(city) if limit is None else tuple(choose_names(city.hosts, limit))


def _up_embedded(settings: Settings, city: City, folder: Path) -> None:
    places = LabFiles(folder)
    secrets = make_secrets(city)
    lab = start_lab(city, places.folder, secrets)
    try:
        trust_lab(lab, open_fleet(settings, secrets), settings.state / "known_hosts")
        out.print(f"{len(lab.nodes)} switches listen; control at http://{lab.control}")
        out.print("In another terminal:")
        out.print(f"  export MOULIN_SECRETS={places.secrets}")
        out.print("  moulin plan")
        await_stop()
    finally:
        lab.stop()


def _up_containers(
    settings: Settings, city: City, folder: Path, how: tuple[Backend, tuple[str, ...]]
) -> None:
    places, (backend, switches) = ContainerFiles(folder / "containers"), how
    secrets = make_secrets(city)
    deployment = deploy_city(city, settings.inventory, places, switches, backend)
    containers = start_containers(deployment, places, secrets, os.environ)
    lab = settings.model_copy(update={"inventory": places.inventory})
    trust_containers(open_fleet(lab, secrets), settings.state / "known_hosts")
    out.print(f"{len(containers)} containers are well, {len(switches)} of them switches", markup=False)
    out.print(f"  export MOULIN_INVENTORY={places.inventory} MOULIN_SECRETS={places.secrets}", markup=False)
    out.print("  moulin plan")


def down(folder: FOLDER = None) -> None:
    """Remove the containers of the lab."""
    deployment, places = _deployment(folder)
    destroy_containers(deployment, places, os.environ)
    out.print("the containers are gone")


def status(*, folder: FOLDER = None, as_json: AsJson = False) -> None:
    """Show the containers of the lab."""
    deployment, _ = _deployment(folder)
    containers = deployment.containers(os.environ)
    if as_json:
        print_json(containers)
        return
    columns = ("name", "kind", "status", "ipv4_address")
    print_table(columns, (tuple(container[column] for column in columns) for container in containers))


def _deployment(folder: Path | None) -> tuple[Deployment, ContainerFiles]:
    places = ContainerFiles((folder or Settings().state / "lab") / "containers")
    deployment = read_deployment(places)
    if deployment is None:
        raise UsageError("no lab of containers is up. an embedded one ends with Ctrl-C where it runs")
    return deployment, places


def files(
    target: Annotated[Path, typer.Argument(help="Folder for the topologies and the lab file.")],
    *,
    limit: LIMIT = None,
    inventory: INVENTORY = None,
) -> None:
    """Write the topologies for containerlab and the lab file that their nodes share; start nothing."""
    city = load_city(inventory or Settings().inventory)
    out.print(str(write_lab_files(city, _chosen(city, limit), target)), markup=False)


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
