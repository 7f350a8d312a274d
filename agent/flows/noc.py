"""moulin noc build: the inventory to the files of Prometheus and Grafana."""

from __future__ import annotations

from pathlib import Path

from agent.intent.expect import expect
from agent.intent.load import load_city
from agent.noc.write import NocPlaces, build_noc, differing, write_noc
from agent.settings import Settings


def build_city_noc(settings: Settings, folder: Path, places: NocPlaces) -> tuple[Path, ...]:
    """Write the NOC's files below the folder. Raises InventoryError with every mistake, StoreError."""
    return write_noc(build_noc(expect(load_city(settings.inventory)), places), folder)


def check_city_noc(settings: Settings, folder: Path, places: NocPlaces) -> dict[str, str]:
    """Files below the folder that a build would change, and how. Raises InventoryError, StoreError."""
    return differing(build_noc(expect(load_city(settings.inventory)), places), folder)
