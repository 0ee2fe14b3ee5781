"""Every setting: what is accepted, and the words in which the rest is refused."""

import dataclasses
import json

import pytest

from core.architectures.registry import ARCHITECTURES
from core.augmentation.library import PRESETS, RecipeLibrary
from core.augmentation.recipe import Step
from core.datasets.splits import SplitSettings
from core.errors import UsageError
from core.installation import PROJECT
from core.runs.settings import (
    FORMER_NAMES,
    GROUPS,
    PARAMETERS,
    SUBJECT,
    Boolean,
    Choice,
    Number,
    RunSettings,
    as_written_before,
    default_settings,
    parameters_in,
    read_settings,
    read_stored_settings,
)
from core.runs.settings.listing import as_dicts, as_markdown, as_text


def of_kind(kind):
    """The parameters of a kind that are set for every training, whatever it is of."""
    return [found for found in PARAMETERS.values() if isinstance(found, kind) and found.group != SUBJECT]


def each(kind):
    return pytest.mark.parametrize("parameter", of_kind(kind), ids=lambda found: found.name)


EVERY = each(Number)


def settings(**changes):
    return read_settings({"dataset": "pets", "architecture": "small_cnn"} | changes)


def refusal(**changes):
    with pytest.raises(UsageError) as caught:
        settings(**changes)
    return str(caught.value)


# Defaults ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_defaults_are_acceptable_and_complete(name):
    architecture = ARCHITECTURES[name]
    complete = read_settings({"dataset": "pets", "architecture": name})
    assert complete.image_size == architecture.input_size
    assert complete.weights == ("imagenet" if architecture.frozen else "")
    assert complete.augmentation == ()
    assert complete.split_seed is None
    usual = {"epochs": PARAMETERS["epochs"].default[architecture.kind]} | architecture.settings
    assert complete.epochs == usual["epochs"]
    assert not complete.untrained
    assert {"dataset", *default_settings(architecture)} == {field.name for field in dataclasses.fields(RunSettings)}


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=list(PARAMETERS))
def test_every_parameter_is_named_explained_and_listed(parameter):
    assert parameter.title
    assert parameter.explanation.endswith(".")
    assert parameter.accepted
    assert parameter in parameters_in(parameter.group)
    assert parameter.group in GROUPS
    for kind in parameter.kinds:
        assert parameter in parameters_in(parameter.group, kind)


@EVERY
def test_every_default_is_acceptable(parameter):
    assert set(parameter.default) == {"scratch", "frozen"}
    for default in parameter.default.values():
        assert parameter.check(default) == default


def test_settings_survive_being_written():
    before = settings(epochs=3, learning_rate=0.1, augmentation="zoom=10,flip_vertical", split_seed=4, image_size=64)
    assert read_settings(json.loads(json.dumps(before.to_dict()))) == before


# Numbers -------------------------------------------------------------------------------------------------------------


def where_it_counts(parameter):
    """A network from scratch has no blocks to unfreeze, and of the others only one has as many as any."""
    most = max(ARCHITECTURES.values(), key=lambda architecture: len(architecture.cuts))
    return {"architecture": most.name} if parameter.name == "unfreeze" else {}


@EVERY
def test_both_ends_of_a_range_are_accepted(parameter):
    for value in (parameter.minimum, parameter.maximum):
        for given in (value, repr(value), f" {value} "):
            assert getattr(settings(**where_it_counts(parameter), **{parameter.name: given}), parameter.name) == value


@EVERY
def test_whole_numbers_are_whole(parameter):
    values = where_it_counts(parameter) | {parameter.name: str(parameter.maximum)}
    number = getattr(settings(**values), parameter.name)
    assert type(number) is (int if parameter.whole else float)


@EVERY
def test_what_lies_outside_is_refused_with_the_range(parameter):
    for value in (parameter.minimum - 1, parameter.maximum + 1, parameter.maximum * 1.5, -1, float("inf"), 10**400):
        for given in (value, str(value)):
            message = refusal(**{parameter.name: given})
            assert f"'{parameter.name}'" in message
            assert f"from {parameter.written(parameter.minimum)} to {parameter.written(parameter.maximum)}" in message
            assert repr(given) in message


@EVERY
@pytest.mark.parametrize(
    "value", [float("nan"), "nan", "NaN", "inf", "-inf", True, False, None, "", "abc", "1,5", [], {}, b"x"]
)
def test_what_is_no_number_is_refused(parameter, value):
    # NaN compares as neither too small nor too large, True counts as 1: both have to be refused on purpose.
    message = refusal(**{parameter.name: value})
    assert f"'{parameter.name}' must be" in message
    assert repr(value) in message


@pytest.mark.parametrize("name", [parameter.name for parameter in of_kind(Number) if parameter.whole])
@pytest.mark.parametrize("value", [1.5, "1.5", "1.0000001"])
def test_a_fraction_is_no_whole_number(name, value):
    assert "whole number" in refusal(**{name: value})


