"""The advice on the page of the model: where the dataset lies, why, what to take, and what a result has to beat."""

import re

import pytest

from core.advice.architecture_advice import CASES
from core.advice.linear_probe import MAJORITY, PIXELS, Candidate, Findings, LinearProbe, keep_findings, start_probe
from core.architectures.registry import ARCHITECTURES
from core.datasets.cards import load_cards
from core.jobs.job import identity
from core.runs.draft import Draft

MARK = "These images"
PRETRAINED = {"architecture": "mobilenet", "weights": "imagenet"}


@pytest.fixture
def found(pets):
    """Keeps what a look at the pets would have found: how many of 1,000 images each was right about."""

    def keep(features: int | None, pixels: int = 600, network: str = "mobilenet") -> Findings:
        candidates = [Candidate(MAJORITY, "Always the commonest class", 1000, 500)]
        candidates.append(Candidate(PIXELS, "Small pixels", 1000, pixels))
        if features is not None:
            candidates.append(Candidate(network, ARCHITECTURES[network].title, 1000, features))
        findings = Findings(pets.name, pets.content.version, 1000, 1000, tuple(candidates))
        keep_findings(pets, findings)
        return findings

    return keep


def marked(page) -> dict[str, str]:
    """What is said of this dataset in which of the four cases."""
    (picture,) = (part.proto.body for part in page.at.main.get("html") if "four-cases" in part.proto.body)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", picture)
    assert sum(case.words in cell for case in CASES for cell in cells) == len(CASES)
    return {
        case.way: cell.partition(MARK)[2].removesuffix("</span>")
        for case in CASES
        for cell in cells
        if case.words in cell and MARK in cell
    }


def test_before_a_look_it_says_what_can_be_said_without(visit, pets):
    page = visit("model")
    assert "Few images: freeze the backbone" in page.words
    assert "24 training images, 12 a class." in page.words
    assert "To beat: guessing, or always the same answer, is right on 50 %." in page.words
    assert marked(page) == {"freeze": ": one of the two", "train late blocks": ": one of the two"}
    assert not any(label.startswith("Take") for label in page.buttons)
    assert "Linear probe" in page.buttons


def test_like_images_are_left_to_a_frozen_network_with_one_press(visit, pets, found):
    found(975)
    page = visit("model")
    assert "Few images, like ImageNet’s: keep MobileNet frozen and train the last layer." in page.words
    assert "MobileNet’s features avoid 94 % (95 % interval" in page.words
    assert marked(page) == {"freeze": ""}
    assert "It sets: network MobileNet, blocks to fine-tune 0." in page.words
    page.press("Take MobileNet")
    assert Draft(pets).chosen() == PRETRAINED | {"unfreeze": 0}
    assert "The next training has it: network MobileNet, blocks to fine-tune 0." in page.words
    assert "Take MobileNet" not in page.buttons
    page.run()  # the rest of the page does not take it back
    assert Draft(pets).chosen() == PRETRAINED | {"unfreeze": 0}


def test_unlike_images_train_the_late_blocks_as_well(visit, pets, found):
    found(650)
    page = visit("model")
    assert marked(page) == {"train late blocks": ""}
    assert "Measured here on images unlike ImageNet’s" in page.words
    page.press("Take MobileNet, 7 blocks fine-tuned")
    assert Draft(pets).chosen() == PRETRAINED | {"unfreeze": 7, "fine_tune_epochs": 10, "fine_tune_rate": 1e-4}


def test_partly_like_images_lie_between(visit, found):
    found(860)
    between = ": between the two"
    assert marked(visit("model")) == {"freeze": between, "train late blocks": between}


def test_what_was_changed_since_can_be_taken_again(visit, pets, found):
    found(975)
    Draft(pets).choose(architecture="mobilenet", unfreeze=3, weights="untrained")
    visit("model").press("Take MobileNet")
    assert Draft(pets).chosen() == PRETRAINED | {"unfreeze": 0}


def test_without_weights_it_says_what_is_downloaded(visit, pets, found):
    found(None)
    page = visit("model")
    assert "No ImageNet weights are on this machine" in page.words
    assert "can’t be told: no pretrained network was tried." in page.words
    assert "Its weights are not here yet: 7.5 MB are downloaded first." in page.words
    assert Draft(pets).chosen() == {}


def test_while_it_is_looked_at_the_rest_is_open(visit, pets, workspace, found, launched):
    findings = found(975)
    start_probe(workspace, pets)
    LinearProbe.of(workspace).update(state="running", processes=[identity()], facts={"findings": findings.to_dict()})
    page = visit("model")
    assert findings.words() in page.words
    assert not any(label.startswith("Take") for label in page.buttons)
    assert "Stop the linear probe" in page.buttons


def test_of_a_public_dataset_it_says_what_others_reached(visit, asked_for):
    asked_for("uc_merced", dict.fromkeys(load_cards()["uc_merced"].class_names, 5))
    page = visit("model")
    assert "UC Merced land use, of which 2,100 images are published: 92.46 to 94.38 %." in page.words
    assert "94.38 %, of how many images is not said**: features of a frozen InceptionV3" in page.words
    assert "Applied Artificial Intelligence, 2021, doi:10.1080/08839514.2021.2014192." in page.words


def test_names_of_classes_are_shown_as_they_are(visit, imported):
    imported("awkward", {"*a*": 15, "dogs": 5})
    page = visit("model")
    assert "always answering “*a*” on 75 %" in page.words
    assert "“*a*”" not in page.source
