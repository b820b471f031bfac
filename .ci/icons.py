"""Takes out of Streamlit's font of 4,000 icons those that a page can show: every name that stands in its scripts, or in
our sources. Run it by `make icons`: it needs what can write fonts."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[1]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"


def main(static: Path) -> None:
    """Writes the font, and the list of what is in it below the name of the font that it was made from."""
    [source] = static.glob("static/media/MaterialSymbols-Rounded.*.woff2")
    font = TTFont(source)
    names = dict(_names(font))
    shown = sorted(_said([*static.glob("static/js/*.js"), *ROOT.glob("pages/**/*.py")]) & names.keys())
    options = subset.Options(flavor="woff2", layout_features=["*"], layout_closure=False, notdef_outline=True)
    chosen = subset.Subsetter(options)
    chosen.populate(glyphs={names[name] for name in shown}, text=LETTERS)
    chosen.subset(font)
    font.flavor = "woff2"
    font.save(ROOT / "pages/server/icons.woff2")
    (ROOT / "pages/server/icons.txt").write_text("\n".join([source.name, *shown, ""]), encoding="utf-8")


def _names(font: TTFont) -> Iterator[tuple[str, str]]:
    """The names by which icons are called, and their glyphs."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, ligatures in getattr(getattr(table, "ExtSubTable", table), "ligatures", {}).items():
                for ligature in ligatures:
                    yield "".join(letters.get(part, "?") for part in (first, *ligature.Component)), ligature.LigGlyph


def _said(files: Iterable[Path]) -> set[str]:
    """Every text of some files that may be the name of an icon."""
    quoted = re.compile(r"""["'`/:]([a-z0-9_]+):?["'`]""")
    return {name for file in files for name in quoted.findall(file.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
