"""Predict: what a run says of new images, a few at once or many as a job, and how the next run learns from them."""

import shutil
import time

import numpy as np
import pytest

from core.datasets.editing import relabel
from core.datasets.importing import import_now
from core.datasets.store import open_dataset
from core.hosting import visitor_workspace
from core.jobs.job import identity
from core.prediction.answers import Answers
from core.prediction.job import list_predictions, start_prediction
from core.prediction.parts import save_part
from core.workspace import Workspace
from pages.shared.inference import task_scheduler

FEW, MANY = "A few images", "Many images"
QUESTION = "What does it say about new images?"


@pytest.fixture(autouse=True)
def a_scheduler_of_its_own(asked):
    """Answers are kept by the server, and the tests' workspaces come and go."""
    task_scheduler.clear()
    yield
    task_scheduler().close()


@pytest.fixture
def weighty(trained):
    """Makes a run that has kept weights."""

    def make(dataset, **changes):
        run = trained(dataset, **changes)
        run.best_weights.touch()
        return run

    return make


@pytest.fixture
def show(visit, write_picture, tmp_path):
    """Opens the page and brings it pictures of these names: `show(dataset, "a.png", "b.png")`."""

    def make(dataset, *names, **query):
        page = visit("predict", dataset=dataset.name, **query)
        bring(page, *(write_picture(tmp_path / "new" / name) for name in names))
        return page

    return make


def bring(page, *files):
    uploader = page.at.get("file_uploader")[0]
    for file in files:
        uploader.upload(file.name, file.read_bytes(), "image/png")
    page.run()
    deadline = time.monotonic() + 60
    while any("Asking the network" in text.value for text in page.at.main.markdown):
        assert time.monotonic() < deadline
        page.run()


def finish(prediction, classes, state="done", unlike=()):
    """Write what the job's process would: each image of another class, the later the surer."""
    brought = prediction.look_for_images()
    rows = np.arange(len(brought))
    for number in range(len(prediction.runs)):
        probabilities = np.full((len(rows), len(classes)), 0.0)
        probabilities[rows, (rows + number) % len(classes)] = 0.6 + 0.3 * rows / len(rows)
        probabilities[rows, (rows + number + 1) % len(classes)] = 0.4 - 0.3 * rows / len(rows)
        farther = np.where(np.isin(rows, unlike), 0.995, 0.1)
        found = Answers(brought.names, probabilities, tuple(classes), 1.0, farther, farther > 0.99)
        save_part(prediction.part_path(number, 0), found, "by these weights")
    prediction.update(state=state, finished=time.time(), facts={"images": len(brought), "problems": 0})
    return prediction


@pytest.fixture
def predicted(launched, workspace, weighty, class_folders, tmp_path):
    """Makes a prediction that has ended, of three new images: `predicted(dataset)`."""

    def make(dataset, runs=1, state="done", folder=None, **changes):
        folder = folder or class_folders(tmp_path / "new images", {"": 3})
        made = [weighty(dataset) for _ in range(runs)]
        prediction = start_prediction(workspace, made, sources=[folder], title="new images")
        return finish(prediction, dataset.class_names, state, **changes)

    return make


# Nothing to ask -------------------------------------------------------------------------------------------------------


def test_without_images_it_leads_to_some(visit):
    page = visit("predict")
    assert page.question == QUESTION
    assert page.links == ["Choose images"]


def test_before_the_first_run_it_leads_to_training(visit, pets):
    page = visit("predict")
    assert "No network has been trained on these images yet." in page.words
    assert page.links == ["Go to training"]


def test_a_run_without_weights_gives_way_to_one_that_has_some(visit, pets, trained, weighty):
    kept, bare = weighty(pets), trained(pets)
    page = visit("predict", dataset="pets", run=bare.id)
    assert f"The run {bare.id} has no weights, so it can't be asked about images." in page.words
    assert page.query["run"] == kept.id


# A few images ---------------------------------------------------------------------------------------------------------


def test_each_image_has_its_answer_in_words(show, pets, weighty, asked):
    run = weighty(pets)
    page = show(pets, "a.png", "b.png")
    assert "### This is “cats”, 90 % sure." in page.words
    assert "### A guess: “dogs”." in page.words
    assert "farther from the training images than 99.5 % of those are from each other" in page.at.warning[0].value
    assert len(page.at.warning) == 1
    assert "Of 8 test images, 0 % are called unlike them." in page.words
    assert "Of the 2 training images most like it, 2 are “cats”, as it answered." in page.words
    assert [tile["caption"] for tile in page.tiles] == ["a.png", "cats", "cats", "b.png", "cats", "cats"]
    assert asked[-1]["run"] == str(run.folder)
    assert asked[-1]["names"] == ["a.png", "b.png"]


