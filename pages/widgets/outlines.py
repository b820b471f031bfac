"""The outlines of the townships, as far as this server has them; what is lacking is said with its remedy, and tables
and charts go on without."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from data_access.errors import AppError
from data_access.polygons import are_schematic, load_polygons, polygons_file
from pages.shell import notices
from pages.shell.texts import t

_ICON = ":material/map:"


def read() -> list[dict[str, Any]]:
    """The GeoJSON features of the file in use; none where it cannot be used."""
    return _read(says=False) or []


def _read(*, says: bool) -> list[dict[str, Any]] | None:
    try:
        return load_polygons(polygons_file())
    except AppError as error:
        if says:
            st.error(notices.error_text(error), icon=_ICON)
        return None


def of(names: Mapping[str, str], *, says: bool = False) -> list[dict[str, Any]]:
    """The outlines of some townships.

    Args:
        names: code of a township -> its name.
        says: whether to say which are lacking, and what to do.
    """
    outlines = _read(says=says)
    found = [one for one in outlines or () if one["properties"]["code"] in names]
    there = {one["properties"]["code"] for one in found}
    lacking = [name for code, name in names.items() if code not in there]
    if not says or not lacking or outlines is None:
        return found
    if found:
        st.caption(t("map.outlines_missing", places=t("list.separator").join(lacking)))
    elif outlines and not are_schematic():
        theirs, ours = outlines[0]["properties"]["code"], next(iter(names))
        st.info(t("map.other_codes", file=polygons_file().name, theirs=theirs, ours=ours), icon=_ICON)
    else:
        st.info(t("map.no_outlines"), icon=_ICON)
    return found
