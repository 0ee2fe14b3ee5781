"""Concepts: the ideas of a CNN course, each on one's own images and network."""

import streamlit as st

from core.concepts.worked_example import WorkedExample
from core.concepts.worked_examples import examples_of
from core.runs.settings.parameters import Choice
from pages.concepts.chapter import Chapter
from pages.concepts.contents import CHAPTERS
from pages.concepts.questions import show_questions
from pages.concepts.state import State
from pages.shared.markdown import escape
from pages.shared.page import Page, drawn_badge, open_page

# What stands in the URL whatever the chapter.
KEPT = ("dataset", "run", "image")
SHOWN, LINKS_FOLLOWED = "concepts_shown", "concepts_links_followed"
# With another number each time, since the browser runs a script once.
SCROLL_UP = """<script>
    document.querySelector("[data-testid=stMain]")?.scrollTo({{ top: 0 }}); // {number}
</script>"""


def main() -> None:
    page = open_page("concepts")
    is_linked = st.session_state.get(SHOWN, url_settings()) != url_settings()
    st.title(page.step.question)
    chapter = choose_chapter()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{number_of(chapter)}. {chapter.title}", width="content")
        if page.dataset_in_view is not None:
            drawn_badge(page.dataset)
    st.markdown(chapter.idea)
    st.fragment(show)(page, chapter)
    with st.container(border=True):
        st.markdown("**In your network**")
        chapter.in_your_network(page)
    show_examples(page, examples_of(chapter.key))
    show_questions(chapter.questions, chapter.key)
    show_way_on(page, chapter)
    if is_linked:
        scroll_up()


def choose_chapter() -> Chapter:
    """The chapter that the URL names, and the way to the others; its own settings stand in the URL, no others."""
    titles = {key: f"{number}. {chapter.title}" for number, (key, chapter) in enumerate(CHAPTERS.items(), 1)}
    state = State("page", (Choice("chapter", "Chapter", "", titles, default=next(iter(CHAPTERS))),))
    for words in state.mended:
        st.warning(words, icon=":material/search_off:")
    chapter = CHAPTERS[state.buttons("chapter", label_visibility="collapsed", wrap=True)]
    known = {*KEPT, "chapter", *(parameter.name for parameter in chapter.parameters)}
    for name in set(st.query_params) - known:
        del st.query_params[name]
    return chapter


def show(page: Page, chapter: Chapter) -> None:
    """What there is to move, and the picture that answers."""
    state = State(chapter.key, chapter.parameters)
    for words in state.mended:
        st.warning(words, icon=":material/link_off:")
    chapter.show(page, state)
    st.session_state[SHOWN] = url_settings()


def show_examples(page: Page, examples: list[WorkedExample]) -> None:
    """What the course's material states in numbers, each with the link that opens it above."""
    if not examples:
        return
    with st.expander(f"Worked examples ({len(examples)})", icon=":material/calculate:"):
        for example in examples:
            mark = ":green[:material/check:]" if example.holds else ":red[:material/close:]"
            source = f" *{escape(example.source)}*" if example.source else ""
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{mark} {escape(example.statement)}{source}", width="stretch")
                if example.state:
                    query = page.query(chapter=example.chapter, **example.state)
                    st.page_link(page.step.path, label="Open", icon=":material/open_in_new:", query_params=query)


def show_way_on(page: Page, chapter: Chapter) -> None:
    """To the chapters before and after."""
    chapters = list(CHAPTERS.values())
    place = chapters.index(chapter)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if place:
            link(page, chapters[place - 1], f"{place}. {chapters[place - 1].title}", "arrow_back")
        if place + 1 < len(chapters):
            link(page, chapters[place + 1], f"{place + 2}. {chapters[place + 1].title}", "arrow_forward")


def link(page: Page, chapter: Chapter, label: str, icon: str | None = None) -> None:
    """A link to a chapter, which keeps what is in view."""
    kept = {key: st.query_params[key] for key in KEPT if key in st.query_params}
    query = page.query(**kept, chapter=chapter.key)
    st.page_link(
        page.step.path,
        label=label,
        icon=f":material/{icon or chapter.icon}:",
        query_params=query,
        width="content",
    )


def url_settings() -> dict[str, str]:
    """What the URL says."""
    return st.query_params.to_dict()


def scroll_up() -> None:
    """Go to the top of the page: links stand below what they open, which is not to change unseen."""
    number = st.session_state[LINKS_FOLLOWED] = st.session_state.get(LINKS_FOLLOWED, 0) + 1
    st.html(SCROLL_UP.format(number=number), unsafe_allow_javascript=True)


def number_of(chapter: Chapter) -> int:
    return list(CHAPTERS).index(chapter.key) + 1


main()
