"""What every page opens with: whose workspace it is, what is in view, and the sidebar with the path of the work."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from core.datasets.content import Content
from core.datasets.importing import open_sample
from core.datasets.store import CONTENTS_KEPT, Dataset, list_datasets, open_dataset
from core.errors import UsageError, WorkbenchError
from core.hosting import Hosting, new_visitor, visitor_workspace
from core.jobs.job import Status
from core.runs.draft import Draft
from core.runs.record import Run, list_runs
from core.workspace import Workspace
from pages.shared.figure import offer_svg
from pages.shared.markdown import escape
from pages.shared.thumbnails import thumbnail_url

PRODUCT = "Image Classification Workbench"
# A file of ours: Streamlit fetches the favicons of its named icons from another company's server.
ICON = Path(__file__).parent / "icon.png"
COOKIE = "workbench_visitor"
STRIP_IMAGES = 5
# Streamlit leaves a hand's breadth above every page, which the first screenful has better use for.
STYLE = """<style>
  .stMainBlockContainer { padding-top: 2.5rem; padding-bottom: 3rem; }
  @media (min-width: 900px) { .stMainBlockContainer { padding-left: 3rem; padding-right: 3rem; } }
  [data-testid="stSidebarHeader"] { height: 2.5rem; margin-bottom: 0; }
