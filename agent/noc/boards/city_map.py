"""Where it is: sites on the map, and all of them in a list, for not every site has coordinates."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.boards.board import Board
from agent.noc.panels import WIDE, Query, calm, rows
from agent.noc.rule import meant
from agent.noc.tiles import STATE, STATE_WORDS, sites_on_map, tiles, to_sites

_TITLED = f"on (site) group_left (title, street, district) {meant(m.CITY_SITE_INFO.name)}"

MAP = (
    sites_on_map(
        "Sites: grey well, yellow degraded, red dark",
        Query(r.SITE_STATE.name),
        Query(meant(m.CITY_SITE_LATITUDE.name)),
        Query(meant(m.CITY_SITE_LONGITUDE.name)),
    ),
)
LISTS = (
    to_sites(
        tiles(
            "All sites",
            Query(r.SITE_STATE.name, "{{site}}"),
            "none",
            STATE,
            words=STATE_WORDS,
            width=WIDE,
            height=7,
        )
    ),
    rows(
        "Sites, worst first",
        Query(f"sort({r.SITE_UP.name} * {_TITLED})"),
        {
            "site": "Site",
            "title": "Title",
            "street": "Street",
            "district": "District",
            "Value": "Endpoints alive",
        },
        unit="percentunit",
        width=16,
    ),
    calm(
        rows(
            "Sites without coordinates",
            Query(f"{meant(m.CITY_SITE_INFO.name)} unless on (site) {m.CITY_SITE_LATITUDE.name}"),
            {"site": "Site", "title": "Title", "street": "Street"},
            width=8,
        ),
        "every site is on the map",
    ),
)

BOARD = Board(
    "map",
    "moulin-map",
    "City map",
    "Which sites are well, degraded or dark, and where they are. A marker or row leads to the site.",
    (("", MAP), ("", LISTS)),
)
