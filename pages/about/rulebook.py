"""规则: the rules in force with their values, dates and sources, rendered from the rule files."""

import streamlit as st

from data_access import cached, dictionary
from pages.components import rule_tables
from pages.components.texts import language, t

book = cached.rulebook()

st.subheader(t("rulebook.title", version=book.version))
st.markdown(t("rulebook.intro"))
rule_tables.bands(book)
for family in ("risk", "resistance"):
    st.subheader(t(f"family.{family}"))
    rule_tables.rules(dictionary.describe_rules(book, family=family, language=language()))
st.subheader(t("rulebook.lines"))
rule_tables.lines(book)
st.subheader(t("rulebook.limits"))
rule_tables.limits(dictionary.describe_limits(language=language()))
