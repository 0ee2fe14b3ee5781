"""Which way to train is advised, by how many images there are and how like ImageNet's they are."""

import json

import pytest

from core.advice.architecture_advice import CASES, FREEZE, SCRATCH, TRAIN_ALL, TRAIN_LATE, advice_for, advise
from core.advice.linear_probe import MAJORITY, PIXELS, Candidate, Findings
from core.architectures.registry import ARCHITECTURES
from core.runs.draft import Draft
from core.runs.settings import PARAMETERS

FEW, MANY = [300, 300], [5000, 5000]
PRETRAINED = {"architecture": "mobilenet_075", "weights": "imagenet"}
RATE = PARAMETERS["fine_tune_rate"].default["frozen"]
BLOCKS = len(ARCHITECTURES["mobilenet_075"].cuts)


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def weights(tmp_path, no_weights):
    """The file of MobileNet α 0.75 is at hand."""
    folder = tmp_path / "keras" / "models"
    folder.mkdir(parents=True)
    (folder / ARCHITECTURES["mobilenet_075"].weights.file_name).touch()


def found(features: int | None, pixels: int = 160, n: int = 300) -> Findings:
    candidates = [Candidate(MAJORITY, "Always the commonest class", n, n // 2), Candidate(PIXELS, "Pixels", n, pixels)]
    if features is not None:
        candidates.append(Candidate("mobilenet_075", "MobileNet α 0.75", n, features))
    return Findings("pets", "1", n, n, tuple(candidates))


LIKE, PARTLY, UNLIKE = found(290), found(253), found(200)


@pytest.mark.parametrize(
    ("counts", "findings", "way", "settings"),
    [
        (MANY, LIKE, TRAIN_ALL, PRETRAINED | {"unfreeze": BLOCKS, "fine_tune_epochs": 10, "fine_tune_rate": RATE}),
        (MANY, UNLIKE, SCRATCH, {"architecture": "small_cnn"}),
        (FEW, LIKE, FREEZE, PRETRAINED | {"unfreeze": 0}),
        (FEW, UNLIKE, TRAIN_LATE, PRETRAINED | {"unfreeze": 7, "fine_tune_epochs": 10, "fine_tune_rate": 1e-4}),
    ],
)
def test_the_four_cases(counts, findings, way, settings):
    advice = advise(counts, findings)
    (case,) = advice.cases
    assert advice.plan.way == case.way == way
    assert advice.plan.settings == settings


def test_each_case_is_there_once():
    assert {(case.large, case.similar) for case in CASES} == {(a, b) for a in (True, False) for b in (True, False)}


@pytest.mark.parametrize(
    ("counts", "large"),
    [
        ([2500, 2500], True),
        ([2500, 2499], False),
        ([999] * 20, False),
        ([1000] * 21, True),
        # A class or two that are small do not make a large set small, nor one that is large a small one large.
        ([5000, 5000, 100], True),
        ([10_000, 100, 100], False),
    ],
)
def test_many_images_are_a_thousand_a_class_and_five_thousand_in_all(counts, large):
    assert advise(counts, None).size.large is large


def test_partly_like_images_lie_between_two_cases():
    for counts, way in ((FEW, TRAIN_LATE), (MANY, TRAIN_ALL)):
        advice = advise(counts, PARTLY)
        assert advice.headline().partition(":")[0].endswith("images, partly like ImageNet’s")
        assert len(advice.cases) == 2
        assert advice.plan.way == way


def test_before_a_look_both_cases_are_open_and_nothing_is_planned():
    advice = advise(FEW, None)
    assert advice.plan is None
    assert [case.similar for case in advice.cases] == [True, False]
    assert advice.headline() == (
        "Few images: freeze the backbone and train the last layer if they are like ImageNet’s, freeze only the early "
        "blocks and train the rest if not. A linear probe tells which."
    )
    assert advice.reasons() == "600 training images, 300 a class."


def test_the_recommendation_names_its_figures(weights):
    advice = advise([280, 300, 340], LIKE)
    assert advice.headline() == ("Few images, like ImageNet’s: keep MobileNet α 0.75 frozen and train the last layer.")
    assert advice.reasons() == (
        "920 training images, 300 in the middle class. MobileNet α 0.75’s features avoid 93 % (95 % interval 87 to "
        "96 %) of the errors that small pixels alone make."
    )
    assert advice.remark() == ""


def test_of_fine_tuning_it_says_what_was_measured():
    assert "seldom gained where images are like ImageNet’s" in advise(MANY, LIKE).words()
    assert "from 94 to 97 % of 238 test images" in advise(FEW, UNLIKE).words()
    assert advise(MANY, UNLIKE).remark() == ""


def test_without_weights_a_frozen_backbone_is_tried_first_and_its_download_is_said():
    advice = advise(FEW, found(None))
    assert advice.plan.settings == PRETRAINED | {"unfreeze": 0}
    assert "can’t be told: no pretrained network was tried." in advice.reasons()
    assert advice.reasons().endswith("Its weights are not here yet: 7.5 MB are downloaded first.")


def test_weights_at_hand_need_no_download(weights):
    assert advise(FEW, LIKE).plan.download == 0
    assert "downloaded" not in advise(FEW, LIKE).words()


def test_what_small_pixels_tell_apart_needs_no_pretrained_network():
    advice = advise(FEW, found(261, pixels=300))
    assert advice.plan.settings == {"architecture": "small_cnn"}
    assert "So easy a task needs no pretrained network." in advice.reasons()


@pytest.mark.parametrize("findings", [LIKE, PARTLY, UNLIKE, found(None), found(140, pixels=140)])
@pytest.mark.parametrize("counts", [FEW, MANY])
def test_what_is_advised_can_be_trained(imported, counts, findings):
    draft = Draft(imported("pets", {"cats": 5, "dogs": 5}))
    plan = advise(counts, findings).plan
    draft.choose(**plan.settings)
    settings = draft.settings()
    assert settings.architecture == plan.architecture.name
    assert settings.unfreeze == plan.blocks


def test_the_training_part_counts(imported):
    dataset = imported("pets", {"cats": 20, "dogs": 20})
    assert advice_for(dataset, None).size.images == (dataset.images["split"] == "train").sum()


@pytest.mark.parametrize("findings", [None, LIKE, found(None)])
def test_it_can_be_written(findings):
    advice = advise(FEW, findings)
    values = json.loads(json.dumps(advice.to_dict()))
    assert values["words"] == advice.words()
    assert (values["plan"] is None) == (findings is None)
    assert values["size"]["large"] is False
