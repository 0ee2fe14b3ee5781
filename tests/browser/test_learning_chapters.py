"""The chapters on learning and architectures in a real browser: moved by keyboard, linked to, and on a telephone."""

import pytest
from playwright.sync_api import Page, expect

from core.runs.draft import Draft
from pages.concepts.chapters.learning import VIEWS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Tables are moved sideways; what is only for those who do not see, such as the text of formulas, takes no room.
LET_BE = "[data-testid=stDataFrame], .katex-mathml, .katex svg, input"
TOO_WIDE = f"""() => [...document.querySelectorAll('[data-testid=stMain] *')].filter((each) =>
    each.getBoundingClientRect().right > 401 && !each.closest('{LET_BE}')
).map((each) => each.outerHTML.slice(0, 120))"""


def test_a_slider_is_moved_by_keys_and_a_network_is_taken_along_to_the_model_page(serve, bring_sample, tab: Page):
    server = serve()
    dataset = bring_sample(server)
    tab.goto(f"{server.address}/concepts?chapter=learning&logit=0.8&dataset={dataset.name}")
    expect(tab.get_by_text("probability p 0.690")).to_be_visible()
    expect(tab.locator(".js-plotly-plot").first).to_be_in_viewport(ratio=1)
    tab.get_by_role("slider", name="Logit").first.press("ArrowRight")
    expect(tab.get_by_text("probability p 0.701")).to_be_visible()
    tab.wait_for_function("location.search.includes('logit=0.85')")

    tab.goto(f"{server.address}/concepts?chapter=architectures&network=resnet152&dataset={dataset.name}")
    expect(tab.get_by_role("img", name="A block of ResNet152")).to_be_in_viewport(ratio=1)
    tab.get_by_role("button", name="Choose ResNet152 for your images").click()
    expect(tab.get_by_role("heading", name="Which network, and why?")).to_be_visible()
    assert Draft(dataset).architecture.name == "resnet152"


def test_on_a_telephone_nothing_is_cut_off(serve, tab: Page):
    server = serve()
    tab.set_viewport_size({"width": 400, "height": 800})
    links = [f"chapter=learning&view={view}" for view in VIEWS]
    links += ["chapter=learning&loss=categorical"]
    links += [
        "chapter=architectures&network=inception_v3",
        "chapter=architectures&network=densenet121&beside=mobilenet",
    ]
    for link in links:
        tab.goto(f"{server.address}/concepts?{link}")
        expect(tab.get_by_text("Try yourself")).to_be_visible()
        expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        assert tab.evaluate(TOO_WIDE) == [], link
        assert tab.get_by_test_id("stException").count() == 0
