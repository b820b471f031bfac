"""The XML of a sheet in pieces of whole rows: a sheet of any length is gone through, and never in memory as a whole."""

import re
from collections.abc import Iterator

PIECE = 1 << 20
"""How much of a part is unpacked at a time."""

_LONGEST_HEAD = 4 << 20
"""What stands above the rows, such as the widths of columns; a part in which they begin further down is no sheet."""
_FIRST_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")


class SheetPart:
    """A sheet as its part of a workbook says it. First take its pieces, then what stands below the rows."""

    def __init__(self, part: Iterator[bytes]) -> None:
        """`part`: its bytes, some at a time."""
        self._part = part
        self.head = b""
        """What stands above the first row."""
        self.closing = b""
        """What makes a sheet of the head and the piece that came last; empty if the part breaks off there."""
        self._tag = b""
        """The beginning of the tag of a row."""
        self._last = 0
        """The number of the last row so far."""
        self._held = bytearray()

    def pieces(self, size: int = PIECE) -> Iterator[bytes]:
        """The rows, in pieces of about so many bytes, each of which says with which number it begins."""
        self._find_first_row()
        end = self._tag.replace(b"<", b"</").replace(b"row", b"sheetData>")
        self.closing, looked = end + end.replace(b"sheetData", b"worksheet"), 0
        while self._tag:
            at = self._held.find(end, looked)
            if at >= 0:
                yield self._numbered(self._taken(at))
                return
            if len(self._held) >= size and (cut := self._held.rfind(self._tag)) > 0:
                yield self._numbered(self._taken(cut))
            looked = max(len(self._held) - len(end), 0)
            if not self._more():
                self.closing = b""
                yield self._numbered(self._taken(len(self._held)))
                return

    def rows(self, piece: bytes) -> Iterator[tuple[int, bytes]]:
        """The rows of a piece: the number of each, and what it says from its attributes on."""
        number = 0
        for row in piece.split(self._tag)[1:]:
            told = _NUMBER.search(row, 0, row.find(b">"))
            number = int(told[1]) if told else number + 1
            yield number, row

    def below(self) -> Iterator[bytes]:
        """What stands below the rows, in pieces that end before a tag."""
        while self._more():
            end = self._held.rfind(b"<")
            if end > 0:
                yield self._taken(end)
        yield self._taken(len(self._held))

    def _find_first_row(self) -> None:
        while self._more():
            first = _FIRST_ROW.search(self._held)
            if first is not None:
                self._tag = first[0]
                self.head = self._taken(first.start())
                return
            if len(self._held) > _LONGEST_HEAD:
                self._taken(PIECE)
        self.head = self._taken(len(self._held))

    def _numbered(self, piece: bytes) -> bytes:
        """A piece whose first row says its number: a row may leave it to those before it."""
        if piece and not _NUMBER.search(piece, 0, piece.find(b">")):
            begins = len(self._tag)
            piece = b'%b r="%d"%b' % (piece[:begins], self._last + 1, piece[begins:])
        at = piece.rfind(self._tag)
        told = _NUMBER.search(piece, at, piece.find(b">", at))
        self._last = int(told[1]) if told else max((number for number, _ in self.rows(piece)), default=self._last)
        return piece

    def _taken(self, size: int) -> bytes:
        """So many bytes of what is held, which are then held no more."""
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def _more(self) -> bool:
        piece = next(self._part, b"")
        self._held += piece
        return bool(piece)