def test_numbers_can_be_typed_as_people_type_them():
    typed = settings(epochs="12", learning_rate="1e-3", dropout="0.25", batch_size="16.0")
    assert (typed.epochs, typed.learning_rate, typed.dropout, typed.batch_size) == (12, 0.001, 0.25, 16)


# Choices -------------------------------------------------------------------------------------------------------------


@each(Choice)
def test_every_option_of_a_choice_is_explained_and_accepted(parameter):
    assert getattr(settings(), parameter.name) == parameter.default["scratch"]
    for option, meaning in parameter.options.items():
        assert meaning
        assert getattr(settings(**{parameter.name: f" {option.upper()} "}), parameter.name) == option


@each(Choice)
@pytest.mark.parametrize("value", ["", "other", None, 1, True, [], {}])
def test_what_is_no_option_is_answered_with_those_there_are(parameter, value):
    message = refusal(**{parameter.name: value})
    assert f"'{parameter.name}' must be one of {', '.join(parameter.options)}" in message
    assert repr(value) in message


# Booleans ------------------------------------------------------------------------------------------------------------


def test_what_is_on_or_off_is_a_boolean():
    assert {parameter.name for parameter in of_kind(Boolean)} == {
        *("nesterov", "find_learning_rate", "early_stopping", "tune_weight_decay"),
        *("test_time_augmentation", "deterministic", "restore_best_weights"),
    }


@each(Boolean)
def test_a_boolean_is_read_as_people_write_it(parameter):
    assert getattr(settings(), parameter.name) is parameter.default["scratch"]
    for value in (True, 1, "true", "True", "on", " YES ", "1"):
        assert getattr(settings(**{parameter.name: value}), parameter.name) is True
    for value in (False, 0, "false", "off", "No", "0"):
        assert getattr(settings(**{parameter.name: value}), parameter.name) is False


@each(Boolean)
@pytest.mark.parametrize("value", ["", "perhaps", None, 2, 1.5, float("nan"), [], {}, b"1"])
def test_what_is_neither_true_nor_false_is_refused(parameter, value):
    message = refusal(**{parameter.name: value})
    assert f"'{parameter.name}' must be true or false" in message
    assert repr(value) in message


@pytest.mark.parametrize("value", ["", " ", None, 3])
def test_a_runtime_is_a_name(value):
    assert "'runtime' must be" in refusal(runtime=value)
    assert settings().runtime == "auto"


# Earlier builds ------------------------------------------------------------------------------------------------------

# As the builds before wrote them down.
YESTERDAY = {"dataset": "pets", "architecture": "mobilenet", "nesterov": "on", "deterministic": "off"}
YESTERDAY |= {"find_rate": "on", "average_views": 0, "choose_decay": 1, "least_steps": 7}


def test_what_an_earlier_build_wrote_down_is_read():
    read = read_stored_settings(YESTERDAY)
    assert (read.nesterov, read.deterministic, read.find_learning_rate) == (True, False, True)
    assert (read.test_time_augmentation, read.tune_weight_decay, read.min_steps_per_epoch) == (False, True, 7)
    assert read.early_stopping is True, "there was no other way"
    before_that = {name: value for name, value in YESTERDAY.items() if name != "least_steps"}
    assert read_stored_settings(before_that).min_steps_per_epoch == 1, "what could not be set"
    assert read_settings(before_that).min_steps_per_epoch == PARAMETERS["min_steps_per_epoch"].default["frozen"]


@pytest.mark.parametrize(("former", "current"), FORMER_NAMES.items())
def test_a_former_name_is_the_same_setting(former, current):
    assert former not in PARAMETERS
    value = next(value for value in (False, 3) if type(value) is type(getattr(settings(), current)))
    assert settings(**{former: value}) == settings(**{current: value})
    message = refusal(**{former: value, current: 1 - value})
    assert former in message
    assert current in message


def test_settings_can_be_given_by_both_names_and_read_again():
    before = settings(test_time_augmentation=False)
    written = as_written_before(before.to_dict())
    assert written["average_views"] is written["test_time_augmentation"] is False
    assert read_settings(json.loads(json.dumps(written))) == before


# The lists of all -----------------------------------------------------------------------------------------------------


def test_the_document_tells_of_the_settings_of_now():
    written = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "write it anew: python -m core settings --markdown > docs/settings.md"


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=list(PARAMETERS))
def test_every_list_has_every_parameter(parameter):
    assert f"  {parameter.name}: " in as_text()
    (row,) = (line for line in as_markdown().splitlines() if line.startswith(f"| `{parameter.name}` "))
    assert row.count(" | ") == 3
    (entry,) = (entry for entry in as_dicts() if entry["name"] == parameter.name)
    assert json.loads(json.dumps(entry)) == entry
    for told in (as_text(), row, entry["explanation"]):
        assert parameter.explanation in told
    for told in (as_text(), row, entry["accepted"]):
        assert parameter.accepted in told


