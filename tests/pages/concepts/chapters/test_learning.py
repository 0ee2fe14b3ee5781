"""The chapter on learning: what a visitor moves, and what the page then says."""

import pytest

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork, CustomNetworks
from core.concepts.examples.learning import EXAMPLES
from core.runs.draft import Draft
from pages.concepts.chapters.learning import VIEWS


def opened(visit, **query):
    return visit("concepts", chapter="learning", **query)


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_has_something_to_move_a_chart_and_a_formula(visit, view):
    tab = opened(visit, view=view)
    assert tab.at.main.slider
    assert any(text for text in tab.chart_texts())
    assert tab.at.main.get("latex")
    assert not tab.errors


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("logit-to-probability", "probability p **0.690**"),
        ("softmax-of-the-slides", "Probabilities: A 0.30, B 0.15, C 0.55"),
        ("sparse-is-categorical", "so the loss is −ln 0.549 = **0.600**"),
        ("logits-are-safer", "| straight from the logits | – | 1000 | −1 |"),
        ("thinned-networks", "A book chapter prints N² = 100"),
        ("geometric-mean-is-scaling", "geometric mean 0.6994, weights × p 0.6994"),
        ("dropout-paper-and-keras", "<td>0.6</td><td>0.2</td><td>1</td>"),
        ("steps-an-epoch", "235"),
    ],
)
def test_a_worked_example_opens_on_the_number_that_it_states(visit, name, shown):
    tab = opened(visit, **next(example for example in EXAMPLES if example.name == name).state)
    grids = [part.proto.body for part in tab.at.main.get("html")]
    metrics = [metric.value for metric in tab.at.metric]
    assert shown in "\n".join([tab.words, *tab.chart_texts(), *grids, *metrics])


def test_a_logit_of_the_slides_is_its_probability_and_pulls_as_hard(visit):
    tab = opened(visit)
    assert "probability p **0.690** · loss **0.371** · gradient p − y **−0.310**" in tab.words
    tab.set("Label y", "0")
    assert "gradient p − y **0.690**" in tab.words
    assert tab.query["label"] == "0"


def test_three_logits_and_the_two_ways_to_write_their_label(visit):
    tab = opened(visit, loss="categorical")
    assert "y = [0, 0, 1], so the loss is −ln 0.549 = **0.600**" in tab.words
    tab.set("Cross-entropy", "sparse").set("Right class", "a")
    assert "y = 0, so the loss is −ln 0.301 = **1.200**" in tab.words


def test_a_logit_far_out_is_no_number_by_probabilities(visit):
    tab = opened(visit)
    assert "| straight from the logits | – | 1000 | −1 |" in tab.words
    assert "not a number | not a number" in tab.words
    assert "not a number" not in tab.set("Logit of the wrong class", 20).words


def test_too_large_a_learning_rate_is_called_so(visit):
    tab = opened(visit, view="rate", rate="0.05")
    assert "The loss fell from 7.18 to" in tab.words
    tab.set("Learning rate η", 0.25)
    assert tab.errors[0].startswith("Too large: the loss grew")
    assert "= 0.2 each step lands higher" in tab.words
    assert "e+" not in tab.errors[0]


def test_an_epoch_of_the_datasets_own_images(visit, pets):
    tab = opened(visit, view="batches", dataset="pets", batch="32")
    own = int((pets.images["split"] == "train").sum())
    tab.press(f"Your {own} training images")
    assert tab.at.metric[0].value == f"{-(-own // 32)}"
    assert tab.query["images"] == str(own)


def test_without_a_dataset_none_is_offered(visit):
    assert not any("training images" in label for label in opened(visit, view="batches").buttons)


def test_learning_by_heart_is_told_in_numbers(visit):
    words = opened(visit, view="overfitting", units="30", points="12").words
    assert "91 weights, 12 points." in words
    assert "training loss ends at" in words


def test_the_networks_that_dropout_makes_are_counted_and_the_books_slip_is_named(visit):
    tab = opened(visit, view="dropout", n="10")
    assert tab.at.metric[0].value == "1,024"
    assert "A book chapter prints N² = 100" in tab.words
    means = dict(part.rsplit(" ", 1) for part in tab.chart_texts()[0].rstrip(".").split(". ")[1].split(", "))
    assert means["geometric mean"] == means["weights × p"] != means["arithmetic mean"]


def test_a_young_running_average_is_told_of(visit):
    assert "**37%** of each average is still what it began with" in opened(visit, view="normalisation").words


def test_both_together_shift_the_variance(visit):
    tab = opened(visit, view="shift")
    assert tab.at.metric[0].value == "3.00"
    assert tab.set("Dropout rate", 0.0).at.metric[0].value == "1.00"


def test_ones_own_network_is_told_of_with_its_steps(visit, pets):
    words = opened(visit, dataset="pets").words
    assert "answers with 2 logits" in words
    assert "an epoch**" in words
    assert "batch normalisation" in words


def test_a_run_in_view_is_told_of_by_its_own_settings(visit, pets, trained):
    run = trained(pets, settings={"architecture": "cnn_32_64", "batch_size": 7, "optimiser": "sgd"})
    words = opened(visit, dataset="pets", run=run.id).words
    assert "**32-64 CNN**" in words
    assert "SGD with a learning rate of" in words
    assert "batches of 7:" in words
    assert "It has no batch normalisation." in words


def test_strangers_may_look_too(visit, hosted):
    tab = opened(visit)
    assert not tab.errors
    assert "Open a dataset" in tab.words


def test_ones_own_network_that_drops_before_it_normalises_is_warned_of(visit, pets, workspace):
    blocks = [usual_block(kind) for kind in ("convolution", "dropout", "batch_norm", "global_average_pool")]
    CustomNetworks(workspace).save(CustomNetwork("mine", "Mine", 32, 3, tuple(blocks)))
    tab = opened(visit, dataset="pets")
    assert not tab.at.main.warning
    Draft(pets).choose(architecture="mine")
    tab = opened(visit, dataset="pets")
    assert "Batch normalisation follows this dropout" in tab.at.main.warning[0].value


def test_a_batch_size_that_is_still_to_be_found_makes_no_steps(visit, pets):
    Draft(pets).choose(batch_size=0)
    assert "batches of the quickest size." in opened(visit, dataset="pets").words


def test_forged_links_lead_to_the_nearest(visit):
    tab = opened(visit, view="dropot", n="1e9", keep="0", large="-3")
    assert (tab.at.session_state["concepts_learning_view"], tab.at.session_state["concepts_learning_n"]) == (
        "dropout",
        10,
    )
    assert len(tab.at.main.warning) == 4
