"""The chapter on transfer learning: what each case trains, what it sets, where the images lie, and what was reached."""

import re

import pytest

from core.advice.linear_probe import MAJORITY, PIXELS, Candidate, Findings, keep_findings
from core.runs.draft import Draft


@pytest.fixture
def chapter(visit):
    """Opens the chapter: `chapter(case="few-unlike")`."""
    return lambda **query: visit("concepts", chapter="transfer", **query)


def drawn(page) -> str:
    """The drawing of the network, as it is read."""
    (picture,) = (part.proto.body for part in page.at.main.get("html") if 'class="net' in part.proto.body)
    return picture


def marks(page) -> int:
    return sum(part.proto.body.count("These images") for part in page.at.main.get("html"))


@pytest.mark.parametrize(
    ("case", "trained", "blocks"),
    [
        ("few-alike", "1,026 of 14,715,714 numbers are trained: 0.00697 %", []),
        ("few-unlike", "12,980,226 of 14,715,714 numbers are trained: 88.2 %", [4, 5]),
        ("many-alike", "14,676,994 of 14,715,714 numbers are trained: 99.7 %", [2, 3, 4, 5]),
        ("many-unlike", "all 14,715,714 numbers are trained", [1, 2, 3, 4, 5]),
    ],
)
def test_each_case_says_and_draws_what_it_trains(chapter, case, trained, blocks):
    page = chapter(case=case)
    assert trained in page.words
    titles = re.findall(r'figure title="Block (\d)[^"]*trained on your images', drawn(page))
    assert list(map(int, titles)) == blocks
    assert marks(page) == 0, "without images they lie nowhere"


def test_a_case_is_taken_into_the_draft_with_one_press(chapter, pets):
    page = chapter(case="few-unlike")
    assert "It sets: network VGG16, blocks to fine-tune 2" in page.words
    assert "58.9 MB are downloaded first" in page.words
    page.press("Take VGG16, 2 blocks fine-tuned")
    wanted = {"architecture": "vgg16", "weights": "imagenet", "unfreeze": 2, "fine_tune_epochs": 10}
    assert Draft(pets).chosen().items() >= wanted.items()
    assert "The next training has it: network VGG16, blocks to fine-tune 2" in page.words


def test_from_scratch_takes_a_network_that_is_made_for_it(chapter, pets):
    page = chapter(case="many-unlike", backbone="mobilenet").press("Take Small CNN")
    assert Draft(pets).chosen()["architecture"] == "small_cnn"
    assert "Here Small CNN is taken for that" in page.words


def test_what_the_linear_probe_found_says_where_the_images_lie(chapter, pets):
    page = chapter()
    assert "A linear probe tells which." in page.words
    assert marks(page) == 2
    tried = (
        Candidate(MAJORITY, "Always the commonest class", 1000, 500),
        Candidate(PIXELS, "Small pixels", 1000, 600),
        Candidate("mobilenet", "MobileNet", 1000, 975),
    )
    keep_findings(pets, Findings(pets.name, pets.content.version, 1000, 1000, tried))
    page.run()
    assert "Few images, like ImageNet’s: keep MobileNet frozen and train the last layer." in page.words
    assert marks(page) == 1
    assert {"Take VGG16", "Take MobileNet", "Look again"} <= set(page.buttons)


def test_what_runs_reached_stands_beside_what_was_published(chapter, pets, trained):
    trained(pets)
    trained(pets, evaluated=False)
    page = chapter()
    assert "Small CNN, from scratch: 75 % of 8 test images (95 % interval 41 to 93 %)" in page.words
    table = page.at.dataframe[0].value
    course = table[table["Source"].str.startswith("course material")]
    assert "99.2 % of 2,593 images (95 % interval 98.8 to 99.5 %)" in set(course["Result"])
    assert {"86.75 %, of how many images is not said", "log loss 0.97", "log loss 0.78"} <= set(course["Result"])
    assert table["Dataset"].str.contains("UC Merced").any()


def test_how_much_of_the_network_in_view_was_learned_elsewhere_is_said(chapter, pets):
    Draft(pets).choose(architecture="mobilenet_075", weights="imagenet", unfreeze=0)
    assert "No block is fine-tuned: that is the case of few images like ImageNet’s." in chapter().words
    Draft(pets).choose(unfreeze=2)
    assert "Then its last 2 blocks are fine-tuned" in chapter().words
    Draft(pets).choose(architecture="small_cnn")
    assert "Small CNN is trained from scratch" in chapter().words


def test_a_forged_link_opens_the_nearest_with_a_word(chapter):
    page = chapter(case="few-alikee", backbone="<b>resnet9000</b>")
    assert len(page.at.warning) == 2
    assert page.errors == []
