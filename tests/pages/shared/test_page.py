"""What every page opens with: the marks of the steps, the view, and whose workspace it is."""

import re

import pytest

from core.datasets.creation import create_from_path, create_sample
from core.datasets.importing import run_import
from core.errors import UsageError
from core.hosting import Hosting, new_visitor, visitor_workspace
from core.jobs.job import Status
from pages.shared.page import COOKIE, STEPS, Page, run_percent, step_marks


@pytest.fixture
def page(workspace):
    """Makes the page of a dataset."""
    return lambda dataset=None: Page(STEPS["home"], workspace, Hosting(), dataset)


# Marks ----------------------------------------------------------------------------------------------------------------


def test_without_images_these_are_next(page, workspace, is_importing):
    assert step_marks(page()) == {"dataset": "next"}
    assert step_marks(page(is_importing(create_sample(workspace, "cats_vs_dogs_sample")))) == {"dataset": "next"}


def test_steps_follow_each_other(page, pets):
    this = page(pets)
    assert step_marks(this) == {"dataset": "done", "augmentation": "next"}
    this.draft.choose(augmentation=[])
    assert step_marks(this) == {"dataset": "done", "augmentation": "done", "model": "next"}
    this.draft.choose(architecture="small_cnn")
    assert step_marks(this) == {"dataset": "done", "augmentation": "done", "model": "done", "training": "next"}


def test_the_model_may_be_chosen_first(page, pets):
    this = page(pets)
    this.draft.choose(architecture="small_cnn")
    assert step_marks(this) == {"dataset": "done", "augmentation": "next", "model": "done"}


@pytest.mark.parametrize(
    ("stage", "done", "mark"), [("Waiting", 0, "0 %"), ("Reading", 9, "0 %"), ("Training", 9, "36 %")]
)
def test_a_run_that_goes_on_shows_how_far_it_is(page, pets, training, stage, done, mark):
    training(pets, stage=stage, done=done)
    marks = step_marks(page(pets))
    assert marks == {"dataset": "done", "augmentation": "done", "model": "done", "training": mark}


def test_once_a_run_is_evaluated_everything_is_done(page, pets, trained):
    trained(pets)
    assert step_marks(page(pets)) == dict.fromkeys(
        ("dataset", "augmentation", "model", "training", "evaluation"), "done"
    )


def test_while_another_run_goes_on_it_counts_more_than_the_last(page, pets, trained, training):
    trained(pets)
    training(pets, done=5)
    assert step_marks(page(pets))["training"] == "20 %"


def test_after_a_failure_training_is_next(page, pets, trained):
    trained(pets, evaluated=False, state="failed")
    assert step_marks(page(pets))["training"] == "next"


def test_percent_counts_epochs_only():
    assert run_percent(Status(stage="Training", done=1, total=3)) == 33
    assert run_percent(Status(stage="Computing features", done=1, total=2)) == 0
    assert run_percent(Status(stage="Training")) == 0


# View -----------------------------------------------------------------------------------------------------------------


def test_links_keep_what_is_in_view(page, pets, trained):
    this = page(pets)
    assert page().query() == {}
    assert this.query() == {"dataset": "pets"}
    this.run_in_view = trained(pets)
    assert this.query() == {"dataset": "pets", "run": this.run.id}
    assert this.query(run="") == {"dataset": "pets"}
    assert this.query(dataset="other", run="") == {"dataset": "other"}


def test_with_nothing_in_view_a_page_says_what_to_open(page, pets):
    with pytest.raises(UsageError, match=r"No dataset is in view\. Open one on the page Dataset"):
        _ = page().dataset
    with pytest.raises(UsageError, match=r"No run is in view\. Choose one on the page Training"):
        _ = page(pets).run


