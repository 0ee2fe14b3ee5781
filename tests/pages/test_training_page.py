"""Training: its settings, its start, its course, its stop, and what is left of it."""

import json
import os
import time

import pytest

from core.architectures.registry import ARCHITECTURES
from core.datasets.creation import create_from_path, create_sample
from core.datasets.importing import run_import
from core.features.store import USES
from core.hosting import new_visitor, visitor_workspace
from core.jobs.job import identity
from core.runs.draft import Draft
from core.runs.record import Run, list_runs
from core.runs.settings import PARAMETERS, SUBJECT, Boolean, Number

QUESTION = "Is it learning?"
TRAIN = "Train up to 100 epochs"


def draft(dataset):
    return json.loads((dataset.folder / "draft.json").read_text())


# Before a run ---------------------------------------------------------------------------------------------------------


def test_without_images_it_leads_to_some(visit):
    page = visit("training")
    assert page.question == QUESTION
    assert "No images yet." in page.words
    assert page.links == ["Choose images"]


def test_images_that_are_not_ready_are_waited_for(visit, workspace, is_importing):
    is_importing(create_sample(workspace, "cats_vs_dogs_sample"))
    page = visit("training")
    assert "The images of this dataset are not ready yet." in page.words
    assert page.links == ["Choose images"]


def test_a_dataset_or_run_that_is_not_there_is_said_not_to_be(visit, pets):
    assert "There is no dataset 'plants'." in visit("training", dataset="plants").errors[0]
    page = visit("training", dataset="pets", run="2020")
    assert page.errors == ["There is no run 2020 of this dataset. It may have been deleted."]
    assert page.primary == [TRAIN]


def test_what_will_be_trained_is_said_first(visit, pets):
    Draft(pets).choose(augmentation=[{"name": "zoom", "amount": 10}], weights="untrained")
    page = visit("training")
    assert "**MobileNet α 0.75** will learn from **24 images** at 224 px, on **untrained** weights" in page.words
    assert "varied by zoom ±10 %" in page.words
    assert "you may close this page and come back" in page.words
    assert page.primary == [TRAIN]
    assert "Back to the newest run" not in page.links, "there is no run to go back to"


def test_every_setting_has_its_range_and_is_kept(visit, pets):
    page, chosen = visit("training"), {}
    numbers = {
        name: found for name, found in PARAMETERS.items() if isinstance(found, Number) and found.group != SUBJECT
    }
    for name, parameter in numbers.items():
        field, default = page.setting(parameter.title), parameter.default["frozen"]
        # No network has as many blocks as the largest, which is what the setting itself allows.
        maximum = len(ARCHITECTURES["mobilenet_075"].cuts) if name == "unfreeze" else parameter.maximum
        assert (field.min, field.max, field.value) == (parameter.minimum, maximum, default)
        assert f"{parameter.written(default)} by default" in field.help
        chosen[name] = parameter.minimum if default == maximum else maximum
        page.set(parameter.title, chosen[name])
        assert draft(pets) == chosen
    # Neither another page nor another tab loses any.
    page.open("model", dataset="pets")
    for again in (page.open("training", dataset="pets"), visit("training")):
        assert {name: again.setting(PARAMETERS[name].title).value for name in chosen} == chosen


def test_what_is_on_or_off_is_a_toggle_and_kept(visit, pets):
    page, chosen = visit("training"), {}
    for name, parameter in PARAMETERS.items():
        if not isinstance(parameter, Boolean) or parameter.group == SUBJECT:
            continue
        toggle, default = page.setting(parameter.title), parameter.default["frozen"]
        assert (toggle.type, toggle.value, toggle.help) == ("toggle", default, parameter.explanation)
        page.set(parameter.title, not default)
        chosen[name] = not default
        assert draft(pets) == chosen
    assert chosen["early_stopping"] is False
    again = visit("training")
    assert {name: again.setting(PARAMETERS[name].title).value for name in chosen} == chosen


AS_COURSE = "As the course does"


