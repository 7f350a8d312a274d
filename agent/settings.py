"""Settings from the environment (``MOULIN_…``) and ``moulin.env``; read by cli, web and flows only.

Secrets come by name: from the environment (``MOULIN_SECRET_<NAME>``) or from a YAML file with mode 0600.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.errors import UsageError


def find_templates() -> Path:
    """``templates`` of the working folder; else those of the checkout; else those that were installed."""
    here, checkout = Path("templates"), Path(__file__).parents[1] / "templates"
    if here.is_dir():
        return here
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "moulin" / "templates"


class Settings(BaseSettings):
    """Where things are and how to reach switches; every field can be set as ``MOULIN_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix="MOULIN_", extra="ignore", frozen=True)

    inventory: Path = Path("inventory")
    templates: Path = Field(default_factory=find_templates, description="folder with nxos/*.j2")
    state: Path = Field(default=Path(".moulin"), description="journal, backups, plans, known hosts")
    journal: str = Field(
        default="", repr=False, description="URL of a shared journal (PostgreSQL); else SQLite in state"
    )
    secrets: Path | None = Field(default=None, description="YAML file name: value, mode 0600")
    workers: int = Field(default=10, ge=1, le=200, description="switches worked on at once")
    timeout_seconds: float = Field(default=30.0, gt=0)
    verify_host_keys: bool = True
    verify_tls: bool = True
    snmp_backend: Literal["own", "pysnmp"] = "own"
    gnmi_user: str = Field(default="admin", description="its password is the secret <user>_password")
    gnmi_trust: Literal["pin", "ca", "anything"] = Field(
        default="pin", description="certificates: pinned keys, an authority, or whatever a switch shows"
    )
    gnmi_ca: Path | None = Field(default=None, description="PEM of the authority for gnmi_trust=ca")
    mdt_listen: str = Field(default="", description="HOST:PORT that switches dial out to; empty: none")
    mdt_certificate: Path | None = Field(default=None, description="PEM; without it the port is plain")
    mdt_key: Path | None = Field(default=None, description="PEM of the certificate's key")
    mdt_clients: Path | None = Field(
        default=None, description="PEM of the authority of the switches; they then need a certificate"
    )
    stream_interval_seconds: float = Field(default=10.0, ge=1)
    listen: str = Field(default="127.0.0.1:9469", description="address of moulin watch")
    web_user_header: str = Field(
        default="", description="header by which a reverse proxy on this machine names the reader"
    )
    web_engineers: str = Field(default="", description="names in that header that may see diffs, by comma")
    traps_listen: str = Field(
        default="", description="where moulin watch hears traps; empty: as the inventory says; or off"
    )
    tickets: str = Field(
        default="",
        description="folder, or URL of a helpdesk, for tickets from alerts",
    )
    syslog_listen: str = Field(
        default="", description="where moulin watch hears syslog; empty: as the inventory says; or off"
    )
    poll_interval_seconds: float = Field(default=30.0, gt=0)
    series_limit: int = Field(default=50_000, ge=0, description="most series of one device; 0: no limit")
    remote_write: Path | None = Field(default=None, description="YAML file with receivers of remote write")


class Secrets(Mapping[str, str]):
    """Secrets by name; ``secrets["snmp_ro"]`` raises UsageError that says where to put a missing one."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        try:
            return self._values[name]
        except KeyError:
            raise UsageError(
                f"secret {name!r} is not set. set MOULIN_SECRET_{name.upper()} "
                "or add it to the file that MOULIN_SECRETS names"
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._values))})"


def load_secrets(file: Path | None, environ: Mapping[str, str] = os.environ) -> Secrets:
    """Secrets of the file, overridden by the environment.

    Raises UsageError when the file is readable by others, is not YAML, or is not a mapping of text to text.
    """
    values: dict[str, str] = {}
    if file is not None:
        try:
            mode = file.stat().st_mode
            text = file.read_text(encoding="utf-8")
        except OSError as exc:
            raise UsageError(f"{file}: cannot be read ({exc.strerror}). check MOULIN_SECRETS") from exc
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UsageError(f"{file}: others can read it. run: chmod 600 {file}")
        try:
            loaded = yaml.safe_load(text) or {}
        except yaml.YAMLError as exc:
            raise UsageError(f"{file}: not YAML. write one 'name: value' a line") from exc
        if not isinstance(loaded, dict):
            raise UsageError(f"{file}: not a mapping. write one 'name: value' a line")
        values.update({str(name): str(value) for name, value in loaded.items()})
    prefix = "MOULIN_SECRET_"
    values.update({key[len(prefix) :].lower(): val for key, val in environ.items() if key.startswith(prefix)})
    return Secrets(values)
