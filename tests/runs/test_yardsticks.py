"""What a result is held against."""

import json
from dataclasses import replace

import pytest

from core.datasets.cards import ReferenceResult, load_cards
from core.runs.yardsticks import Published, yardsticks


def test_chance_and_the_commonest_class(imported):
    known = yardsticks(imported("pets", {"cats": 10, "dogs": 30}))
    assert (known.chance, known.commonest, known.commonest_share) == (0.5, "dogs", 0.75)
    assert known.published == ()
    assert known.words() == "To beat: guessing is right on 50 %, always answering “dogs” on 75 %."


def test_of_a_public_dataset_it_says_what_others_reached(imported):
    card = load_cards()["uc_merced"]
    known = yardsticks(imported("aerial", dict.fromkeys(card.class_names, 5)))
    assert known.words() == (
        "To beat: guessing, or always the same answer, is right on 4.76 %. Others reached on UC Merced land use, of "
        "which 2,100 images are published: 94.4 to 98.8 %."
    )
    assert "of which" not in replace(known, images=2100).words()
    assert json.loads(json.dumps(known.to_dict()))["published"][0]["images"] == 420


def test_log_losses_are_held_against_guessing(imported):
    card = load_cards()["cervix"]
    known = yardsticks(imported("cervix", dict.fromkeys(card.class_names, 5)))
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
