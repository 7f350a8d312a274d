"""Places of the city: ``sites.yaml``."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from agent.intent.record import Name, Record, Words


class Site(Record):
    """A building that holds at least one switch, or the point that a service is reported for."""

    title: Words
    street: Words
    district: Name
    kind: Words
    """``town hall``, ``school``, ``library``, ``data centre``…"""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    """Both or neither: a site without them is in every list, and not on the map."""
    contact: str = ""

    @model_validator(mode="after")
    def _whole_point(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude go together: give both, or leave both out")
        return self


class SitesFile(Record):
    """``sites.yaml``: districts with their titles, sites by name."""

    districts: dict[Name, Words]
    sites: dict[Name, Site]
