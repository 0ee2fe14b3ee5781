"""Who trains, validates and tests: what each class gets, and other ways to divide."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.datasets.grouping.cameras import CAMERA, MOMENT
from core.datasets.grouping.groups import GROUP, refuse_one_group
from core.datasets.grouping.name_patterns import LONGEST_NAME
from core.datasets.known import known_card
from core.datasets.splits import MOST_FOLDS, SPLITS, SplitSettings
from core.datasets.store import Dataset
from core.errors import WorkbenchError
from core.figures.colours import SPLIT_COLOURS
from core.figures.text import plain
from pages.shared.figure import show_figure
from pages.shared.markdown import escape

BARS_HEIGHT = 270
FEW_CLASSES = 12
SHARES, COUNTS, FOLDS = "shares", "numbers of images", "folds"
APART, FOLDER, COLUMN, NAME = "each image on its own", "the folder", "the table's group column", "the file name"
BY_CAMERA, BY_MOMENT = "the camera", "the camera and the minute"
RULES = {"": APART, "folder": FOLDER, "column": COLUMN, CAMERA: BY_CAMERA, MOMENT: BY_MOMENT}


def show_counts(dataset: Dataset) -> None:
    """Classes as bars, divided into training, validation and test."""
    counts = dataset.content.counts[::-1]
    figure, labels = go.Figure(), _bar_labels(list(counts.index))
    for split in SPLITS:
        figure.add_bar(
            y=labels,
            x=counts[split],
            name=split,
            orientation="h",
            marker_color=SPLIT_COLOURS[split],
            customdata=[plain(name) for name in counts.index],
            hovertemplate="%{customdata}: %{x:,} images<extra>" + split + "</extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=90 + min(44 * len(counts), max(BARS_HEIGHT, 9 * len(counts))),
        margin={"l": 0, "r": 0, "t": 30, "b": 0},
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
            "entrywidth": 0.32,  # in pixels, three entries side by side do not fit every width
            "entrywidthmode": "fraction",
            "font": {"size": 10 if len(counts) > FEW_CLASSES else 12},
        },
        xaxis_title="images",
        yaxis={"type": "category", "tickfont": {"size": 10 if len(counts) > FEW_CLASSES else 13}},
    )
    alternative = "; ".join(
        f"{name}: {', '.join(f'{counts.at[name, s]} {s}' for s in SPLITS)}" for name in counts.index
    )
    show_figure(figure, f"images_of_{dataset.name}", f"Images per class and split. {alternative}")


def _bar_labels(names: list[str]) -> list[str]:
    """Short names, for Plotly, which reads some HTML, and would stack bars of the same name upon each other."""
    short = [_short(name) for name in names]
    return [plain(label if short.count(label) == 1 else f"{label} {number}") for number, label in enumerate(short)]


def _short(name: str, length: int = 18) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"


def show_split(dataset: Dataset) -> None:
    """What each class gets, and another split."""
    bars, controls = st.columns([2, 3], gap="large")
    with bars:
        show_counts(dataset)
        st.dataframe(dataset.content.counts, alt="Images of each class in each part of the split")
    with controls:
        st.markdown(
            "The network learns from the **training** images, **validation** decides when to stop, and only the "
            "**test** images, which it never saw, tell how good it is. Each class keeps its share in every part."
        )
        if dataset.content.brings_split:
            given = ", ".join(sorted(set(dataset.content.table["given_split"]) - {""}))
            st.info(f"This dataset brings its own split ({given}); it is kept. What it lacks is cut from training.")
        if dataset.content.parts:
            st.caption("Images that are added later get a place of their own; none of those that are here moves.")
        choose_split(dataset)


def choose_split(dataset: Dataset) -> None:
    settings = dataset.split_settings
    how = st.segmented_control(
        "Divide by",
        [SHARES, COUNTS, FOLDS],
        default=FOLDS if settings.folds else SHARES if settings.test < 1 else COUNTS,
        required=True,
        key=f"divide_by_{dataset.name}",
        help="Folds are for few images: each part tests once, in a run of its own, and together they evaluate by all.",
    )
    together = _choose_groups(dataset, settings)
    with st.form(f"split_{dataset.name}", border=False):
        sizes = {SHARES: _shares, COUNTS: _counts, FOLDS: _folds}[how](dataset, settings)
        near = st.checkbox(
            "Keep copies and near copies on one side",
            settings.near_duplicates_together,
            help="Else the network may be tested on a picture that it has learned from. Equal pixels always stay "
            "together.",
        )
        seed = st.number_input("Seed: another number draws another split", 0, 2**31 - 1, settings.seed)
        if st.form_submit_button("Divide the images", type="primary"):
            try:
                dataset.set_split(
                    SplitSettings(**sizes, seed=int(seed), group_by=together, near_duplicates_together=near)
                )
            except WorkbenchError as error:
                st.error(escape(str(error)))
                return
            st.toast("Divided. Runs that are there keep the split they were trained with.")
            st.rerun()


def _choose_groups(dataset: Dataset, settings: SplitSettings) -> str:
    """The rule by which images belong together, as `core.datasets.grouping.groups` reads it."""
    images = dataset.images
    kinds = [APART, FOLDER, NAME]
    if (images["given_group"] != "").any():
        kinds.insert(2, COLUMN)
    if len(dataset.content.cameras):
        kinds += [BY_CAMERA, BY_MOMENT]
    now = RULES.get(settings.group_by, NAME)
    kind = st.selectbox(
        "Keep together, never on both sides",
        kinds,
        index=kinds.index(now) if now in kinds else 0,
        key=f"group_kind_{dataset.name}",
        help="Photographs of one patient, one place or one moment resemble each other. A network that has learned from "
        "some of them finds the others too easy.",
    )
    if kind == NAME:
        suggested = settings.group_by if now == NAME else suggested_template(dataset)
        example = images["path"].iloc[0].rsplit("/", 1)[-1]
        rule = st.text_input(
            "What file names look like",
            suggested,
            key=f"group_template_{dataset.name}",
            max_chars=LONGEST_NAME,
            help=escape(
                "{group} stands for what images of one group share, * for anything else: by {group}_*, p12_1.jpg and "
                "p12_2.jpg belong together. Folders are written with a slash, patient_{group}/*; several patterns are "
                "joined by or: img_{group}_* or img_{group}.*"
            ),
        ).strip()
        st.caption(f"A name here: {escape(example)}")
    else:
        rule = next(rule for rule, words in RULES.items() if words == kind)
    if rule:
        _say_what_matches(dataset, rule)
    elif found := dataset.content.suspected_group_by.pattern:
        better = RULES.get(found, NAME)
        by = f", as names like {found} tell" if better == NAME else ""
        st.caption(f":orange[:material/info: Images seem to belong together{escape(by)}: choose “{better}”.]")
    return rule


def _say_what_matches(dataset: Dataset, rule: str) -> None:
    """How many groups a rule finds, with an example, before anything is divided by it."""
    images = dataset.images
    try:
        grouping = dataset.content.grouping(images, rule)
        refuse_one_group(images["path"].tolist(), rule, grouping)
    except WorkbenchError as error:
        st.caption(f":orange[:material/warning: {escape(str(error))}]")
        return
    st.caption(f":material/check: {escape(grouping.in_words())}.")


def suggested_template(dataset: Dataset) -> str:
    """What the dataset's card knows, else what its file names tell, else an example."""
    card = known_card(dataset)
    known = card.group_template if card else ""
    found = dataset.content.suspected_group_by.pattern
    return known or (found if GROUP in found else "") or f"{GROUP}_*"