def test_a_network_of_the_course_is_trained_as_the_course_does_by_a_switch(visit, pets, workspace, launched):
    Draft(pets).choose(architecture="perceptron", batch_size=64, seed=3)
    page = visit("training").set(AS_COURSE, True)
    assert draft(pets) == {"architecture": "perceptron", "seed": 3, "as_course": True}
    assert (page.setting("Epochs").value, page.setting("Batch size").value) == (3, 32)
    assert page.setting("Early stopping").value is False
    assert page.setting("Restore the best weights").value is False
    assert "The material states epochs 3." in page.words
    assert "Not as in the course" not in page.words
    page.set("Epochs", 5)
    assert "Not as in the course, since it was set otherwise: epochs 5 (course: 3)." in page.words
    page.press("Train 5 epochs")
    (run,) = list_runs(workspace, "pets")
    assert (run.settings.as_course, run.settings.epochs, run.settings.bias_initialisation) == (True, 5, "zeros")
    page = visit("training", dataset="pets", new="1").set(AS_COURSE, False)
    assert page.setting("Early stopping").value is True


def test_other_networks_have_no_such_switch(visit, pets):
    assert AS_COURSE not in [toggle.label for toggle in visit("training").at.toggle]


def test_a_rate_at_which_nothing_is_learned_is_warned_of_before(visit, pets):
    Draft(pets).choose(architecture="cervix_cnn")
    page = visit("training")
    assert "was seen to learn nothing" in page.words
    assert "was seen to learn nothing" not in page.set("Learning rate", 0.001).words


def test_what_a_draft_of_an_earlier_build_says_is_shown(visit, pets):
    (pets.folder / "draft.json").write_text(json.dumps({"average_views": 0, "least_steps": 7, "nesterov": "on"}))
    page = visit("training")
    assert page.setting("Test-time augmentation").value is False
    assert page.setting("Minimum steps per epoch").value == 7
    assert page.setting("Nesterov momentum").value is True
    page.set("Epochs", 7)
    assert draft(pets)["min_steps_per_epoch"] == 7


def test_only_what_has_an_effect_on_the_network_is_asked_for(visit, pets):
    page = visit("training")
    assert "**Backbone and head**" in page.words
    assert "**Fine-tuning**" in page.words
    Draft(pets).choose(architecture="small_cnn")
    page = visit("training")
    assert "**Regularisation**" in page.words
    assert "**Fine-tuning**" not in page.words
    titles = [field.label for field in page.at.number_input]
    assert "Dropout" in titles
    assert "Hidden units" not in titles


