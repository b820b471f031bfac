"""Sent out and returned."""

import streamlit as st

from pages.components.texts import t

st.subheader(t("page.returns"))
