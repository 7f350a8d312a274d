"""Where a site is may be unknown, but not half known."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agent.intent.site import Site

WORDS = {"title": "Shed", "street": "quai 3", "district": "port", "kind": "store"}


def test_a_site_needs_no_coordinates() -> None:
    site = Site.model_validate(WORDS)
    assert (site.latitude, site.longitude) == (None, None)


@pytest.mark.parametrize("half", ["latitude", "longitude"])
def test_half_a_point_is_refused(half: str) -> None:
    with pytest.raises(ValidationError, match="go together"):
        Site.model_validate({**WORDS, half: 0.5})
