"""规则: the rules with their values, dates and sources, rendered from the rule files, and which of them judge this
district."""

import streamlit as st

from data_access import door
from data_access.facts import dictionary
from pages.about.rulebook import judged_day, tables
from pages.shell.texts import language, t

book = door.rulebook()
on = judged_day.read()
here = {rule.id for rule in book.rules_in_force(on=on)}
laid_down = {rule.id for rule in book.rules_laid_down(on=on)}

st.subheader(t("rulebook.title", version=book.version))
st.markdown(t("rulebook.intro"))
st.markdown(t("rulebook.in_force", on=on.isoformat(), rules=len(laid_down), in_force=len(here)))
tables.bands(book)
st.subheader(t("sources.title"))
st.markdown(t("sources.intro"))
is_mapped = book.coverage is not None and book.coverage.is_mapped
tables.sources(dictionary.describe_sources(book, on=on, language=language()), is_mapped=is_mapped)
for family in ("risk", "resistance"):
    st.subheader(t(f"family.{family}"))
    described = dictionary.describe_rules(book, family=family, language=language())
    tables.rules(described, out_of_force=laid_down - here)
st.subheader(t("rulebook.lines"))
tables.lines(book)
st.subheader(t("rulebook.limits"))
tables.limits(dictionary.describe_limits(language=language()))
