"""What a result is held against."""

import json
from dataclasses import replace

import pytest

from core.advice.baselines import Published, baselines
from core.datasets.cards import ReferenceResult, load_cards


def test_chance_and_the_commonest_class(imported):
    known = baselines(imported("pets", {"cats": 10, "dogs": 30}))
    assert (known.chance, known.commonest, known.commonest_share) == (0.5, "dogs", 0.75)
    assert known.published == ()
    assert known.words() == "To beat: guessing is right on 50 %, always answering “dogs” on 75 %."


def test_of_a_public_dataset_it_says_what_others_reached(asked_for):
    known = baselines(asked_for("uc_merced", dict.fromkeys(load_cards()["uc_merced"].class_names, 5)))
    assert known.words() == (
        "To beat: guessing, or always the same answer, is right on 4.76 %. Others reached on UC Merced land use, of "
        "which 2,100 images are published: 92.46 to 94.38 %."
    )
    assert "of which" not in replace(known, images=2100).words()
    assert json.loads(json.dumps(known.to_dict()))["published"][0]["value"] == 0.9438


def test_what_only_has_the_names_of_a_public_dataset_is_not_held_against_its_results(imported):
    known = baselines(imported("signs", {str(digit): 5 for digit in range(10)}))
    assert (known.public, known.published) == ("", ())
    assert "MNIST" not in known.words()


def test_log_losses_are_held_against_guessing(asked_for):
    known = baselines(asked_for("cervix", dict.fromkeys(load_cards()["cervix"].class_names, 5)))
    assert "log loss 0.557 to 1, where guessing has 1.1." in known.words()


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (("accuracy", 0.944, 420), "94.4 % of 420 images (95 % interval 91.6 to 96.1 %)"),
        (("accuracy", 1.0, 32), "100 % of 32 images (95 % interval 89 to 100 %)"),
        (("accuracy", 0.996, 0), "99.6 %, of how many images is not said"),
        (("log_loss", 0.557, 512), "log loss 0.557 on 512 images"),
        (("log_loss", 0.97, 0), "log loss 0.97"),
    ],
)
def test_a_published_result_has_its_interval_where_the_number_of_images_is_known(result, words):
    metric, value, images = result
    assert Published(ReferenceResult("a network", metric, value, "a paper", images)).words() == words
