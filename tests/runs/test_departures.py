"""How networks of course material are trained, and in which ways what is trained here departs from that."""

import pytest

from core.architectures.registry import ARCHITECTURES
from core.errors import UsageError
from core.runs.departures import (
    course_in_words,
    departures_in_words,
    departures_of_run,
    unlearned_rate_in_words,
)
from core.runs.setting_words import setting_title, setting_value
from core.runs.settings import course_settings, default_settings, read_settings

OF_COURSE = [name for name, each in ARCHITECTURES.items() if each.course]
# What the course material states of how a network is trained: see each one's source.
STATED = {
    "perceptron": {"epochs": 3},
    "dense_20": {"optimiser": "adam", "epochs": 20},
    "two_conv": {"batch_size": 10},
    "two_conv_pooled": {},
    "cnn_64_64": {"optimiser": "adam", "epochs": 20},
    "cnn_32_64": {"dropout": 0.5, "restore_best_weights": True},
    "cnn_32_32_64_64": {
        **{"optimiser": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "dropout": 0.5},
        **{"schedule": "inverse_time", "decay_rate": 1e-6, "weight_decay": 0, "restore_best_weights": True},
    },
    "mnist_cnn": {"optimiser": "adam", "learning_rate": 0.01, "batch_size": 256, "epochs": 20, "dropout": 0.25},
    "cervix_cnn": {"optimiser": "adam", "learning_rate": 0.01, "batch_size": 128, "epochs": 200},
    "vgg16_fc7": {"batch_size": 32, "min_steps_per_epoch": 50, "epochs": 1},
    "inception_v3": {"min_steps_per_epoch": 1000, "epochs": 4},
}


def as_course(name, **changes):
    return read_settings({"dataset": "pets", "architecture": name, "as_course": True} | changes)


# As the course does ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STATED)
def test_a_run_as_the_course_has_what_the_material_states(name):
    settings = as_course(name).to_dict()
    assert {key: settings[key] for key in STATED[name]} == STATED[name]


def test_all_networks_that_the_material_trains_are_here():
    assert set(OF_COURSE) == set(STATED)


@pytest.mark.parametrize("name", OF_COURSE)
def test_nothing_is_added_that_no_script_of_the_time_does(name):
    settings = as_course(name)
    assert not settings.early_stopping
    assert settings.bias_initialisation == "zeros"
    assert settings.augmentation == ()
    assert not settings.test_time_augmentation
    assert not settings.find_learning_rate
    assert settings.class_weights == "none"
    assert settings.runtime == "tensorflow-float32"
    assert settings.restore_best_weights is bool(STATED[name].get("restore_best_weights"))
    if settings.design.frozen:
        assert not settings.tune_weight_decay
        assert settings.unfreeze == settings.hidden == 0


@pytest.mark.parametrize("name", OF_COURSE)
def test_what_keras_had_stands_for_what_the_material_does_not_say(name):
    settings, course = as_course(name), ARCHITECTURES[name].course
    known = {**course.stated, **course.assumed}
    usual = {"optimiser": "adam", "learning_rate": 1e-3, "batch_size": 32}
    assert course.defaults == {key: value for key, value in usual.items() if key not in known}
    assert {key: getattr(settings, key) for key in course.defaults} == course.defaults
    words = course_in_words(ARCHITECTURES[name])
    assert "first weights Glorot uniform, biases 0" in words
    assert ("Not stated, and taken" in words) is bool(course.assumed)


def test_it_is_said_what_is_stated_and_what_is_taken():
    words = course_in_words(ARCHITECTURES["two_conv"])
    assert "The material states batch size 10." in words
    assert "Not stated, and taken as the perceptron of the same notes: epochs 3." in words
    assert "Keras's own: learning rate 0.001, optimiser adam" in words
    assert "the weights of the last epoch answer" in words
    assert "least validation loss" in course_in_words(ARCHITECTURES["cnn_32_64"])
    assert course_in_words(ARCHITECTURES["lenet_5"]) == ""


