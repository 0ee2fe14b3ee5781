"""The four cases of transfer learning, two by two, with the place of a dataset."""

import html

import streamlit as st

from core.advice.architecture_advice import CASES, LARGE_CLASS, LARGE_SET, Advice, Case
from core.advice.domain_similarity import DISSIMILAR_BELOW, PARTLY, SIMILAR_FROM
from core.figures.colours import SPLIT_COLOURS

RULE = (
    f"Many: at least {LARGE_CLASS:,} training images a class and {LARGE_SET:,} in all, a rule of thumb. Like "
    f"ImageNet’s: frozen features avoid at least {100 * SIMILAR_FROM:.0f} % of a plain baseline’s errors; unlike: less "
    f"than {100 * DISSIMILAR_BELOW:.0f} %."
)
ACCENT = SPLIT_COLOURS["train"]
# Lines are drawn in the colour of the text, so that they suit the light and the dark.
STYLE = f"""<style>
  .four-cases {{ border-collapse: separate; border-spacing: 6px; margin: 0 -6px; table-layout: fixed;
    width: calc(100% + 12px); }}
  .four-cases th {{ border: 0; font-size: 0.875rem; font-weight: 600; opacity: 0.75; padding: 2px; text-align: left; }}
  .four-cases tbody th {{ vertical-align: top; }}
  .four-cases col.rows {{ width: 4.6rem; }}
  .four-cases td {{ border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 8px;
    font-size: 0.9rem; line-height: 1.35; padding: 0.6rem 0.7rem; vertical-align: top; }}
  .four-cases td.here {{ background: color-mix(in srgb, {ACCENT} 14%, transparent);
    border: 2px solid {ACCENT}; }}
  .four-cases td.maybe {{ border-style: dashed; }}
  .four-cases .mark {{ display: block; font-size: 0.8rem; font-weight: 600; margin-top: 0.4rem; }}
  .four-cases .mark::before {{ background: {ACCENT}; border-radius: 50%; content: ""; display: inline-block;
    height: 0.6rem; margin-right: 0.35rem; width: 0.6rem; }}
</style>"""


def show_cases(advice: Advice | None = None) -> None:
    """The four cases, large and small by like and unlike, with the place of a dataset that there is advice for."""
    rows = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(_cell(case, advice) for case in CASES if case.large == large)}</tr>'
        for name, large in (("Many images", True), ("Few images", False))
    )
    head = (
        '<tr><td style="border:0"></td><th scope="col">Like ImageNet’s</th><th scope="col">Unlike ImageNet’s</th></tr>'
    )
    columns = '<colgroup><col class="rows"><col><col></colgroup>'
    st.html(f'{STYLE}<table class="four-cases">{columns}<thead>{head}</thead><tbody>{rows}</tbody></table>')
    st.caption(RULE)


def _cell(case: Case, advice: Advice | None) -> str:
    if advice is None or case not in advice.cases:
        return f"<td>{html.escape(case.words)}</td>"
    certain = len(advice.cases) == 1
    between = "between the two" if advice.similarity.verdict == PARTLY else "one of the two"
    mark = "These images" if certain else f"These images: {between}"
    kind = "here" if certain else "here maybe"
    return f'<td class="{kind}">{html.escape(case.words)}<span class="mark">{mark}</span></td>'
