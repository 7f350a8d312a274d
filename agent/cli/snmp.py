"""``moulin snmp``: look into one agent by hand, with names."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, read_settings
from agent.cli.output import err, out, print_json, print_table
from agent.collect.explore.ask import Grid, Listing, ask_table, ask_tree, ask_values
from agent.collect.explore.names import names_of
from agent.collect.tables.load import city_tables
from agent.collect.tables.table import Group, Tables
from agent.errors import UsageError
from agent.flows.contact import Contact, find_contact, talk
from agent.settings import Secrets, Settings

Host = Annotated[
    str, typer.Argument(metavar="HOST", help="Name in hosts.yaml, or an address; :PORT may follow.")
]
Objects = Annotated[list[str], typer.Argument(metavar="OBJECT...", help="MIB names or OIDs.")]
Root = Annotated[
    str,
    typer.Argument(metavar="[OBJECT]", help="MIB name or OID below which to look; else the system group."),
]
GroupName = Annotated[
    str,
    typer.Argument(metavar="[GROUP]", help="Table group of docs/metrics.md; without one they are listed."),
]
OnlyGroup = Annotated[
    str | None, typer.Option("--group", "-g", metavar="GROUP", help="Walk the columns of this table group.")
]
SecretName = Annotated[
    str | None, typer.Option("--secret", metavar="NAME", help="Name of the secret to ask with.")
]
SecretEnv = Annotated[
    str | None,
    typer.Option("--secret-env", metavar="VARIABLE", help="Environment variable that holds the secret."),
]
Context = Annotated[
    str, typer.Option("--context", metavar="NAME", help="SNMP context, as vlan-10 or that of a VRF.")
]
Rows = Annotated[int, typer.Option("--rows", min=1, max=50_000, help="Show at most so many.")]
Seconds = Annotated[
    float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="Give up after so long.")
]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    group = typer.Typer(
        help="Look into one agent: get values, walk a subtree, show a table.", no_args_is_help=True
    )
    for verb in (get, walk, table):
        group.command(verb.__name__)(verb)
    app.add_typer(group, name="snmp")


def given_secret(secrets: Secrets, name: str | None, variable: str | None) -> str | None:
    """The secret that the options name, None without options; it never stands on a command line."""
    if name is not None and variable is not None:
        raise UsageError("--secret and --secret-env both name a secret. give one of them")
    if variable is not None:
        value = os.environ.get(variable)
        if not value:
            raise UsageError(f"the environment has no {variable}. set it to a community, or to 'v3 USER …'")
        return value
    return None if name is None else secrets[name]


def _meet(
    host: str, inventory: Inventory, secret: str | None, secret_env: str | None
) -> tuple[Settings, Contact]:
    settings, secrets = read_settings(inventory)
    return settings, find_contact(settings, secrets, host, given_secret(secrets, secret, secret_env))


def get(  # noqa: PLR0913 - the options of the verb
    host: Host,
    objects: Objects,
    *,
    context: Context = "",
    secret: SecretName = None,
    secret_env: SecretEnv = None,
    timeout: Seconds = 10.0,
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Values of some objects: moulin snmp get core-1 sysDescr sysUpTime ifOperStatus.436207616."""
    settings, contact = _meet(host, inventory, secret, secret_env)
    names = names_of(_tables(settings))
    oids = [names.value_oid(text) for text in objects]
    listing = talk(contact, timeout, lambda backend: ask_values(backend, oids, names, context))
    _show_listing(contact, listing, as_json=as_json)


def walk(  # noqa: PLR0913 - the options of the verb
    host: Host,
    root: Root = "system",
    *,
    group: OnlyGroup = None,
    context: Context = "",
    rows: Rows = 1000,
    secret: SecretName = None,
    secret_env: SecretEnv = None,
    timeout: Seconds = 30.0,
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Everything below an object: moulin snmp walk core-1 ifName; moulin snmp walk core-1 --group bgp."""
    settings, contact = _meet(host, inventory, secret, secret_env)
    tables = _tables(settings)
    names = names_of(tables)
    if group is None:
        oid = names.oid_of(root)
        listing = talk(contact, timeout, lambda backend: ask_tree(backend, oid, names, rows, context))
        _show_listing(contact, listing, as_json=as_json)
        return
    wanted = _find_group(tables, group)
    grid = talk(contact, timeout, lambda backend: ask_table(backend, wanted, names, rows, context))
    _show_cells(contact, grid, as_json=as_json)


def table(  # noqa: PLR0913 - the options of the verb
    host: Host,
    group: GroupName = "",
    *,
    context: Context = "",
    rows: Rows = 200,
    secret: SecretName = None,
    secret_env: SecretEnv = None,
    timeout: Seconds = 30.0,
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """One table group as a table, a row per port or index: moulin snmp table core-1 interfaces."""
    settings, contact = _meet(host, inventory, secret, secret_env)
    tables = _tables(settings)
    if not group:
        _list_groups(tables, as_json=as_json)
        return
    wanted, names = _find_group(tables, group), names_of(tables)
    grid = talk(contact, timeout, lambda backend: ask_table(backend, wanted, names, rows, context))
    if as_json:
        _print_grid(contact, grid)
    else:
        print_table(grid.columns, grid.rows)
    _end(contact, grid.problem, empty=not grid.rows)


def _tables(settings: Settings) -> Tables:
    return city_tables(settings.inventory)


def _find_group(tables: Tables, name: str) -> Group:
    groups = {group.name: group for group in tables.groups if group.columns}
    if name not in groups:
        raise UsageError(f"no table group is called {name!r}. there are: {', '.join(sorted(groups))}")
    return groups[name]


def _list_groups(tables: Tables, *, as_json: bool) -> None:
    groups = sorted((group for group in tables.groups if group.columns), key=lambda one: one.name)
    if as_json:
        print_json([{"group": group.name, "about": group.about} for group in groups])
    else:
        print_table(("group", "what"), ((group.name, group.about) for group in groups))


def _show_listing(contact: Contact, listing: Listing, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "host": contact.name,
                "objects": [asdict(one) for one in listing.found],
                "problem": listing.problem,
            }
        )
    else:
        for one in listing.found:
            out.print(Text(f"{one.name} = {one.value}"))
    _end(contact, listing.problem, empty=not listing.found)


def _show_cells(contact: Contact, grid: Grid, *, as_json: bool) -> None:
    """A group as a walk: a line per cell."""
    if as_json:
        _print_grid(contact, grid)
    else:
        for place, column in enumerate(grid.columns[1:], 1):
            for row in grid.rows:
                if row[place]:
                    out.print(Text(f"{column} {row[0]} = {row[place]}"))
    _end(contact, grid.problem, empty=not grid.rows)


def _print_grid(contact: Contact, grid: Grid) -> None:
    rows = [dict(zip(grid.columns, row, strict=True)) for row in grid.rows]
    print_json({"host": contact.name, "rows": rows, "problem": grid.problem})


def _end(contact: Contact, problem: str, *, empty: bool) -> None:
    """What is missing, on stderr; exit 4 when nothing came, or not all for another reason than --rows."""
    if problem:
        err.print(Text(f"{contact.name}: {problem}", style="yellow"))
    elif empty:
        err.print(Text(f"{contact.name}: the agent shows nothing there", style="yellow"))
    if empty or (problem and "--rows" not in problem):
        raise typer.Exit(Exit.FAILED)
