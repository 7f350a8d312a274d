from __future__ import annotations

import pytest

from agent.errors import ConfigSyntaxError
from agent.nxos.parse import parse_config
from tests.recordings import needs_shared, running_configs


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("% Invalid command at '^' marker.\n", "line 1", id="error-reply"),
        pytest.param("hostname a\n<html>\n", "line 2", id="html"),
        pytest.param("hostname a\x07b\n", "line 1", id="control-character"),
        pytest.param("  mtu 9216\n", "indented below nothing", id="child-without-parent"),
        pytest.param("banner motd #\nhello\n", "no closing '#'", id="unended-banner"),
        pytest.param("interface Ethernet1/1\n\tmtu 9216\n", "line 2", id="tab"),
    ],
)
def test_text_that_is_no_configuration_is_named_with_its_line(text: str, says: str) -> None:
    with pytest.raises(ConfigSyntaxError, match=says):
        parse_config(text)


def test_banner_is_one_line_whatever_stands_in_it() -> None:
    text = "banner motd ^\nville\n\n! not a comment\n  indented\n^\nhostname a\n"
    tree = parse_config(text)
    assert [line.text.split()[0] for line in tree.statements()] == ["banner", "hostname"]
    assert tree.render() == text


def test_text_without_final_newline_comes_back_without_it() -> None:
    assert parse_config("hostname a").render() == "hostname a"


@needs_shared
@pytest.mark.parametrize("name", sorted(running_configs()))
def test_recorded_configuration_renders_back_to_the_same_text(name: str) -> None:
    text = running_configs()[name]
    assert parse_config(text).render() == text