def test_files_of_one_name_are_told_apart_and_a_file_that_comes_twice_is_asked_about_once(
    visit, pets, weighty, asked, write_picture, tmp_path
):
    weighty(pets)
    page = visit("predict", dataset="pets")
    one, two = (write_picture(tmp_path / place / "a.png") for place in ("one", "two"))
    bring(page, one, two, one)
    assert asked[-1]["names"] == ["a.png", "a.png (2)"]


def test_what_is_no_image_is_said_to_be_none(visit, pets, weighty, tmp_path, write_picture):
    weighty(pets)
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.7 and so on")
    page = visit("predict", dataset="pets")
    bring(page, paper, write_picture(tmp_path / "a.png"))
    assert "paper.pdf" in page.at.warning[0].value.replace("\\", "")
    assert "### This is “cats”, 90 % sure." in page.words


def test_where_it_looks_is_shown_on_request(show, pets, weighty, asked):
    weighty(pets)
    page = show(pets, "a.png")
    assert "grad_cam" not in [request["task"] for request in asked]
    page.set("Where it looks", True)
    assert asked[-1]["task"] == "grad_cam"
    assert asked[-1]["classes"] == [0]
    assert "for cats" in [tile["caption"] for tile in page.tiles]


def test_names_of_classes_are_text_and_nothing_else(show, awkward, weighty):
    weighty(awkward)
    page = show(awkward, *(f"{number}.png" for number in range(len(awkward.class_names))))
    for name in awkward.class_names:
        assert f"### This is “{name}”, 90 % sure." in page.words or f"### A guess: “{name}”." in page.words
    assert "### This is “*a*”" not in page.source


def test_untrained_weights_are_labelled(show, pets, weighty):
    weighty(pets, settings={"architecture": "mobilenet", "weights": "untrained"})
    assert any("Untrained weights" in badge.value for badge in show(pets, "a.png").at.main.markdown)


def test_two_runs_side_by_side_with_their_average(show, pets, weighty):
    weighty(pets, settings={"architecture": "mobilenet", "weights": "untrained"})
    weighty(pets)
    page = show(pets, "a.png", "b.png")
    other = page.at.multiselect[0].options[0]
    page.at.multiselect[0].set_value([other])
    page.run()
    assert "**They agree on 2 of 2 images.**" in page.words
    table = page.at.main.dataframe[0].value
    assert table["file"].tolist() == ["a.png", "b.png"]
    assert table["average"].tolist() == ["90 % cats", "90 % dogs"]
    assert len(table.columns) == 4


def test_the_camera_says_what_to_do_where_it_is_denied(visit, pets, weighty):
    weighty(pets)
    page = visit("predict", dataset="pets").set("Where from", "Camera")
    assert "Where that was denied, allow it by the sign beside the page's address" in page.words


# The loop closes ------------------------------------------------------------------------------------------------------


def test_a_wrong_answer_is_put_right_and_learned_from(show, pets, weighty, workspace, launched):
    run = weighty(pets, facts={"dataset_version": pets.content.version})
    run.update(started=time.time())
    page = show(pets, "a.png")
    page.set("What is it really?", "dogs").press("Add 1 image")
    assert launched == [("core.datasets.importing", "pets")]
    assert "The images that were added are read in" in page.words
    import_now(pets)
    page.run()
    assert "Changed since this run: 1 image relabelled “dogs”: added on the page Predict." in page.words
    assert "Add 1 image" not in page.buttons
    images = open_dataset(workspace, "pets").images
    assert dict(zip(images["path"], images["label"], strict=True))["(added here)/a.png"] == "dogs"
    page.press("Retrain")
    assert launched[-1][0] == "core.training.worker"
    assert page.question == "How good is it, and where does it err?"


def test_an_addition_is_undone(show, pets, weighty, launched):
    run = weighty(pets, facts={"dataset_version": pets.content.version})
    run.update(started=time.time())
    page = show(pets, "a.png")
    page.set("What is it really?", "dogs").press("Add 1 image")
    import_now(pets)
    page.run()
    page.press("Undo")
    assert "Changed since" not in page.words
    assert pets.content.unlabelled["path"].tolist() == ["(added here)/a.png"]


