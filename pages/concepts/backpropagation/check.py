"""Whether gradients are those that are measured."""

import streamlit as st

from core.concepts.backpropagation.gradient_check import GradientCheck


def show_check(check: GradientCheck) -> None:
    """Say how far they are apart."""
    mark = ":green[:material/check:] Checked" if check.agrees else ":orange[:material/compare_arrows:]"
    st.caption(
        f"{mark} {check.count} gradients against central differences of the loss: they differ by at most "
        f"{check.largest_difference:.1g}."
    )
