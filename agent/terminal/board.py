"""A table that is renewed in place: the cursor stays on its row, a filter holds, nothing flickers."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets import DataTable

from agent.terminal.rows import Row, fold


class Board(DataTable[object]):
    """Rows with a key each."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        super().__init__(id=name, cursor_type="row", zebra_stripes=False)
        self._columns, self._rows = columns, list[Row]()
        self._words: tuple[str, ...] = ()
        self._only_troubles = False

    def on_mount(self) -> None:
        """The columns, and rows that were there before them."""
        for title in self._columns:
            self.add_column(title, key=title)
        self._draw()

    def show(self, rows: Sequence[Row]) -> None:
        """Renew the rows."""
        self._rows = list(rows)
        self._draw()

    def sift(self, text: str, *, only_troubles: bool) -> None:
        """Show only rows that hold every word of ``text``; or only those with something wrong."""
        self._words, self._only_troubles = tuple(fold(text).split()), only_troubles
        self._draw()

    @property
    def chosen(self) -> str | None:
        """Key of the row under the cursor."""
        if not self.row_count:
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def _draw(self) -> None:
        if not self.columns:
            return
        wanted = [
            row for row in self._rows if row.has(self._words) and not (self._only_troubles and row.calm)
        ]
        if [row.key for row in wanted] == [key.value for key in self.rows]:
            for row in wanted:
                for title, cell in zip(self._columns, row.cells, strict=True):
                    if self.get_cell(row.key, title) != cell:
                        self.update_cell(row.key, title, cell, update_width=True)
            return
        chosen, offset = self.chosen, self.scroll_offset
        self.clear()
        for row in wanted:
            self.add_row(*row.cells, key=row.key)
        at = next((number for number, row in enumerate(wanted) if row.key == chosen), None)
        if at is not None:
            self.move_cursor(row=at, scroll=False)
            self.scroll_to(*offset, animate=False)