def test_a_picture_that_is_there_already_is_not_added(visit, pets, weighty, launched):
    weighty(pets)
    page = visit("predict", dataset="pets")
    bring(page, pets.path_of("cats/1.png"))
    page.set("What is it really?", "dogs").press("Add 1 image")
    assert "1.png is there already, as cats/1.png of the class “cats”" in page.words
    assert launched == []


# Many images ----------------------------------------------------------------------------------------------------------


def test_the_unlabelled_images_of_the_dataset_take_one_click(visit, half_labelled, weighty, workspace, launched):
    run = weighty(half_labelled)
    page = visit("predict", dataset="study", view=MANY)
    assert page.primary == ["Predict 4 images"]
    page.press("Predict 4 images")
    (prediction,) = list_predictions(workspace)
    assert launched == [("core.prediction.worker", prediction.id)]
    assert page.query["prediction"] == prediction.id
    assert prediction.request["runs"] == [run.id]
    assert prediction.request["dataset"] == "study"
    assert "Starting" in page.words
    assert page.buttons == ["Predict others", "Stop"]
    page.press("Stop")
    assert prediction.stop_requested


def test_what_goes_on_is_found_again(visit, pets, predicted):
    prediction = predicted(pets)
    prediction.update(state="running", stage="Predicting", done=2, total=3, processes=[identity()], eta_seconds=9)
    page = visit("predict", dataset="pets", view=MANY)
    page.press("Open")
    assert "Predicting · 2 of 3 · about 9 s left" in page.words


def test_uploads_are_handed_to_the_job(visit, pets, weighty, workspace, launched, write_picture, tmp_path):
    weighty(pets)
    page = visit("predict", dataset="pets", view=MANY)
    bring_many = page.at.get("file_uploader")[0]
    for name in ("a.png", "b.png"):
        bring_many.upload(name, write_picture(tmp_path / name).read_bytes(), "image/png")
    page.press("Predict these images")
    (prediction,) = list_predictions(workspace)
    assert sorted(path.name for path in (prediction.folder / "uploads").iterdir()) == ["a.png", "b.png"]
    assert prediction.title == "a.png and 1 more"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type the path of a folder first."),
        ("/nowhere/at/all", "There is no file or folder /nowhere/at/all."),
        ("https://example.org/cats.zip", "is an address on the net, and nothing is fetched from there"),
    ],
)
def test_a_path_that_is_none_is_refused_where_it_was_typed(visit, pets, weighty, workspace, launched, typed, words):
    weighty(pets)
    page = visit("predict", dataset="pets", view=MANY).set("Which images", "A folder by its path")
    page.setting("Path of a folder or an archive on this computer").set_value(typed)
    page.press("Predict these images")
    assert words in page.errors[0]
    assert list_predictions(workspace) == []


def test_strangers_type_no_paths(visit, hosted, weighty, pets):
    run = weighty(pets)
    tab = visit("home")
    own = visitor_workspace(Workspace.from_environment(), tab.at.session_state["visitor"])
    shutil.copytree(pets.folder, own.datasets / "pets")
    shutil.copytree(run.folder, own.runs / run.id)
    tab.open("predict", dataset="pets", view=MANY)
    assert tab.setting("Which images").options == ["Files or an archive"]


def test_the_answers_are_counted_filtered_and_sorted(visit, pets, predicted):
    prediction = predicted(pets, unlike=[2])
    page = visit("predict", dataset="pets", view=MANY, prediction=prediction.id)
    assert "**3 images:** “cats” 2, “dogs” 1. 1 unlike anything that it was trained on." in page.words
    assert [(tile["id"], tile["second"]) for tile in page.tiles] == [
        ("0.png", "60 %"),
        ("1.png", "70 %"),
        ("2.png", "80 %, unlike"),
    ]
    page.set("Order", "surest first")
    assert [tile["id"] for tile in page.tiles] == ["2.png", "1.png", "0.png"]
    page.set("Answer", 2)
    assert [tile["id"] for tile in page.tiles] == ["1.png"]
    page.set("Answer", 0).set("How sure it is, %", (75, 100))
    assert [tile["id"] for tile in page.tiles] == ["2.png"]
    page.set("How sure it is, %", (0, 100)).set("Unlike only", True)
    assert [tile["id"] for tile in page.tiles] == ["2.png"]
    page.set("How sure it is, %", (0, 10))
    assert "No image is like that." in page.words


