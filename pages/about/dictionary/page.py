"""数据字典: tables, indicators and metrics, from their declarations."""

import streamlit as st

from data_access.facts import dictionary
from pages.about.dictionary import tables as dictionary_tables
from pages.shell.texts import language, t

part = dictionary_tables.choose_part()
st.markdown(t(f"dictionary.{part}_intro"))

if part == "metrics":
    dictionary_tables.metrics(dictionary.describe_metrics(language=language()))
elif part == "indicators":
    dictionary_tables.indicators(dictionary.describe_indicators(language=language()))
else:
    tables = dictionary.describe_tables(language=language())
    chosen = dictionary_tables.choose_table(tables)
    dictionary_tables.columns(dictionary.describe_columns(chosen, language=language()))