def test_the_way_to_compute_is_chosen_by_hand(visit, pets, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    page = visit("training").set("Way to compute", "openvino-bfloat16")
    assert draft(pets) == {"runtime": "openvino-bfloat16"}
    assert visit("training").setting("Way to compute").value == "openvino-bfloat16"
    assert "Graphics card" not in [box.label for box in page.at.main.selectbox]


def test_where_there_are_graphics_cards_one_can_be_chosen(visit, pets, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    page = visit("training")
    assert page.setting("Graphics card").options == ["auto", "0", "1", "all"]
    page.set("Graphics card", "all")
    assert draft(pets) == {"gpu": "all"}


def test_another_dataset_keeps_its_own_settings(visit, imported):
    first, second = (imported(name, {"a": 3, "b": 3}) for name in ("first", "second"))
    page = visit("training", dataset="first").set("Epochs", 7)
    page.at.sidebar.selectbox[0].set_value("second")
    page.run()
    assert page.primary == [TRAIN]
    assert not (second.folder / "draft.json").exists()
    assert draft(first) == {"epochs": 7}


def test_a_run_is_started_with_what_was_chosen(visit, pets, workspace, launched):
    page = visit("training").set("Epochs", 7).set("Learning rate", 0.01).set("Dropout", 0.25)
    page.press("Train up to 7 epochs")
    (run,) = list_runs(workspace, "pets")
    assert launched == [("core.training.worker", run.id)]
    assert page.query == {"dataset": "pets", "run": run.id}
    settings = run.settings
    assert (settings.epochs, settings.learning_rate, settings.dropout) == (7, 0.01, 0.25)
    assert settings.architecture == "mobilenet_075"
    assert "It waits for another run to end." in page.words
    assert page.buttons == ["Leave the queue"]
    assert page.steps["Model"] == "check_circle", "it was chosen, by training with it"


@pytest.mark.parametrize("value", [10**9, -1])
def test_a_setting_out_of_range_starts_nothing(visit, pets, workspace, launched, value):
    # No browser lets one type it, but a page must not rely on that.
    Draft(pets).choose(epochs=value)
    page = visit("training")
    assert page.errors == [f"The setting 'epochs' must be a whole number from 1 to 1000. Got {value}."]
    assert page.buttons == []
    assert list_runs(workspace) == []


def test_what_can_not_be_learned_from_is_refused(visit, imported):
    imported("_few_", {"cats": 1, "dogs": 1})
    page = visit("training")
    assert page.errors[0].startswith("_few_ cannot be trained on: at least two classes need training images")
    assert page.buttons == []


def test_a_full_space_starts_nothing(visit, hosted, full, workspace, class_folders, tmp_path, launched):
    hosted["workbench_visitor"] = new_visitor()
    mine = visitor_workspace(workspace, hosted["workbench_visitor"])
    run_import(create_from_path(mine, class_folders(tmp_path / "pets", {"a": 5, "b": 5})))
    page = visit("training")
    full(page)
    page.press(TRAIN)
    assert page.errors == ["Your space here is full (0.0 GB). Delete a dataset, a run or a prediction first."]
    assert list_runs(mine) == launched == []


def test_awkward_names_and_many_classes(visit, awkward, many):
    assert "will learn from **24 images**" in visit("training", dataset="awkward").words
    assert "will learn from **63 images**" in visit("training", dataset="many").words


# A run that goes on ---------------------------------------------------------------------------------------------------


def test_the_newest_run_is_in_view(visit, pets, trained):
    trained(pets)
    newest = trained(pets, state="stopped")
    page = visit("training")
    assert page.query == {"dataset": "pets", "run": newest.id}
    assert "**Stopped after 3 epochs.**" in page.words


def test_a_queued_run_is_said_to_wait(visit, pets, training):
    run = training(pets, epochs=0, state="queued", stage="Waiting for another run to end", total=0)
    page = visit("training", run=run.id)
    assert "It waits for another run to end." in page.words
    assert page.buttons == ["Leave the queue"]
    assert "Training · waiting" in page.steps
    assert page.chart_texts() == []
    assert "Train again" not in page.buttons


def test_a_run_that_starts_says_what_it_does(visit, pets, training):
    training(pets, epochs=0, stage="Computing features", done=12, total=24)
    page = visit("training")
    assert "**Computing features.**" in page.words
    assert "Computing features · 12 of 24" in page.words


def test_a_run_shows_its_epochs(visit, pets, training):
    run = training(pets, epochs=10, eta_seconds=75.0)
    page = visit("training")
    assert "**Epoch 10 of 25.** After 10 epochs the training loss is 0.100" in page.words
    assert "Training · 10 of 25 · about 1 min 15 s left" in page.words
    assert "After 10 epochs the training loss is 0.100 and the validation loss 0.110" in page.chart_texts()[0]
    assert "trains on CPU (2 cores)" in page.words
    assert "Training · 40 %" in page.steps
    assert page.buttons == ["Stop and keep the best"]
    assert "No sign of life" not in page.words
    assert run.status().active


def test_a_run_says_how_fast_it_is(visit, pets, training):
    run = training(pets, epochs=0)
    figures = {"loss": 0.5, "accuracy": 0.6, "val_loss": None, "val_accuracy": None, "best": True}
    machine = {"seconds": 0.42, "images_per_second": 2134.0, "memory_mb": 905.0, "learning_rate": 0.003}
    run.events.append("epoch", epoch=1, **figures, **machine)
    assert "0.4 s an epoch · 2,100 images/s · 0.9 GB · learning rate 0.003" in visit("training").words


def test_a_learning_rate_that_was_looked_for_is_shown(visit, pets, training):
    run = training(pets)
    run.events.append("rates", rates=[1e-4, 1e-3, 1e-2], losses=[0.7, 0.6, 0.9], chosen=0.001)
    page = visit("training")
    assert "How the learning rate was found" in [part.label for part in page.at.main.expander]
    assert "The loss over 3 learning rates; 0.001 was taken." in page.chart_texts()


def test_a_run_says_how_it_computes(visit, pets, trained, workspace):
    trial = {"title": "TensorFlow in float32", "name": "tensorflow-float32", "images_per_second": 80.0, "agreement": 1}
    other = {"title": "OpenVINO in bfloat16", "name": "openvino-bfloat16", "reason": "it is not *installed*"}
    plan = {"words": "TensorFlow in float32: 80 images a second.", "runtime": trial["name"], "trials": [trial, other]}
    trained(pets, facts={"plan": plan, "features": {"found": 30, "computed": 10}})
    workspace.features.mkdir(parents=True)
    (workspace.features / USES).write_text('{"hits": 30, "misses": 10}\n')
    page = visit("training")
    assert "TensorFlow in float32: 80 images a second. *Way to compute* under *More settings*" in page.words
    tried = page.at.dataframe[0].value.set_index("way")
    assert tried["images a second"].to_list()[0] == 80
    assert tried[""].to_list() == ["chosen", "it is not *installed*"]
    assert "30 features were found where earlier runs had left them; 10 were computed." in page.words
    assert "of the 10.0 GB allowed; 75% of what was asked for was there." in page.words


def test_a_run_says_what_its_views_have_cost_and_gained(visit, pets, trained):
    views = {"alone": 0.961, "averaged": 0.969, "seconds": 14.2}
    trained(pets, facts={"features": {"found": 0, "computed": 80}, "views": views, "views_averaged": 8})
    words = visit("training").words
    assert "average over 8 views of the image: 96.9% of the test images are right, and 96.1% by the images" in words
    assert "To compute the views took 14 s." in words


def test_a_run_is_asked_to_stop(visit, pets, training):
    run = training(pets)
    page = visit("training").press("Stop and keep the best")
    assert run.stop_requested
    assert "**Stopping.** The best weights are kept." in page.words
    assert page.button("Stop and keep the best").disabled


def test_a_run_that_gives_no_sign_of_life_is_said_to(visit, pets, training):
    run = training(pets)
    long_ago = time.time() - 125
    os.utime(run.folder / "heartbeat", (long_ago, long_ago))
    assert "No sign of life for 2 min" in visit("training").words


def test_a_run_that_ends_while_one_looks(visit, pets, training):
    run = training(pets)
    page = visit("training")
    run.update(state="done", finished=time.time())
    page.run()
    assert "**It has learned: epoch 3 of 3 was the best, and is kept.**" in page.words
    assert "Train again" in page.buttons


def test_a_run_whose_process_is_gone_is_not_waited_for(visit, pets, training):
    run = training(pets)
    pid, started = identity()
    run.update(processes=[[pid, started - 100]])
    run.log_path.write_text("the *last* words\n")
    page = visit("training")
    assert "**It failed after 3 of 25 epochs.**" in page.words
    assert "Its process is gone without a word" in page.errors[0]
    assert "Last lines of its log:\nthe *last* words" in [code.value for code in page.at.main.code]


# A run that ended -----------------------------------------------------------------------------------------------------


def test_a_run_that_is_done_leads_on_to_its_evaluation(visit, pets, trained):
    run = trained(pets)
    page = visit("training")
    assert "**It has learned: epoch 3 of 3 was the best, and is kept.** After 3 epochs" in page.words
    assert "trained on CPU (2 cores) · took 1 min 15 s" in page.words
    assert page.primary == ["See how good it is"]
    settings = page.at.dataframe[0].value.set_index("setting")["value"]
    assert (settings["architecture"], settings["epochs"], settings["augmentation"]) == ("small_cnn", "25", "none")
    page.press("See how good it is")
    assert page.question == "How good is it, and where does it err?"
    assert page.query == {"dataset": "pets", "run": run.id}


def test_a_run_that_failed_says_why(visit, pets, trained):
    trained(
        pets, epochs=0, evaluated=False, state="failed", error="Memory *ran* out.\nLast lines of its log:\n# a\n_b_"
    )
    page = visit("training")
    assert "**It failed after 0 of 25 epochs.**" in page.words
    assert page.errors == ["Memory *ran* out."]
    assert "*ran*" not in page.source
    assert page.at.main.code[0].value == "Last lines of its log:\n# a\n_b_"
    assert page.primary == [], "there is nothing to evaluate"
    assert "Train again" in page.buttons


def test_a_run_that_diverged_says_what_to_change_and_can_be_evaluated(visit, pets, trained):
    error = "The loss stopped being a number in epoch 4: the training diverged. Choose a smaller learning rate than 10."
    trained(pets, state="failed", error=error)
    page = visit("training")
    assert "**It failed after 3 of 25 epochs.**" in page.words
    assert page.errors == [error]
    assert page.primary == ["See how good it is"]


def test_a_run_that_was_stopped_kept_its_best(visit, pets, trained):
    trained(pets, state="stopped", facts={"note": "Stopped after 30 minutes, the limit for a run here."})
    page = visit("training")
    assert "**Stopped after 3 epochs.**" in page.words
    assert "the limit for a run here" in page.words
    assert page.errors == []
    assert page.primary == ["See how good it is"]


def test_a_run_that_was_stopped_too_early_has_nothing_to_evaluate(visit, pets, trained):
    words = "Stopped before the first epoch had ended: there is nothing to evaluate."
    trained(pets, epochs=0, evaluated=False, state="stopped", error=words)
    page = visit("training")
    assert "**Stopped after 0 epochs.**" in page.words
    assert [info.value for info in page.at.main.info] == [words.replace(":", "\\:").replace(".", "\\.")]
    assert page.primary == []


def test_untrained_weights_are_badged(visit, pets, trained):
    trained(pets, settings={"architecture": "mobilenet", "weights": "untrained"})
    assert "Untrained weights: the backbone is random numbers" in visit("training").words


def test_the_log_holds_notes_and_what_was_printed(visit, pets, trained):
    run = trained(pets)
    run.events.append("note", text="Left out: my_*cat*.png is damaged.")
    run.log_path.write_text("a line\n")
    page = visit("training")
    assert "Left out: my_*cat*.png is damaged." in page.words
    assert "*cat*" not in page.source
    assert "a line" in [code.value for code in page.at.main.code]


def test_training_again_starts_from_the_settings_as_they_stand(visit, pets, trained):
    newest = trained(pets)
    page = visit("training").press("Train again")
    assert page.query == {"dataset": "pets", "new": "1"}
    assert page.primary == [TRAIN]
    link = next(each.proto for each in page.at.main.get("page_link") if each.label == "Back to the newest run")
    assert f"run={newest.id}" in link.query_string


def test_another_run_is_brought_into_view(visit, pets, trained):
    first = trained(pets)
    trained(pets, state="stopped")
    page = visit("training").set("Run in view", first.id)
    assert page.query == {"dataset": "pets", "run": first.id}
    assert "It has learned" in page.words
    newest, oldest = page.setting("Run in view").options
    assert newest != oldest  # also where both were started in the same second
    assert all(label.startswith("Small CNN, 96 px · ") for label in (newest, oldest))
    assert all(label.endswith(" · 75.0% of the test images") for label in (newest, oldest))


def test_a_run_is_deleted_once_that_is_confirmed(visit, pets, trained):
    first, second = trained(pets), trained(pets)
    page = visit("training", run=first.id).press("Delete this run")
    assert "Its weights, curves and predictions go with it." in [text.value for text in page.at.markdown]
    assert first.folder.exists()
    page.press("Delete this run", "Delete it")
    assert not first.folder.exists()
    assert second.folder.exists()
    assert page.query == {"dataset": "pets", "run": second.id}


def test_a_run_without_settings_is_passed_over(visit, pets, trained):
    good, bad = trained(pets), trained(pets)
    (bad.folder / "run.json").write_text("{")
    assert visit("training").query == {"dataset": "pets", "run": good.id}
    assert "It may have been deleted" in visit("training", dataset="pets", run=Run(bad.folder).id).errors[0]