def test_own_images_that_were_labelled_since_say_so(visit, half_labelled, weighty, workspace, launched):
    prediction = start_prediction(workspace, [weighty(half_labelled)], dataset=half_labelled)
    finish(prediction, half_labelled.class_names)
    relabel(half_labelled, ["new/1.png"], "dogs")
    page = visit("predict", dataset="study", view=MANY, prediction=prediction.id)
    assert [tile["second"] for tile in page.tiles if tile["id"] == "new/1.png"] == ["now “dogs”"]


def test_answers_are_taken_along_as_tables(visit, pets, predicted):
    prediction = predicted(pets)
    page = visit("predict", dataset="pets", view=MANY, prediction=prediction.id)
    assert [button.label for button in page.at.get("download_button")] == ["CSV", "Parquet", "JSON lines"]


def test_a_submission_by_its_template(visit, pets, predicted):
    prediction = predicted(pets)
    page = visit("predict", dataset="pets", view=MANY, prediction=prediction.id)
    page.at.get("file_uploader")[0].upload("sample.csv", b"id,dogs,cats\n1,0,0\n0,0,0\n9,0,0\n", "text/csv")
    page.run()
    assert "there is no image (9)" in page.words
    assert "Submission" in [button.label for button in page.at.get("download_button")]


def test_what_was_stopped_is_resumed(visit, pets, predicted, launched):
    prediction = predicted(pets, state="stopped")
    page = visit("predict", dataset="pets", view=MANY, prediction=prediction.id)
    assert "Stopped. What has been predicted is kept." in page.words
    assert len(page.tiles) == 3
    launched.clear()
    page.press("Resume")
    assert launched == [("core.prediction.worker", prediction.id)]


def test_what_was_stopped_before_any_answer(visit, pets, weighty, workspace, launched, class_folders, tmp_path):
    runs = [weighty(pets), weighty(pets)]
    prediction = start_prediction(workspace, runs, sources=[class_folders(tmp_path / "new", {"": 2})])
    prediction.update(state="stopped")
    page = visit("predict", dataset="pets", view=MANY, prediction=prediction.id)
    assert "There are no answers yet." in page.words
    assert "is kept" not in page.words
    assert "Resume" in page.buttons


def test_why_it_failed_is_said(visit, pets, predicted):
    prediction = predicted(pets, state="failed")
    prediction.update(error="The *disk* is full.\nLast lines of its log:")
    page = visit("predict", dataset="pets", view=MANY, prediction=prediction.id)
    assert "The *disk* is full. What has been predicted is kept." in page.words
    assert "Last lines" not in page.words


def test_files_that_can_not_be_read_are_listed(visit, pets, predicted, class_folders, tmp_path):
    folder = class_folders(tmp_path / "mixed", {"": 2})
    (folder / "film.mp4").write_bytes(b"film")
    prediction = predicted(pets, folder=folder)
    page = visit("predict", dataset="pets", view=MANY, prediction=prediction.id)
    assert "1 file was left out: film.mp4 is a film: take single pictures from it." in page.words


def test_several_runs_side_by_side(visit, pets, predicted):
    prediction = predicted(pets, runs=2)
    page = visit("predict", dataset="pets", view=MANY, prediction=prediction.id)
    assert page.setting("Answers of").value == "average"
    page.set("Answers of", "side by side")
    assert "**They agree on 0 of 3 images.**" in page.words
    assert page.at.main.dataframe[0].value.columns[1] == "average"


def test_the_answers_of_a_run_that_was_deleted_can_be_taken_along(visit, pets, predicted, weighty):
    weighty(pets)
    prediction = predicted(pets)
    shutil.rmtree(prediction.runs[0].folder)
    page = visit("predict", dataset="pets", view=MANY).press("Open")
    assert "The run that was asked has been deleted." in page.words
    assert "CSV" in [button.label for button in page.at.get("download_button")]


def test_what_was_predicted_is_deleted(visit, pets, predicted, workspace):
    predicted(pets)
    page = visit("predict", dataset="pets", view=MANY)
    assert "new images" in page.words
    page.press("Delete")
    assert list_predictions(workspace) == []


def test_a_prediction_that_is_gone_leads_back_to_the_beginning(visit, pets, weighty):
    weighty(pets)
    page = visit("predict", dataset="pets", view=MANY, prediction="20200101-000000")
    assert "prediction" not in page.query
    assert page.primary == []
    assert "Predict these images" in page.buttons
