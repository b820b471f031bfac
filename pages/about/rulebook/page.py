"""规则: the rules in force with their values, dates and sources, rendered from the rule files."""

import streamlit as st

from data_access import door
from data_access.facts import dictionary
from pages.about.rulebook import tables
from pages.shell.texts import language, t

book = door.rulebook()

st.subheader(t("rulebook.title", version=book.version))
st.markdown(t("rulebook.intro"))
tables.bands(book)
for family in ("risk", "resistance"):
    st.subheader(t(f"family.{family}"))
    tables.rules(dictionary.describe_rules(book, family=family, language=language()))
st.subheader(t("rulebook.lines"))
tables.lines(book)
st.subheader(t("rulebook.limits"))
tables.limits(dictionary.describe_limits(language=language()))