</style>"""


@dataclass(frozen=True)
class Step:
    """A page on the path of the work."""

    key: str
    path: str
    label: str
    icon: str
    question: str


STEPS = {
    step.key: step
    for step in (
        Step("home", "streamlit_app.py", "Overview", "home", "Where does this project stand?"),
        Step("dataset", "pages/dataset.py", "Dataset", "photo_library", "Are these images fit to learn from?"),
        Step(
            "augmentation",
            "pages/augmentation.py",
            "Augmentation",
            "auto_awesome_motion",
            "What variations should not change the answer?",
        ),
        Step("model", "pages/model.py", "Model", "account_tree", "Which network, and why?"),
        Step("training", "pages/training.py", "Training", "show_chart", "Is it learning?"),
        Step("evaluation", "pages/evaluation.py", "Evaluation", "grid_on", "How good is it, and where does it err?"),
        Step(
            "compare",
            "pages/compare.py",
            "Compare",
            "compare_arrows",
            "Which is better, and is the difference real?",
        ),
        Step("predict", "pages/predict.py", "Predict", "image_search", "What does it say about new images?"),
        Step("concepts", "pages/concepts.py", "Concepts", "school", "How does it work?"),
    )
}

_set_cookie = component(
    "workbench_visitor_cookie",
    js="""export default function ({ data }) {
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `${data.name}=${data.value}; path=/; max-age=604800; SameSite=Lax${secure}`;
    }""",
)


@dataclass
class Page:
    """What a page works with.

    Parameters
    ----------
    step
        Which page it is.
    workspace
        Of this visitor.
    hosting
        The limits in force.
    dataset_in_view, run_in_view
        By the URL; None where there is none.
    """

    step: Step
    workspace: Workspace
    hosting: Hosting
    dataset_in_view: Dataset | None = None
    run_in_view: Run | None = None

    @property
    def dataset(self) -> Dataset:
        """The dataset in view.

        Raises
        ------
        UsageError
            Where there is none.
        """
        if self.dataset_in_view is None:
            raise UsageError("No dataset is in view. Open one on the page Dataset.")
        return self.dataset_in_view

    @property
    def run(self) -> Run:
        """The run in view.

        Raises
        ------
        UsageError
            Where there is none.
        """
        if self.run_in_view is None:
            raise UsageError("No run is in view. Choose one on the page Training.")
        return self.run_in_view

    @cached_property
    def runs(self) -> list[Run]:
        """The runs of the dataset in view, newest first."""
        return list_runs(self.workspace, self.dataset_in_view.name) if self.dataset_in_view else []

    @cached_property
    def draft(self) -> Draft:
        return Draft(self.dataset)

    def query(self, **changes: str) -> dict[str, str]:
        """The parameters of a link to another page that keeps what is in view."""
        view = {
            "dataset": self.dataset_in_view.name if self.dataset_in_view else "",
            "run": self.run_in_view.id if self.run_in_view else "",
        }
        return {key: value for key, value in (view | changes).items() if value}

    def link(self, key: str, label: str, icon: str | None = "arrow_forward", **changes: str) -> None:
        """A link to another page."""
        icon = f":material/{icon}:" if icon else None
        st.page_link(STEPS[key].path, label=label, icon=icon, query_params=self.query(**changes))

    def go(self, key: str, **changes: str) -> None:
        """Move to another page now."""
        st.switch_page(STEPS[key].path, query_params=self.query(**changes))

    def open_sample(self, name: str) -> None:
        """Open a drawn sample and move to its images; where there is no room for it, say so here."""
        try:
            open_sample(self.workspace, name)
        except WorkbenchError as error:
            st.error(escape(str(error)))
        else:
            self.go("dataset", dataset=name, run="")


def open_page(key: str) -> Page:
    """Set up the page, find what is in view, and draw the sidebar. Every page calls this first."""
    step = STEPS[key]
    st.set_page_config(f"{step.label} · {PRODUCT}", ICON, layout="wide")
    st.html(STYLE)
    hosting = Hosting.from_environment()
    page = Page(step, _workspace(hosting), hosting)
    _find_view(page)
    with st.sidebar:
        _sidebar(page)
        offer_svg()
    return page


def open_page_with_dataset(key: str) -> Page:
    """As `open_page`, for pages that need a dataset: without one, they say so and offer the way to one."""
    page = open_page(key)
    if page.dataset_in_view is not None and page.dataset.ready:
        return page
    st.title(page.step.question)
    if page.dataset_in_view is None:
        st.markdown("No images yet. Open a sample or bring your own; then this page has something to show.")
    else:
        st.markdown("The images of this dataset are not ready yet.")
    page.link("dataset", "Choose images", "photo_library")
    st.stop()


def drawn_badge(dataset: Dataset) -> None:
    """Say of drawn samples that they are."""
    if dataset.info.drawn:
        st.badge("Drawn by the program, not photographs", icon=":material/brush:", color="orange")


def untrained_badge(run: Run) -> None:
    """Say of runs on random backbones that they are."""
    if run.settings.untrained:
        st.badge("Untrained weights: the backbone is random numbers", icon=":material/casino:", color="red")


def _workspace(hosting: Hosting) -> Workspace:
    machine = Workspace.from_environment()
    if not hosting.hosted:
        return machine
    visitor = st.session_state.setdefault("visitor", st.context.cookies.get(COOKIE) or new_visitor())
    try:
        workspace = visitor_workspace(machine, visitor)
    except UsageError:  # a cookie that was tampered with
        visitor = st.session_state["visitor"] = new_visitor()
        workspace = visitor_workspace(machine, visitor)
    if st.context.cookies.get(COOKIE) != visitor:
        _set_cookie(data={"name": COOKIE, "value": visitor}, key="visitor_cookie")
    return workspace


def _find_view(page: Page) -> None:
    """Open what the URL names; where it names nothing, what was used last, and say so in the URL."""
    name, run_id = st.query_params.get("dataset"), st.query_params.get("run")
    if name:
        try:
            page.dataset_in_view = open_dataset(page.workspace, name)
        except UsageError as error:
            st.error(escape(str(error)), icon=":material/search_off:")
    else:
        page.dataset_in_view = max(list_datasets(page.workspace), key=_how_likely_meant, default=None)
    if page.dataset_in_view is None:
        return
    st.query_params["dataset"] = page.dataset.name
    if run_id:
        page.run_in_view = next((run for run in page.runs if run.id == run_id), None)
        if page.run_in_view is None:
            st.error(
                f"There is no run {escape(run_id)} of this dataset. It may have been deleted.",
                icon=":material/search_off:",
            )
            del st.query_params["run"]


def _how_likely_meant(dataset: Dataset) -> tuple[bool, float]:
    """What is used last comes first, but an import that failed only where there is nothing else."""
    return dataset.job.status().state not in ("failed", "stopped"), dataset.folder.stat().st_mtime


def _sidebar(page: Page) -> None:
    st.markdown(f"**{PRODUCT}**")
    _switcher(page)
    live = page.dataset_in_view is not None and any(run.status().active for run in page.runs)
    st.fragment(_path, run_every=2 if live else None)(page, live)


def _switcher(page: Page) -> None:
    """The open dataset, and the way to another."""
    datasets = {dataset.name: dataset for dataset in list_datasets(page.workspace)}
    if not datasets:
        return
    if page.dataset_in_view is not None and page.dataset.ready:
        _strip(page.dataset)
    names = list(datasets)
    chosen = st.selectbox(
        "Dataset",
        names,
        index=names.index(page.dataset.name) if page.dataset_in_view else None,
        format_func=lambda name: _title(datasets[name]),
        placeholder="Choose a dataset",
        label_visibility="collapsed",
        key=f"switcher_{page.step.key}_{page.dataset.name if page.dataset_in_view else ''}",
    )
    if chosen and (page.dataset_in_view is None or chosen != page.dataset.name):
        st.query_params.from_dict({"dataset": chosen})
        st.rerun()
    if page.dataset_in_view is not None and page.dataset.ready:
        kind = "drawn" if page.dataset.info.drawn else "your own"
        st.caption(f"{len(page.dataset.images):,} images · {len(page.dataset.class_names)} classes · {kind}")


def _title(dataset: Dataset) -> str:
    state = dataset.job.status().state
    if state == "failed" and dataset.question is not None:
        return f"{dataset.info.title} (has a question)"
    return dataset.info.title + {"failed": " (import failed)", "stopped": " (import stopped)"}.get(state, "")


def _strip(dataset: Dataset) -> None:
    """A few thumbnails, from different classes as far as there are."""
    content = dataset.content
    sources = [
        thumbnail_url(pixel_hash, 64, str(dataset.path_of(path)), content.reading)
        for pixel_hash, path in _images_of_strip(content)
    ]
    pictures = "".join(
        f'<img src="{source}" alt="" style="width:19%;aspect-ratio:1;object-fit:cover;border-radius:6px">'
        for source in sources
        if source
    )
    st.html(f'<div style="display:flex;gap:1.2%">{pictures}</div>')


@lru_cache(maxsize=CONTENTS_KEPT)  # of a hundred thousand images they take longer than the rest of the sidebar
def _images_of_strip(content: Content) -> list[tuple[str, str]]:
    """Hash of the pixels and path of each."""
    rows = content.images.groupby("label", sort=False).head(STRIP_IMAGES)
    rows = rows.sort_values("pixel_hash").head(STRIP_IMAGES)
    return list(zip(rows["pixel_hash"], rows["path"], strict=True))


def _path(page: Page, was_live: bool) -> None:
    """The steps, each with a mark for done, in progress or next."""
    if was_live and not any(run.status().active for run in page.runs):
        st.rerun(scope="app")
    marks = step_marks(page)
    for step in STEPS.values():
        mark = marks.get(step.key, "")
        icon = {"done": "check_circle", "next": "arrow_circle_right"}.get(mark, step.icon)
        label = f"**{step.label}**" if step.key == page.step.key else step.label
        if mark.endswith("%") or mark == "waiting":
            label += f" · {mark}"
        # The run that these pages will show is named at once, so that "back" has one step to go and not two.
        shows_newest = page.run_in_view is None and step.key in ("training", "evaluation") and page.runs
        view = page.query(run=page.runs[0].id) if shows_newest else page.query()
        st.page_link(step.path, label=label, icon=f":material/{icon}:", query_params=view, width="stretch")


def step_marks(page: Page) -> dict[str, str]:
    """For each step "done", "next", "waiting", or how far it is in percent."""
    if page.dataset_in_view is None or not page.dataset.ready:
        return {"dataset": "next"}
    statuses = [run.status() for run in page.runs]
    evaluated = any(run.predictions_path.exists() for run in page.runs)
    chosen = page.draft.chosen()
    marks = {"dataset": "done"}
    marks |= {"augmentation": "done"} if "augmentation" in chosen or page.runs else {}
    marks |= {"model": "done"} if "architecture" in chosen or page.runs else {}
    active = next((status for status in statuses if status.active), None)
    if active is not None:
        marks["training"] = "waiting" if active.state == "queued" else f"{run_percent(active)} %"
    elif evaluated:
        marks |= {"training": "done", "evaluation": "done"}
    else:
        following = [key for key in ("augmentation", "model", "training") if key not in marks]
        marks[following[0]] = "next"
    return marks


def run_percent(status: Status) -> int:
    """How far a run is: its epochs, once it trains."""
    return round(100 * status.fraction) if status.stage == "Training" else 0
