"""Images that belong together and are torn apart: found, said what that changes, mended in one step, and undone."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from core.datasets.checkup import accept_finding, apply_remedy, check
from core.datasets.creation import create_from_path
from core.datasets.editing import exclude
from core.datasets.findings.groups import shares_right
from core.datasets.importing import run_import
from core.datasets.splits import SplitSettings
from core.errors import UsageError


@pytest.fixture
def bring(workspace, tmp_path, write_picture):
    """A dataset of small pictures that lie at these paths."""

    def make(paths, name="brought"):
        for path in paths:
            write_picture(tmp_path / name / path)
        return run_import(create_from_path(workspace, tmp_path / name))

    return make


@pytest.fixture
def smears(bring):
    """Twenty smears with four crops each, whose cells are of both classes."""
    return bring([f"{'AB'[i % 2]}/BloodImage_{s:05}_{31 * i + s}_{57 * i}.png" for s in range(20) for i in range(4)])


def kinds(dataset):
    return [finding.kind for finding in check(dataset).findings]


def torn(dataset, key):
    """How many groups, by a function of the path, lie in several parts."""
    images = dataset.images
    return int((images.groupby(images["path"].map(key))["split"].nunique() > 1).sum())


def smear_of(path):
    return path.split("_")[1]


def test_torn_groups_are_found_with_the_pattern_their_number_an_example_and_what_a_grouped_split_changes(smears):
    finding = check(smears).find("groups")
    assert finding.severity == "warning"
    assert finding.count == torn(smears, smear_of) > 10
    assert finding.group_by == "BloodImage_{group}_*"
    assert "BloodImage_{group}_*" in finding.why
    assert "20 groups, such as 00000 with 4 images" in finding.why
    images = smears.images.set_index("path")
    learned = {smear_of(path) for path in images.index[images["split"] != "test"]}
    mates = sum(smear_of(path) in learned for path in images.index[images["split"] == "test"])
    assert mates == (images["split"] == "test").sum()
    assert f"All {mates} test images have mates" in finding.why
    assert re.search(r"Kept on one side, none has any: \d+ train, \d+ validate, \d+ test", finding.why)
    for paths in finding.sets:
        assert len({smear_of(path) for path in paths}) == 1
    assert images.at[finding.sets[0][0], "split"] == "test"
    assert images.at[finding.sets[0][1], "split"] == "train", "the test image and its mate are shown side by side"


def test_one_step_keeps_them_on_one_side_and_an_undo_brings_back_every_part(smears):
    before = smears.images["split"].tolist()
    edit = apply_remedy(smears, "groups")
    assert "BloodImage_{group}_*" in edit.in_words()
    assert torn(smears, smear_of) == 0
    assert smears.split_settings.group_by == "BloodImage_{group}_*"
    assert "groups" not in kinds(smears)
    smears.edits.undo()
    assert smears.images["split"].tolist() == before
    assert smears.split_settings == SplitSettings()
    assert "groups" in kinds(smears)


def test_images_that_come_between_the_step_and_its_undo_move_none_of_the_others(smears, tmp_path, write_picture):
    before = dict(smears.images[["path", "split"]].to_numpy())
    apply_remedy(smears, "groups")
    grouped = dict(smears.images[["path", "split"]].to_numpy())
    write_picture(tmp_path / "brought" / "A" / "BloodImage_00003_999_1.png")
    run_import(smears)
    now = dict(smears.images[["path", "split"]].to_numpy())
    assert {path: now[path] for path in grouped} == grouped
    assert now["A/BloodImage_00003_999_1.png"] == grouped["A/BloodImage_00003_3_0.png"]
    smears.edits.undo()
    now = dict(smears.images[["path", "split"]].to_numpy())
    assert {path: now[path] for path in before} == before


def test_a_split_that_was_made_by_hand_since_then_outlasts_the_undo(smears):
    apply_remedy(smears, "groups")
    smears.set_split(SplitSettings(test=0.3, group_by="BloodImage_{group}_*"))
    smears.edits.undo()
    assert smears.split_settings.test == 0.3


def test_the_same_step_twice_and_two_undos_lead_back(smears):
    before = smears.images["split"].tolist()
    apply_remedy(smears, "groups")
    smears.edits.undo()
    apply_remedy(smears, "groups")
    smears.edits.undo()
    assert smears.images["split"].tolist() == before
    with pytest.raises(UsageError, match="nothing to undo"):
        smears.edits.undo()


def test_what_a_split_keeps_together_anyway_is_no_finding(smears):
    smears.set_split(SplitSettings(group_by="*_{group}_*"))
    assert "groups" not in kinds(smears)


def test_groups_that_may_be_torn_are_accepted(smears):
    accept_finding(smears, "groups")
    assert "groups" not in kinds(smears)
    smears.edits.undo()
    assert "groups" in kinds(smears)


def test_groups_that_a_table_names_are_found_when_the_split_passes_over_them(workspace, tmp_path, write_picture):
    rows = ["path,label,group"]
    for number in range(40):
        write_picture(tmp_path / "table" / f"{number}.png")
        rows.append(f"{number}.png,{'ab'[number % 2]},{('anna', 'bert', 'carl', 'dora', 'emil')[number % 5]}")
    (tmp_path / "table" / "labels.csv").write_text("\n".join(rows))
    dataset = run_import(create_from_path(workspace, tmp_path / "table" / "labels.csv", "table"))
    finding = check(dataset).find("groups")
    assert finding.group_by == "column"
    assert "table’s group column" in finding.why
    apply_remedy(dataset, "groups")
    assert dataset.split_settings.group_by == "column"
    assert "groups" not in kinds(dataset)


@pytest.mark.parametrize("group_of", [lambda number: "all", lambda number: f"kind {number % 2}"])
def test_a_group_column_that_says_nothing_or_the_class_once_more_is_none(workspace, tmp_path, write_picture, group_of):
    rows = ["path,label,group"]
    for number in range(20):
        write_picture(tmp_path / "table" / f"{number}.png")
        rows.append(f"{number}.png,{'ab'[number % 2]},{group_of(number)}")
    (tmp_path / "table" / "labels.csv").write_text("\n".join(rows))
    dataset = run_import(create_from_path(workspace, tmp_path / "table" / "labels.csv", "table"))
    assert "groups" not in kinds(dataset)


def test_sixty_images_that_are_only_numbered_have_no_groups(bring):
    assert kinds(bring([f"{label}/{number}.png" for label in "ab" for number in range(30)])) == []


def test_classes_of_one_video_each_are_said_and_nothing_is_offered_that_would_fail(bring):
    dataset = bring([f"{label}/video{v}_{f:03}.png" for v, label in enumerate(("cars", "bikes")) for f in range(20)])
    finding = check(dataset).find("groups")
    assert finding.title == "All images of a class are of one origin"
    assert finding.remedy == ""
    with pytest.raises(UsageError, match="no remedy of one step"):
        apply_remedy(dataset, "groups")


def test_groups_that_leave_nothing_to_test_on_are_said_and_nothing_is_offered_that_would_fail(bring):
    paths = [f"a/patient1_{i:03}.png" for i in range(20)] + [f"b/patient2_{i:03}.png" for i in range(20)]
    paths += [f"b/patient1_{i:03}.png" for i in range(20, 24)]
    dataset = bring(paths)
    finding = check(dataset).find("groups")
    assert finding.remedy == ""
    assert "can’t be kept on one side" in finding.why
    with pytest.raises(UsageError):
        apply_remedy(dataset, "groups")


def test_a_split_that_a_dataset_brings_is_kept_and_said(bring):
    parts = ("train", "test")
    paths = [f"{parts[i % 2]}/{'AB'[s % 2]}/patient{s}_{i}.png" for s in range(12) for i in range(4)]
    finding = check(bring(paths)).find("groups")
    assert "All 24 test images have mates" in finding.why
    assert "The dataset brings this split along" in finding.why
    assert finding.remedy == ""


def test_a_finding_that_loses_its_images_is_gone(smears):
    exclude(smears, [path for path in smears.images["path"] if smear_of(path) != "00000"])
    assert "groups" not in kinds(smears)


def test_the_finding_is_written_as_json(smears):
    facts = json.loads(json.dumps(check(smears).to_dict()))
    (finding,) = [finding for finding in facts["findings"] if finding["kind"] == "groups"]
    assert finding["group_by"] == "BloodImage_{group}_*"
    assert sum(map(len, finding["sets"])) == len(finding["paths"])


def test_what_mates_give_away_is_measured_by_leaving_them_out():
    generator = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 4)
    labels = np.array(["a", "b"])[groups % 2]  # of each group, and of nothing that can be seen
    backgrounds = generator.integers(0, 200, (30, 50))
    pictures = (backgrounds[groups] + generator.integers(0, 20, (120, 50))).astype(np.uint8)
    with_mates, without = shares_right(pictures, labels, groups)
    assert with_mates == 1
    assert without < 0.75
    assert shares_right(pictures, labels, np.zeros(120, int)) == (None, None)


def test_what_mates_give_away_is_said(workspace, tmp_path):
    generator = np.random.default_rng(0)
    for patient in range(16):
        wall = generator.integers(0, 255, (4, 4, 3), dtype=np.uint8)
        for image in range(4):
            path = tmp_path / "walls" / "ab"[patient % 2] / f"patient{patient}_{image}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.kron(wall, np.ones((8, 8, 1))) + generator.normal(0, 30, (32, 32, 3))
            Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    finding = check(run_import(create_from_path(workspace, tmp_path / "walls"))).find("groups")
    shares = re.search(r"For (\d+)% of the images, .* mates don’t count, for (\d+)%", finding.why)
    assert int(shares[1]) > 90
    assert int(shares[2]) < 75
