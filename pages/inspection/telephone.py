"""Telephone checks."""

import streamlit as st

from pages.components.texts import t

st.subheader(t("page.telephone"))
