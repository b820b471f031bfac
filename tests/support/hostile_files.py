"""Files made to end, hang or fill whatever reads them; small enough to be made anew by every test."""

import zipfile
from collections.abc import Iterable
from io import BytesIO

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"


def workbook(sheet: str, *, strings: str = "", names: Iterable[str] = ("S",)) -> bytes:
    """A workbook around the XML of a sheet, which all its sheets share; `strings`: the XML of its shared strings."""
    sheets = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="a"/>' for at, name in enumerate(names, start=1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_DOCUMENT}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{_DOCUMENT}.worksheet+xml"/></Types>',
        "_rels/.rels": _links(("a", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(
            ("a", "worksheet", "worksheets/sheet1.xml"), ("b", "sharedStrings", "sharedStrings.xml")
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        SHEET: sheet,
    }
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def _links(*links: tuple[str, str, str]) -> str:
    told = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def sheet(rows: str) -> str:
    """The XML of a sheet."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def two_cells(last: str, *, cell: str = '<c r="{}"><v>1</v></c>') -> bytes:
    """A workbook of which A1 and one other cell are filled; `cell`: how a cell is written."""
    return workbook(sheet(f"<row>{cell.format('A1')}</row><row>{cell.format(last)}</row>"))
