"""Near copies under two labels are to be looked at, the most alike first, and never excluded in one step."""

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.datasets.checkup import accept_finding, apply_remedy, check
from core.datasets.creation import create_from_path
from core.datasets.editing import accept, relabel
from core.datasets.importing import run_import
from core.datasets.splits import SplitSettings
from core.errors import UsageError

PEOPLE = 8


def photograph(person, sign):
    """One hand before a person's own wall: one finger or two."""
    generator = np.random.default_rng(person)
    picture = Image.fromarray(generator.integers(40, 220, (6, 6, 3), dtype=np.uint8)).resize((96, 96))
    pen = ImageDraw.Draw(picture)
    for finger in range(sign):
        pen.line((48, 60, 36 + 20 * finger, 24), fill=(205, 160, 130), width=6)
    return picture


@pytest.fixture
def signs(workspace, tmp_path):
    """Eight people show one and two; one photograph of a one is there again, saved anew, as a two, and one as it is."""
    for person in range(PEOPLE):
        for sign, label in ((1, "one"), (2, "two")):
            path = tmp_path / "signs" / label / f"{person}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            photograph(person, sign).save(path)
    photograph(3, 1).save(tmp_path / "signs" / "two" / "wrong.jpg", quality=70)
    photograph(5, 1).save(tmp_path / "signs" / "two" / "wrong.bmp")
    return run_import(create_from_path(workspace, tmp_path / "signs"))


def test_only_equal_pixels_are_certain(signs):
    finding = check(signs).find("two_labels")
    assert set(finding.paths) == {"one/5.png", "two/wrong.bmp"}
    assert "At least one label is wrong" in finding.why
    assert set(finding.excludes) == set(finding.paths)


def test_near_copies_are_to_be_looked_at_the_most_alike_first(signs):
    finding = check(signs).find("nearly_two_labels")
    assert finding.severity == "warning"
    assert finding.sets[0] == ("one/3.png", "two/wrong.jpg")
    assert finding.notes[0] == "hardly any difference at a glance"
    assert all(note.startswith("different in one place") for note in finding.notes[1:])
    assert len(finding.notes) == len(finding.sets) > 3
    assert "wrong" not in finding.title
    assert len(set(finding.paths)) == len(finding.paths), "no picture comes twice"


def test_they_are_never_excluded_in_one_step(signs):
    finding = check(signs).find("nearly_two_labels")
    assert (finding.remedy, finding.excludes) == ("", ())
    with pytest.raises(UsageError, match="no remedy of one step"):
        apply_remedy(signs, "nearly_two_labels")


def test_a_pair_that_is_right_is_not_shown_again_and_the_others_are(signs):
    before = check(signs).find("nearly_two_labels")
    accept(signs, "nearly_two_labels", before.sets[1])
    after = check(signs).find("nearly_two_labels")
    assert set(before.sets) - set(after.sets) == {before.sets[1]}
    relabel(signs, ["two/wrong.jpg"], "one")
    left = check(signs).find("nearly_two_labels")
    assert "two/wrong.jpg" not in left.paths
    assert left.severity == "note", "no pair hardly differs any more"
    accept_finding(signs, "nearly_two_labels")
    assert "nearly_two_labels" not in [finding.kind for finding in check(signs).findings]


def test_an_answer_of_another_class_is_no_leak(signs):
    signs.set_split(SplitSettings(near_duplicates_together=False, validation=0.3, test=0.3))
    images = signs.images.set_index("path")
    for finding in check(signs).findings:
        if finding.kind == "leak":
            assert all(images.loc[list(paths), "label"].nunique() == 1 for paths in finding.sets)


def test_notes_are_written_as_json_beside_the_sets(signs):
    finding = check(signs).find("nearly_two_labels").to_dict()
    assert json.loads(json.dumps(finding))["notes"] == list(check(signs).find("nearly_two_labels").notes)
    assert len(finding["notes"]) == len(finding["sets"])
    assert "notes" not in check(signs).find("two_labels").to_dict()
