"""Which network fits these images, why, and one click to take it."""

import streamlit as st

from core.advice.architecture_advice import Advice, Plan, advice_for
from core.advice.baselines import Baselines, baselines
from pages.shared.four_cases import show_cases
from pages.shared.linear_probe import PROMISE, findings_so_far, is_probing, probe_button, show_course, show_findings
from pages.shared.markdown import escape
from pages.shared.page import Page

TAKEN = "advice_taken"


def show_advice(page: Page) -> None:
    """Where the dataset in view lies among the four cases, and which network fits; live while it is looked at."""
    active = is_probing(page)
    st.fragment(_live, run_every=1 if active else None)(page, active)


def _live(page: Page, was_active: bool) -> None:
    active = is_probing(page)
    # The rest of the page has to follow what was taken, and the end of a look.
    if st.session_state.pop(TAKEN, False) or (was_active and not active):
        st.rerun(scope="app")
    show_course(page)
    findings = findings_so_far(page)
    # While it is going on, what it may come to is open.
    advice = advice_for(page.dataset, None if active else findings)
    st.markdown(f"**{escape(advice.headline())}** {escape(advice.reasons())}")
    _actions(page, advice, findings is None)
    found = findings is not None and bool(findings.tried)
    picture, figures = st.columns(2, gap="large") if found else (st.container(), None)
    with picture:
        show_cases(advice)
    if figures is not None and findings is not None:
        with figures:
            show_findings(findings)
    show_baselines(baselines(page.dataset))


# What to do ----------------------------------------------------------------------------------------------------------


def _actions(page: Page, advice: Advice, first: bool) -> None:
    if first and not is_probing(page):
        st.markdown(PROMISE)
    with st.container(horizontal=True):
        if advice.plan is not None:
            take_button(page, advice.plan, "take_advice")
        probe_button(page, first)
    if advice.plan is not None:
        say_settings(page, advice.plan)
    if advice.remark():
        st.caption(escape(advice.remark()))


def take_button(page: Page, plan: Plan, key: str) -> None:
    """The button that has the next training go by a plan, unless it does."""
    if not is_taken(page, plan):
        st.button(take_label(plan), icon=":material/check:", on_click=_take, args=(page, plan), key=key)


def say_settings(page: Page, plan: Plan) -> None:
    """What of the settings a plan sets, or has set."""
    verb = "The next training has it" if is_taken(page, plan) else "It sets"
    st.caption(escape(f"{verb}: {plan.settings_words()}."))


def take_label(plan: Plan) -> str:
    """What the button is called."""
    title = escape(plan.architecture.title)
    if plan.blocks:
        return f"Take {title}, {plan.blocks} blocks fine-tuned"
    return f"Take {title}"


def is_taken(page: Page, plan: Plan) -> bool:
    """Whether the draft is as the plan wants it."""
    values = page.draft.values()
    return all(values.get(name) == value for name, value in plan.settings.items())


def _take(page: Page, plan: Plan) -> None:
    page.draft.choose(**plan.settings)
    # The choice of weights remembers what was chosen there last, and would choose it again.
    if (key := f"weights_{page.dataset.name}_{plan.architecture.name}") in st.session_state:
        st.session_state[key] = "ImageNet"
    st.session_state[TAKEN] = True


# What to beat --------------------------------------------------------------------------------------------------------


def show_baselines(known: Baselines) -> None:
    """Chance, the commonest class, and what others reached."""
    st.markdown(escape(known.words()))
    if not known.published:
        return
    with st.expander("What others reached", icon=":material/menu_book:"):
        for entry in known.published:
            st.markdown(f"- **{escape(entry.words())}**: {escape(entry.result.setting)}")
            st.caption(f"Source: {escape(entry.result.source)}.")