def _shares(dataset: Dataset, settings: SplitSettings) -> dict[str, Any]:
    validation, test = (share if share < 1 else 0.2 for share in (settings.validation, settings.test))
    left, right = st.columns(2, gap="medium")
    validation = left.slider("Validation (%)", 0, 45, round(100 * validation), step=5, key=f"validation_{dataset.name}")
    test = right.slider("Test (%)", 5, 45, round(100 * test), step=5, key=f"test_{dataset.name}")
    return {"validation": validation / 100, "test": test / 100}


def _counts(dataset: Dataset, settings: SplitSettings) -> dict[str, Any]:
    total = len(dataset.images)
    usual = max(1, total // 5)
    validation, test = (count if count >= 1 else usual for count in (settings.validation, settings.test))
    left, right = st.columns(2, gap="medium")
    validation = left.number_input(
        "Validation images", 0, total, int(validation), key=f"validation_count_{dataset.name}"
    )
    test = right.number_input("Test images", 1, max(1, total), int(test), key=f"test_count_{dataset.name}")
    return {"validation": int(validation), "test": int(test)}


def _folds(dataset: Dataset, settings: SplitSettings) -> dict[str, Any]:
    folds = st.slider("Folds", 2, MOST_FOLDS, settings.folds or 5, key=f"folds_{dataset.name}")
    fold = st.number_input(
        "The fold that tests",
        1,
        MOST_FOLDS,
        min(settings.fold, MOST_FOLDS),
        key=f"fold_{dataset.name}",
        help="Train once with each, and evaluate by all of them.",
    )
    return {"folds": folds, "fold": int(fold)}
