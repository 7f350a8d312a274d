"""Places of the city: ``sites.yaml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from agent.intent.record import Name, Record, Words


class Site(Record):
    """A building that holds at least one switch, or the point that a service is reported for."""

    title: Words
    street: Words
    district: Name
    kind: Words
    """``town hall``, ``school``, ``library``, ``data centre``…"""
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    contact: str = ""


class SitesFile(Record):
    """``sites.yaml``: districts with their titles, sites by name."""

    districts: dict[Name, Words]
    sites: dict[Name, Site]
