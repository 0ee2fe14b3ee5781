"""The process that has Keras loaded, one for all visitors of this server."""

import streamlit as st

from core.inference import Helper


@st.cache_resource(show_spinner=False)
def helper() -> Helper:
    """The one helper process of this server."""
    return Helper()
