"""The Grafana dashboards, made from catalogue and recordings only, and their order on the wall."""

from __future__ import annotations

from typing import Any

from agent.noc.boards import (
    capacity,
    carriers,
    cctv,
    change,
    city,
    city_map,
    collector,
    energy,
    optics,
    port,
    quality,
    site,
    switch,
    tenants,
    wall,
    wifi,
)
from agent.noc.boards.board import Board, build_board, queries_of

__all__ = ["BOARDS", "build_dashboards", "build_playlist", "queries_of"]

BOARDS: tuple[Board, ...] = tuple(
    room.BOARD
    for room in (
        wall, city, city_map, site, switch, port, cctv, wifi, quality, carriers, tenants, capacity, optics,
        energy, collector, change,
    )
)  # fmt: skip
_ON_THE_WALL = (wall, city_map, cctv, carriers)
WALL_INTERVAL = "1m"


def build_dashboards() -> dict[str, dict[str, Any]]:
    """File name to dashboard, as plain data ready for JSON. The UIDs never change, so links to them last."""
    return {f"{board.name}.json": build_board(board) for board in BOARDS}


def build_playlist() -> dict[str, Any]:
    """The boards of the wall in order, as ``POST /api/playlists`` takes them: no file provisions one."""
    return {
        "name": "NOC wall",
        "interval": WALL_INTERVAL,
        "items": [
            {"type": "dashboard_by_uid", "value": room.BOARD.uid, "title": room.BOARD.title}
            for room in _ON_THE_WALL
        ],
    }