@pytest.mark.parametrize("name", ["small_cnn", "lenet_5", "mobilenet_075"])
def test_a_network_that_no_material_trains_is_refused_with_those_that_are(name):
    with pytest.raises(UsageError, match="No course material") as refusal:
        as_course(name)
    assert ARCHITECTURES[name].title in str(refusal.value)
    assert all(known in str(refusal.value) for known in OF_COURSE)


def test_what_is_set_by_hand_goes_before_the_course_and_is_said():
    settings = as_course("perceptron", epochs=5, augmentation="rotation=5")
    assert (settings.epochs, settings.early_stopping) == (5, False)
    words = departures_of_run(settings)
    assert words.startswith("Not as in the course, since it was set otherwise: augmentation rotation ±5")
    assert "epochs 5 (course: 3)" in words
    assert "early stopping" not in words
    assert departures_of_run(as_course("perceptron")) == ""
    assert departures_of_run(read_settings({"dataset": "pets", "architecture": "perceptron"})) == ""


def test_a_run_as_the_course_is_the_same_once_it_was_written_down():
    settings = as_course("cnn_32_32_64_64", epochs=4)
    assert read_settings(settings.to_dict()) == settings


# Departures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vgg16", "two dense layers of 4,096 units"),
        ("vgg16", "50 % dropout and one dense layer for yours"),
        ("vgg16_fc7", "one sigmoid unit for two classes is a softmax of two here"),
        ("resnet50", "often in bfloat16"),
        ("cnn_32_32_64_64", "learning rate schedule constant (course: inverse time)"),
        ("alexnet", "weight decay goes through the momentum"),
        ("alexnet", "begin normal with spread of .01"),
        ("lenet_5", "step sizes from second derivatives"),
        ("lenet_5", "in bfloat16 where that is quicker"),
        ("cervix_cnn", "casts pixels from 0 to 1 to whole numbers"),
        ("cervix_cnn", "epochs 25 (course: 200)"),
        ("perceptron", "epochs 25 (course: 3)"),
        ("perceptron", "early stopping on (course: off)"),
        ("two_conv", "batch size 32 (course: 10)"),
    ],
)
def test_departures_are_named(name, words):
    assert words in departures_in_words(ARCHITECTURES[name])


@pytest.mark.parametrize("name", OF_COURSE)
def test_a_network_of_the_course_departs_in_what_its_default_settings_have_otherwise_and_in_nothing_else(name):
    architecture = ARCHITECTURES[name]
    words, default = departures_in_words(architecture), default_settings(architecture)
    idle = {"as_course", "test_time_augmentation", "decay_rate"}  # without augmentation there are no views
    if {default["optimiser"], course_settings(architecture)["optimiser"]} == {"adam"}:
        idle |= {"weight_decay"}  # which Adam ignores
    for key, value in course_settings(architecture).items():
        here, there = setting_value(key, default[key]), setting_value(key, value)
        told = f"{setting_title(key).lower()} {here} (course: {there})" in words
        assert told is (default[key] != value and key not in idle), key
    assert "not known" not in words


def test_what_was_made_here_departs_from_nothing():
    assert departures_in_words(ARCHITECTURES["small_cnn"]) == ""


def test_what_is_kept_as_it_was_is_not_called_a_departure():
    assert "is kept" not in "".join(map(departures_in_words, ARCHITECTURES.values()))


# A learning rate at which nothing is learned --------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"as_course": True}, {"learning_rate": 0.02}, {"find_learning_rate": True}])
def test_a_learning_rate_at_which_it_was_seen_to_learn_nothing_is_warned_of(changes):
    words = unlearned_rate_in_words(read_settings({"dataset": "pets", "architecture": "cervix_cnn"} | changes))
    assert "3 of 3 runs ended with one answer for every image (log loss 1.10)" in words
    assert "What the learning rate finder took there, 0.005, was too large as well." in words
    assert "At 0.001 all of them learned" in words


@pytest.mark.parametrize("changes", [{"learning_rate": 1e-3}, {"optimiser": "sgd"}])
def test_other_learning_rates_are_not(changes):
    assert unlearned_rate_in_words(read_settings({"dataset": "x", "architecture": "cervix_cnn"} | changes)) == ""
    assert unlearned_rate_in_words(read_settings({"dataset": "x", "architecture": "mnist_cnn"})) == ""
