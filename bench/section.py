"""``RESULTS.md`` by sections: whoever writes one leaves the others as they are."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


def write_section(title: str, body: str, path: Path = RESULTS) -> None:
    """Replace the section with this title, or append it."""
    text = path.read_text("utf-8") if path.exists() else "# Results\n"
    path.write_text(replace_section(text, title, body), "utf-8")


def replace_section(text: str, title: str, body: str) -> str:
    r"""The text with another section of that title.

    >>> replace_section("# R\n\n## A\n\none\n\n## B\n\ntwo\n", "A", "three\n")
    '# R\n\n## A\n\nthree\n\n## B\n\ntwo\n'
    >>> replace_section("# R\n", "C", "four")
    '# R\n\n## C\n\nfour\n'
    """
    before, found, after = text.partition(f"\n## {title}\n")
    following = after.partition("\n## ")
    rest = f"\n\n## {following[2].strip()}" if found and following[1] else ""
    return f"{before.rstrip()}\n\n## {title}\n\n{body.strip()}{rest}\n"