@pytest.mark.parametrize("key", list(STEPS))
def test_every_page_has_its_question_and_the_path_of_the_work(visit, pets, trained, key):
    run = trained(pets)
    tab = visit(key, dataset="pets", run=run.id)
    assert tab.question == STEPS[key].question
    assert list(tab.steps) == [step.label for step in STEPS.values()]
    assert tab.query["dataset"] == "pets"
    for link in tab.at.sidebar.get("page_link"):
        assert "dataset=pets" in link.proto.query_string
    assert len(tab.primary) <= 1, "one thing to do next"


@pytest.mark.parametrize("key", list(STEPS))
def test_the_switcher_shows_titles(visit, workspace, imported, key):
    imported("plain", {"a": 3, "b": 3})
    dataset = imported("second", {"a": 3, "b": 3})
    dataset.save(type(dataset.info)(**dataset.info.__dict__ | {"title": "Our *second* <b>set"}))
    tab = visit(key, dataset="plain")
    assert tab.at.sidebar.selectbox[0].options == ["plain", "Our *second* <b>set"]
    assert tab.at.sidebar.selectbox[0].value == "plain"


def test_with_an_unknown_dataset_another_can_still_be_chosen(visit, pets):
    tab = visit("dataset", dataset="plants")
    assert tab.at.sidebar.selectbox[0].value is None
    tab.at.sidebar.selectbox[0].set_value("pets")
    tab.run()
    assert tab.errors == []
    assert tab.query == {"dataset": "pets"}


# Visitors -------------------------------------------------------------------------------------------------------------


def visitors(workspace):
    return {path.name for path in (workspace.root / "visitors").iterdir()}


def test_a_stranger_gets_a_workspace_of_their_own(visit, hosted, workspace, pets):
    tab = visit("home")
    assert "Nothing is here yet" in tab.words, "what lies in the machine's own workspace is not theirs"
    assert visitors(workspace) == {tab.at.session_state["visitor"]}
    assert re.fullmatch("[0-9a-f]{32}", tab.at.session_state["visitor"])
    assert "There is no dataset 'pets'." in visit("home", dataset="pets").errors[0]


def test_strangers_do_not_see_each_other(visit, hosted, workspace, launched):
    first, second = visit("home"), visit("home")
    first.press("Open cats vs dogs")
    assert "is being read in" in first.words
    assert "Nothing is here yet" in second.run().words
    assert "has not been opened here yet" in second.open("home", dataset="cats_vs_dogs_sample").errors[0]
    assert len(visitors(workspace)) == 2


def test_the_cookie_brings_a_visitor_back(visit, hosted, workspace, launched):
    tab = visit("home").press("Open cats vs dogs")
    hosted[COOKIE] = tab.at.session_state["visitor"]
    assert "still being read in" in visit("home").words
    assert len(visitors(workspace)) == 1


@pytest.mark.parametrize("cookie", ["..", "../" + "a" * 29, "A" * 32, "<b>", "x" * 5000])
def test_a_cookie_that_was_tampered_with_opens_nothing(visit, hosted, workspace, pets, cookie):
    hosted[COOKIE] = cookie
    tab = visit("home")
    assert "Nothing is here yet" in tab.words
    assert visitors(workspace) == {tab.at.session_state["visitor"]}
    assert tab.at.session_state["visitor"] != cookie


def test_without_hosting_there_are_no_visitors(visit, workspace):
    tab = visit("home")
    assert "visitor" not in tab.at.session_state
    assert not (workspace.root / "visitors").exists()


def test_each_visitor_keeps_their_own_draft(visit, hosted, workspace, class_folders, tmp_path):
    spaces = {}
    for visitor in (new_visitor(), new_visitor()):
        spaces[visitor] = visitor_workspace(workspace, visitor)
        folder = class_folders(tmp_path / visitor / "pets", {"a": 3, "b": 3})
        run_import(create_from_path(spaces[visitor], folder))
    first, second = spaces
    hosted[COOKIE] = first
    visit("training").set("Epochs", 7)
    assert (spaces[first].datasets / "pets" / "draft.json").exists()
    assert not (spaces[second].datasets / "pets" / "draft.json").exists()
    hosted[COOKIE] = second
    assert visit("training").setting("Epochs").value == 100
