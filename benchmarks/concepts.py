"""How quickly the controls of the page Concepts answer: from the key that moves one until its chapter is drawn anew.

Drives a real Chromium against a real server, with the drawn cats and dogs open and a small network trained on them.
Each slider, switch, row of buttons and list of each chapter is moved by keyboard, there and back; the time ends once
the server has drawn everything and all pictures are there. Beside it stands the whole page drawn anew, as a page
without fragments would have to be for each move. Prints a table and writes JSON.
"""

import argparse
import json
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from browser import Server, add_output_option, open_tab, until_idle
from playwright.sync_api import Locator, Page, expect

import core
from core.runs.settings.parameters import Choice
from core.workspace import Workspace
from pages.concepts.chapter import Chapter
from pages.concepts.contents import CHAPTERS

MOST_SECONDS, SHARE = 0.3, 0.95
SAMPLE = "cats_vs_dogs_sample"
ROUNDS = 2
MAIN = "[data-testid=stMain]"
# Controls by what is pressed on them: there and back.
KEYS = {
    "slider": ("[data-testid=stSlider] input", ("ArrowRight", "ArrowLeft")),
    "switch": ("[data-testid=stCheckbox] input", ("Space", "Space")),
    "number": ("[data-testid=stNumberInput] input", ("ArrowUp", "ArrowDown")),
}
# Notes when the page was told something, and when it had drawn all of what came of it.
WATCH = """() => {
  if (window.answers) return;
  const app = document.querySelector("[data-testid=stApp]");
  const watch = window.answers = { began: 0, ran: false, done: 0 };
  const begin = () => Object.assign(watch, { began: performance.now(), ran: false, done: 0 });
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, begin, true);
  const pictured = () => [...document.images].every((image) => image.complete);
  const look = () => {
    const running = app.dataset.testScriptState !== "notRunning";
    if (running) watch.ran = true;
    else if (watch.ran && !watch.done && pictured()) watch.done = performance.now();
    requestAnimationFrame(look);
  };
  look();
}"""
SECONDS_TO_ANSWER, MOST_MILLISECONDS_TO_BEGIN = 20, 2000
WHOLE_PAGE = "the whole page"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chapter", action="append", choices=list(CHAPTERS), help="only this one")
    add_output_option(parser, "concepts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_tab() as tab:
        if tab is None:
            return
        home = Path(folder) / "workspace"
        core.train(SAMPLE, Workspace.at(home), architecture="small_cnn", epochs=2, seed=1)
        server = Server(home)
        server.start()
        try:
            found = {key: chapter(server, tab, key) for key in options.chapter or CHAPTERS}
        finally:
            server.stop()
    show(found)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(found, indent=1))


def chapter(server: Server, tab: Page, key: str) -> dict[str, list[float]]:
    """By control, the seconds of each move in any view of a chapter; the whole page's by `WHOLE_PAGE`."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for view in views(CHAPTERS[key]):
        for name, times in measure(server, tab, key, view).items():
            seconds[name] += times
    return dict(seconds)


def views(chapter: Chapter) -> list[str]:
    """What a link says after the chapter, for each of its views."""
    found = next((parameter for parameter in chapter.parameters if parameter.name == "view"), None)
    return [f"&view={view}" for view in found.options] if isinstance(found, Choice) else [""]


def measure(server: Server, tab: Page, key: str, view: str) -> dict[str, list[float]]:
    """By control, the seconds of each move in one view."""
    tab.goto(f"{server.address}/concepts?chapter={key}&dataset={SAMPLE}{view}")
    expect(tab.get_by_role("heading", name="Try yourself")).to_be_visible()
    settle(tab)
    seconds: dict[str, list[float]] = defaultdict(list)
    for kind, (selector, keys) in KEYS.items():
        for place in range(tab.locator(f"{MAIN} {selector}").count()):
            for pressed in keys * ROUNDS:
                control = tab.locator(f"{MAIN} {selector}").nth(place)
                if not control.count() or control.is_disabled():
                    break
                name = f"{kind} {name_of(control)}"
                if (took := press(tab, control, pressed)) is not None:
                    seconds[name].append(took)
    for name, groups in buttons(tab).items():
        for label in groups[::-1] * 2:
            option = tab.get_by_role("radiogroup", name=name, exact=True).get_by_role("radio", name=label, exact=True)
            if option.count() == 1 and (took := click(tab, option)) is not None:
                seconds[f"buttons {name}"].append(took)
    seconds[WHOLE_PAGE] = [whole_page(tab) for _ in range(ROUNDS)]
    return dict(seconds)


def buttons(tab: Page) -> dict[str, list[str]]:
    """Rows of buttons by their label, each with the labels of its buttons; the row of chapters aside."""
    found = {}
    for group in tab.locator(f"{MAIN} [data-testid=stButtonGroup]").all():
        label = group.locator("label").first.inner_text() if group.locator("label").count() else ""
        options = [option.inner_text() for option in group.get_by_role("radio").all()]
        if label and label != "Chapter":
            found[label.strip()] = options
    return found


def name_of(control: Locator) -> str:
    """What a control is called on the page."""
    name = control.get_attribute("aria-label")
    return name or control.evaluate("e => e.closest('[data-testid^=st]')?.innerText?.split('\\n')[0] ?? ''")


def press(tab: Page, control: Locator, key: str) -> float | None:
    control.focus()
    tab.keyboard.press(key)
    return answered(tab)


def click(tab: Page, control: Locator) -> float | None:
    control.click()
    return answered(tab)


def answered(tab: Page) -> float | None:
    """Seconds from the last key or click until all was drawn; None where it changed nothing."""
    try:
        tab.wait_for_function("answers.ran", timeout=MOST_MILLISECONDS_TO_BEGIN, polling="raf")
    except Exception:  # at the end of its range, a control has nothing to say
        return None
    tab.wait_for_function("answers.done", timeout=1000 * SECONDS_TO_ANSWER, polling="raf")
    return tab.evaluate("(answers.done - answers.began) / 1000")


def whole_page(tab: Page) -> float:
    """Seconds in which all of the page is drawn anew, which the key R asks for."""
    tab.evaluate("document.activeElement?.blur()")
    tab.keyboard.press("r")
    return answered(tab) or 0.0


def settle(tab: Page) -> None:
    until_idle(tab)
    tab.evaluate(WATCH)
    tab.wait_for_timeout(500)


def show(found: dict[str, dict[str, list[float]]]) -> None:
    every = [took for moves in found.values() for name, took in _moves(moves)]
    print(f"{'chapter':<17}{'moves':>6}{'median':>9}{'p95':>9}{'whole page':>12}  slowest")
    for key, moves in found.items():
        times = [took for _, took in _moves(moves)]
        if not times:
            print(f"{key:<17}{0:>6}")
            continue
        name, slowest = max(_moves(moves), key=lambda move: move[1])
        whole = statistics.median(moves[WHOLE_PAGE])
        print(
            f"{key:<17}{len(times):>6}{statistics.median(times):>7.2f} s{np.quantile(times, SHARE):>7.2f} s"
            f"{whole:>10.2f} s  {slowest:.2f} s: {name}"
        )
    if every:
        p95 = np.quantile(every, SHARE)
        print(f"\nAll {len(every)} moves: p95 {p95:.2f} s (asked: under {MOST_SECONDS:g} s)")


def _moves(moves: dict[str, list[float]]) -> list[tuple[str, float]]:
    return [(name, took) for name, times in moves.items() if name != WHOLE_PAGE for took in times]


if __name__ == "__main__":
    main()