# The rest ------------------------------------------------------------------------------------------------------------


def test_an_unknown_setting_is_answered_with_those_there_are():
    message = refusal(epoch=3)
    assert "no setting 'epoch'" in message
    assert all(name in message for name in PARAMETERS if name != "dataset")


@pytest.mark.parametrize("changes", [{"dataset": ""}, {"dataset": None}])
def test_a_dataset_must_be_named(changes):
    assert "Name the dataset" in refusal(**changes)


@pytest.mark.parametrize("name", ["", "resnet"])
def test_an_unknown_architecture_is_refused(name):
    assert "small_cnn" in refusal(architecture=name)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_images_may_be_as_small_as_the_network_allows(name):
    least = ARCHITECTURES[name].minimum_size
    assert settings(architecture=name, image_size=least).image_size == least
    if not ARCHITECTURES[name].fixed_size:
        assert settings(architecture=name, image_size="1024").image_size == 1024
    assert f"at least {least} pixels" in refusal(architecture=name, image_size=least - 1)


@pytest.mark.parametrize("value", [0, -5, 1025, "nan", "abc", 96.5, True, None])
def test_an_impossible_image_size_is_refused(value):
    assert "'image_size' must be a whole number from 1 to 1024" in refusal(image_size=value)


@pytest.mark.parametrize("value", [None, "", "none", "None"])
def test_without_a_split_seed_the_datasets_own_split_is_used(value):
    assert settings(split_seed=value).split_seed is None


def test_a_split_seed_may_be_zero():
    assert settings(split_seed=0).split_seed == settings(split_seed="0").split_seed == 0


@pytest.mark.parametrize("value", [-1, "1.5", "nan", True, 2**31, "other"])
def test_a_wrong_split_seed_is_refused(value):
    assert "'split_seed'" in refusal(split_seed=value)


@pytest.mark.parametrize("value", [None, "", "none"])
def test_without_a_fold_the_datasets_own_is_used(value):
    own = SplitSettings(folds=5, fold=2)
    assert settings(fold=value).split_settings(own) == own


def test_a_run_can_take_another_fold_and_seed_and_keeps_the_rest_of_the_datasets_split():
    own = SplitSettings(validation=0.1, folds=5, fold=2, group_by="folder")
    assert settings(fold="4").split_settings(own) == dataclasses.replace(own, fold=4)
    assert settings(split_seed=7).split_settings(own) == dataclasses.replace(own, seed=7)


@pytest.mark.parametrize("value", [0, -1, 21, "1.5", True, "other"])
def test_a_wrong_fold_is_refused(value):
    assert "'fold'" in refusal(fold=value)


@pytest.mark.parametrize(("folds", "words"), [(0, "no folds: divide it into some first"), (3, "has 3 folds")])
def test_a_fold_that_the_dataset_does_not_have_is_refused(folds, words):
    with pytest.raises(UsageError, match=words):
        settings(fold=4).split_settings(SplitSettings(folds=folds))


def test_augmentation_can_be_typed_or_come_from_a_file():
    recipe = (Step("rotation", -5, 15), Step("flip_horizontal", probability=0.5))
    written = [{"name": "rotation", "low": -5, "high": 15}, {"name": "flip_horizontal"}]
    assert settings(augmentation="rotation=-5..15,flip_horizontal").augmentation == recipe
    assert settings(augmentation=written).augmentation == recipe
    assert settings(augmentation="none").augmentation == ()
    assert "'mirror' is unknown" in refusal(augmentation="mirror")


def test_augmentation_can_be_named_where_the_workspace_is_known(workspace):
    RecipeLibrary(workspace).save("mine", (Step("noise", 0, 9),))
    values = {"dataset": "x", "architecture": "small_cnn"}
    assert read_settings(values | {"augmentation": "mine"}, workspace).augmentation == (Step("noise", 0, 9),)
    assert read_settings(values | {"augmentation": "digits"}, workspace).augmentation == PRESETS["digits"].recipe
    assert read_settings(values | {"augmentation": "noise=3"}, workspace).augmentation == (Step("noise", 0, 3),)


def test_images_are_mixed_only_where_the_whole_network_is_trained():
    assert [step.name for step in settings(augmentation="mixup@0.4,cutmix").augmentation] == ["mixup", "cutmix"]
    message = refusal(architecture="vgg16", augmentation="rotation,mixup,cutmix")
    assert "mixup and cutmix cannot be used with VGG16" in message
    assert "'augmentation'" in message


def test_weights_belong_to_frozen_backbones():
    assert "takes no weights" in refusal(weights="imagenet")
    assert "'weights' must be" in refusal(architecture="mobilenet", weights="")
    assert settings(architecture="mobilenet", weights="/some/file.h5").weights == "/some/file.h5"


def test_random_weights_are_known_as_such():
    assert settings(architecture="mobilenet", weights="untrained").untrained
    assert not settings(architecture="mobilenet").untrained
