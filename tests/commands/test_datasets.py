"""Commands about datasets: bringing, checking, dividing and editing real folders."""

import hashlib
import json
import re
import shlex
import shutil
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image

from core.datasets.cards import load_cards
from core.datasets.index import ADDED
from core.datasets.samples import SAMPLES
from core.datasets.samples.faults import KINDS, plant_faults
from core.datasets.store import Dataset, open_dataset

CARD = """
title = "Two pets"
summary = "Few cats and few dogs."
homepage = "https://example.org/pets"
terms = "Free to use."
unpacking = "zip"
by_hand = ["Draw them."]
faults = []

[classes]
cats = 4
dogs = 4

[label_preserving]
flip_horizontal = true
flip_vertical = false
rotation = 10

[[files]]
url = "{url}"
size_bytes = {size}
sha256 = "{sha256}"
"""


@pytest.fixture
def faulty(tmp_path, class_folders, document):
    """Brings in a folder with a picture twice, one under two labels and one file that is cut off; gives its summary."""
    source = class_folders(tmp_path / "source", {"cats": 10, "dogs": 10})
    wanted = {"exact_duplicate": 1, "two_labels": 1, "truncated": 1}
    plant_faults(source, tmp_path / "faulty", counts=dict.fromkeys(KINDS, 0) | wanted)
    code, summary = document("import", tmp_path / "faulty")
    assert code == 0
    return summary


@pytest.fixture
def brought(pets, document):
    """The name of a dataset that is ready."""
    return document("import", pets, "--name", "pets")[1]["name"]


@pytest.fixture
def served_card(tmp_path, class_folders, monkeypatch):
    """A card of its own, the only one, whose archive a server on this machine has."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    class_folders(tmp_path / "made", {"cats": 4, "dogs": 4})
    archive = tmp_path / "served" / "pets.zip"
    shutil.make_archive(str(archive.with_suffix("")), "zip", tmp_path / "made")
    handler = partial(SimpleHTTPRequestHandler, directory=str(archive.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        content = archive.read_bytes()
        facts = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        (tmp_path / "cards").mkdir()
        url = f"http://127.0.0.1:{server.server_port}/pets.zip"
        (tmp_path / "cards" / "two_pets.toml").write_text(CARD.format(url=url, **facts))
        monkeypatch.setattr(load_cards, "__defaults__", (tmp_path / "cards",))
        yield archive
        server.shutdown()
        thread.join()


# import and datasets -------------------------------------------------------------------------------------------------


def test_the_samples_are_listed_before_they_are_drawn(document):
    code, found = document("datasets")
    assert code == 0
    assert [entry["name"] for entry in found] == list(SAMPLES)
    assert all(entry["drawn"] and entry["state"] == "not drawn yet" for entry in found)
    assert [entry["images"] for entry in found] == [600, 840, 450]


def test_an_import_gives_a_summary_and_is_listed(document, pets):
    code, summary = document("import", pets)
    assert code == 0
    assert (summary["name"], summary["images"], summary["classes"]) == ("pets", 10, ["cats 🐈", "dogs"])
    assert summary["counts"]["dogs"] == {"train": 3, "validation": 1, "test": 1}
    _, found = document("datasets")
    assert summary in found
    assert len(found) == 1 + len(SAMPLES)


def test_an_import_for_people(command, pets):
    (pets / "dogs" / "broken.jpg").touch()
    (pets / "goats").mkdir()
    (pets / "goats" / "1.psd").touch()
    code, output, complaints = command("import", pets, "--name", "mine")
    assert code == 0
    assert output.startswith("mine: 10 images")
    assert "warning: “goats”: its only file can't be read: “is a Photoshop document, which isn’t read:" in output
    assert "left out: goats/1.psd is a Photoshop document" in output
    assert re.search(r"dogs +3 +1 +1", output)
    assert "left out: dogs/broken.jpg is empty (0 bytes)" in output
    assert "check-up: ready with warnings" in output
    assert "Reading images: 11 of 11" in complaints
    code, output, _ = command("datasets")
    assert code == 0
    assert re.search(r"mine +10 +2 +folder +ready", output)
    assert "drawn by the program, no photographs" in output


def test_of_many_files_that_were_left_out_the_first_are_listed(command, document, pets):
    for number in range(25):
        (pets / "dogs" / f"broken{number}.jpg").write_bytes(b"")
    _, output, _ = command("import", str(pets))
    assert output.count("left out: dogs/broken") == 20
    assert "left out: 5 more (all with --json)" in output
    _, summary = document("import", str(pets))
    assert len(summary["unreadable"]) == 25


def test_a_zip_can_be_imported(document, pets, tmp_path):
    with zipfile.ZipFile(tmp_path / "zipped.zip", "w") as archive:
        for path in pets.rglob("*.png"):
            archive.write(path, path.relative_to(tmp_path))
    code, summary = document("import", tmp_path / "zipped.zip")
    assert (code, summary["kind"], summary["images"]) == (0, "archive", 10)


def failing_import(tmp_path, class_folders, what):
    if what == "missing":
        return tmp_path / "missing", 2, "There is nothing at"
    if what == "empty":
        (tmp_path / "empty").mkdir()
        return tmp_path / "empty", 1, "holds no images"
    if what == "one class":
        return class_folders(tmp_path / "one", {"cats": 2}), 1, "one class only"
    if what == "no zip":
        (tmp_path / "text.zip").write_text("hello")
        return tmp_path / "text.zip", 2, "text.zip is a text file"
    return tmp_path / "caf\udce9", 2, "There is nothing at"


@pytest.mark.parametrize("what", ["missing", "empty", "one class", "no zip", "not UTF-8"])
def test_a_failed_import_is_one_document_with_the_words(command, tmp_path, class_folders, what):
    path, expected, words = failing_import(tmp_path, class_folders, what)
    code, output, complaints = command("import", path, "--json")
    assert code == expected
    assert words in json.loads(output)["error"]
    assert f"error: {json.loads(output)['error']}" in complaints
    assert "Traceback" not in complaints


def test_without_json_an_error_goes_to_the_complaints_alone(command, tmp_path):
    code, output, complaints = command("import", tmp_path / "missing")
    assert (code, output) == (2, "")
    assert complaints.startswith("error: There is nothing at")


def test_the_same_name_for_other_images_is_bad_usage(document, brought, tmp_path, class_folders):
    code, found = document("import", class_folders(tmp_path / "others", {"a": 2, "b": 2}), "--name", "pets")
    assert code == 2
    assert "already a dataset 'pets'" in found["error"]


def test_an_import_again_reads_what_changed_and_moves_no_image(document, pets, workspace, write_picture):
    document("import", pets)
    before = open_dataset(workspace, "pets").images.set_index("path")["split"]
    (pets / "dogs" / "0.png").unlink()
    for number in range(10, 15):
        write_picture(pets / "dogs" / f"{number}.png")
    code, summary = document("import", pets)
    assert (code, summary["images"]) == (0, 14)
    after = open_dataset(workspace, "pets").images.set_index("path")["split"]
    stayed = before.index.intersection(after.index)
    assert len(stayed) == 9
    assert after[stayed].to_dict() == before[stayed].to_dict()


def labelled(folder, class_folders, **columns):
    """A table of the images of two folders, with these columns."""
    class_folders(folder, {"first": 4, "second": 4})
    paths = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.png"))]
    values = {"path": paths, "label": ["cat", "dog"] * 4, "patient": ["p1", "p1", "p2", "p2"] * 2}
    table = pd.DataFrame(values).rename(columns=columns)
    table.to_csv(folder / "labels.csv", index=False)
    return folder / "labels.csv"


def test_a_table_is_imported_with_its_labels_and_groups(document, tmp_path, class_folders, workspace):
    code, summary = document("import", labelled(tmp_path / "study", class_folders))
    assert code == 0
    assert (summary["name"], summary["kind"], summary["classes"]) == ("labels", "table", ["cat", "dog"])
    assert set(open_dataset(workspace, "labels").images["given_group"]) == {"p1", "p2"}


def test_columns_of_a_table_can_be_named(document, tmp_path, class_folders):
    table = labelled(tmp_path / "study", class_folders, path="where", label="what")
    code, summary = document("import", table, "--path-column", "where", "--label-column", "what", "--name", "study")
    assert (code, summary["images"], summary["classes"]) == (0, 8, ["cat", "dog"])


def test_what_only_a_person_can_tell_is_asked_with_the_options_that_answer_it(
    command, document, tmp_path, class_folders
):
    table = labelled(tmp_path / "study", class_folders, label="what")
    text = pd.read_csv(table)
    text.assign(state=["ill", "ill", "well", "well"] * 2).to_csv(table, index=False)
    code, output, complaints = command("import", table)
    assert (code, output) == (2, "")
    assert re.search("of labels.csv (may hold|holds) the labels", complaints)
    assert re.search("--label-column=what .*“what”: ", complaints)
    code, found = document("import", table)
    assert code == 2
    assert found["question"]["table"] == "labels.csv"
    choices = [option["choices"] for option in found["question"]["options"]]
    assert choices == [{"label_columns": ["what"]}, {"label_columns": ["state"]}]
    entry = next(entry for entry in document("datasets")[1] if entry["name"] == "labels")
    assert entry["question"] == found["question"]
    code, summary = document("import", table, "--label-column=what")
    assert (code, summary["classes"], summary["labels_from"]) == (0, ["cat", "dog"], "the column “what” of labels.csv")
    assert summary["groups_from"] == "the column “patient” of labels.csv"


def test_a_table_is_read_by_another_column_under_the_same_name(command, document, tmp_path, class_folders):
    table = labelled(tmp_path / "study", class_folders)
    assert document("import", table)[0] == 0
    code, output, _ = command("import", table, "--label-column=patient", "--group-column=-")
    assert code == 0
    assert output.startswith(
        "labels: 8 images, labels from the column “patient” of labels.csv, no split came with them"
    )
    assert "read otherwise than before: labels from the column “label” of labels.csv" in output
    assert "groups from" not in output.partition("\n")[0]
    code, output, _ = command("import", table)
    assert "labels from the column “patient”" in output, "nothing was said, so that what was chosen stands"
    assert "read otherwise" not in output


def test_images_without_a_label_are_counted_apart_and_labelled(command, document, half_labelled):
    code, output, _ = command("import", half_labelled.info.root + "/study.csv")
    assert code == 0
    assert output.startswith("study: 20 images and 4 without a label, labels from the column “label” of study.csv")
    assert re.search(r"study +20 +4 +2 +table +ready", command("datasets")[1])
    assert command("check", "study")[1].startswith("study: 20 images and 4 without a label, ready")
    assert document("check", "study")[1]["unlabelled"] == 4
    code, found = document("edit", "study", "relabel", "cats", "new/0.png")
    assert (code, found["images"], found["unlabelled"]) == (0, 21, 3)
    assert document("edit", "study", "undo")[1]["unlabelled"] == 4


def test_a_failed_import_is_listed_with_its_reason_and_can_be_repeated(document, tmp_path, write_picture):
    folder = tmp_path / "late"
    folder.mkdir()
    assert document("import", folder)[0] == 1
    entry = next(entry for entry in document("datasets")[1] if entry["name"] == "late")
    assert (entry["state"], entry["images"]) == ("failed", 0)
    assert "holds no images" in entry["error"]
    for name in ("a", "b"):
        write_picture(folder / name / "1.png")
    assert document("import", folder)[0] == 0


# check ---------------------------------------------------------------------------------------------------------------


def test_the_check_up_names_what_is_wrong_and_the_images(document, faulty):
    code, found = document("check", "faulty")
    assert code == 0
    assert (found["dataset"], found["verdict"], found["images"]) == ("faulty", "ready with warnings", 22)
    findings = {finding["kind"]: finding for finding in found["findings"]}
    assert {"exact_duplicates", "two_labels", "unreadable"} <= set(findings)
    (copies,) = findings["exact_duplicates"]["sets"]
    assert len(copies) == 2
    assert findings["unreadable"]["paths"] == [faulty["unreadable"][0]["path"]]


def test_the_check_up_for_people_says_what_to_do(command, faulty):
    code, output, _ = command("check", "faulty")
    assert code == 0
    assert output.startswith("faulty: 22 images, ready with warnings")
    assert "warning: 1 picture is there more than once (exact_duplicates)" in output
    assert "remedy: Keep one of each, exclude the others (edit faulty fix exact_duplicates)" in output


def test_good_images_are_said_to_be_ready(document, command, brought):
    assert document("check", brought)[1]["findings"] == []
    assert command("check", brought)[1] == "pets: 10 images, ready\n"


# split ---------------------------------------------------------------------------------------------------------------


def test_a_division_is_shown_and_changed(document, command, brought):
    code, found = document("split", brought)
    assert (code, found["settings"]["test"]) == (0, 0.2)
    assert found["counts"]["dogs"] == {"train": 3, "validation": 1, "test": 1}
    code, found = document("split", brought, "--validation", "0", "--test", "4", "--seed", "7")
    assert (code, found["settings"]["seed"]) == (0, 7)
    assert found["counts"]["dogs"] == {"train": 3, "validation": 0, "test": 2}
    assert re.search(r"dogs +3 +0 +2", command("split", brought)[1])


def test_images_of_a_group_stay_together(document, workspace, tmp_path, write_picture):
    for label in ("cats", "dogs"):
        for patient in range(5):
            for number in range(3):
                write_picture(tmp_path / "study" / label / f"{label}{patient}_{number}.png")
    document("import", tmp_path / "study")
    code, found = document("split", "study", "--group-by", "{group}_*", "--near-duplicates", "apart")
    assert (code, found["settings"]["group_by"]) == (0, "{group}_*")
    assert found["settings"]["near_duplicates_together"] is False
    images = open_dataset(workspace, "study").images
    patients = images["path"].str.split("/").str[-1].str.split("_").str[0]
    assert images.groupby(patients)["split"].nunique().max() == 1


@pytest.fixture
def smears(document, tmp_path, write_picture):
    """A dataset of twelve smears with four crops each."""
    for smear in range(12):
        for x in range(4):
            write_picture(tmp_path / "smears" / "AB"[x % 2] / f"BloodImage_{smear:05}_{x}_{7 * x}.png")
    document("import", tmp_path / "smears")
    return "smears"


def test_what_a_rule_matched_is_said(command, document, smears):
    output = command("split", smears, "--group-by", "BloodImage_{group}_*")[1]
    assert "kept on one side by BloodImage_{group}_*: 12 groups, such as 00000 with 4 images" in output
    _, found = document("split", smears)
    assert found["groups"]["count"] == 12
    assert found["groups"]["largest"] == 4
    assert found["groups"]["unmatched"] == 0


@pytest.mark.parametrize("rule", ["{group}_*", "{group}_*_*"])
def test_a_rule_that_finds_one_group_for_all_is_refused_with_one_that_would_work(document, smears, rule):
    code, found = document("split", smears, "--group-by", rule)
    assert code == 2
    assert f"{rule!r} finds one group, BloodImage, for all 48 images" in found["error"]
    assert "'BloodImage_{group}_*' finds 12 groups" in found["error"]


def test_torn_groups_are_said_mended_and_torn_again_with_an_undo(command, document, smears):
    before = document("split", smears)[1]
    output = command("check", smears)[1]
    assert "warning: " in output
    assert "groups of images torn apart" in output
    assert "remedy: Keep each group on one side (edit smears fix groups)" in output
    assert document("edit", smears, "fix", "groups")[0] == 0
    assert "torn apart" not in command("check", smears)[1]
    assert document("split", smears)[1]["settings"]["group_by"] == "BloodImage_{group}_*"
    document("edit", smears, "undo")
    assert document("split", smears)[1] == before


def test_look_alikes_under_two_labels_are_listed_in_pairs_with_how_they_differ(command, document, tmp_path):
    for number in range(6):
        blocks = np.random.default_rng(number).integers(40, 220, (6, 6, 3), dtype=np.uint8)
        for label, side in (("one", 0), ("two", 7)):
            picture = Image.fromarray(blocks).resize((96, 96))
            picture.paste((60, 60, 60), (40, 40, 40 + side, 40 + side))
            path = tmp_path / "signs" / label / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)
    document("import", tmp_path / "signs")
    code, output, _ = command("check", "signs")
    assert code == 0
    assert "(nearly_two_labels)" in output
    assert re.search(r"one/\d\.png and two/\d\.png: different in one place, \d % of the picture", output)
    code, refused = document("edit", "signs", "fix", "nearly_two_labels")
    assert code == 2
    assert "no remedy of one step" in refused["error"]
    assert document("edit", "signs", "accept", "nearly_two_labels")[0] == 0


def test_folds_take_turns_at_testing(document, brought, workspace):
    tested = []
    for fold in range(1, 6):
        code, _ = document("split", brought, "--folds", "5", "--fold", fold, "--validation", "0")
        assert code == 0
        images = open_dataset(workspace, brought).images
        tested += images.loc[images["split"] == "test", "path"].tolist()
    assert len(tested) == len(set(tested)) == 10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--test", "50"], "cannot be had of 10 images"),
        (["--test", "0"], "something to test on"),
        (["--validation", "0.9", "--test", "0.9"], "nothing to train on"),
        (["--folds", "3", "--fold", "4"], "fold 4 cannot test"),
        (["--folds", "99"], "2 to 20 folds"),
        (["--group-by", "*"], "{group}"),
        (["--group-by", "patient-{group}"], "No file has a name like"),
        (["--near-duplicates", "maybe"], "maybe"),
        (["--test", "much"], "much"),
    ],
)
def test_a_division_that_cannot_be_is_refused_and_changes_nothing(document, brought, options, words):
    before = document("split", brought)
    code, found = document("split", brought, *options)
    assert code == 2
    assert words in found["error"]
    assert document("split", brought) == before


# edit ----------------------------------------------------------------------------------------------------------------


def test_labels_are_changed_and_the_change_is_undone(document, command, brought, pets):
    before = document("split", brought)[1]
    code, found = document("edit", brought, "relabel", "wolves", "dogs/0.png", "dogs/1.png")
    assert code == 0
    assert found["edit"] == {
        "id": 1,
        "action": "relabel",
        "in_words": "2 images relabelled “wolves”",
        "paths": ["dogs/0.png", "dogs/1.png"],
    }
    assert "wolves" in document("split", brought)[1]["counts"]
    code, output, _ = command("edit", brought, "undo")
    assert (code, output) == (0, "1: undone: 2 images relabelled “wolves”\n")
    assert document("split", brought)[1] == before
    assert (pets / "dogs" / "0.png").exists()


def test_images_are_left_out_and_put_back(document, brought):
    code, found = document("edit", brought, "exclude", "dogs/0.png", "--why", "a wolf")
    assert (code, found["images"], found["excluded"]) == (0, 9, 1)
    assert found["edit"]["in_words"] == "1 image excluded: a wolf"
    code, found = document("edit", brought, "include", "dogs/0.png")
    assert (code, found["images"], found["excluded"]) == (0, 10, 0)


def test_a_finding_is_fixed_undone_and_accepted(document, faulty):
    def kinds():
        return {finding["kind"] for finding in document("check", "faulty")[1]["findings"]}

    code, found = document("edit", "faulty", "fix", "exact_duplicates")
    assert (code, found["excluded"]) == (0, 1)
    assert "exact_duplicates" not in kinds()
    assert document("edit", "faulty", "undo")[0] == 0
    assert "exact_duplicates" in kinds()
    assert document("edit", "faulty", "accept", "exact_duplicates")[1]["excluded"] == 0
    assert "exact_duplicates" not in kinds()


def test_classes_are_renamed_and_put_in_order(document, brought):
    assert document("edit", brought, "rename", "dogs", "hounds")[0] == 0
    assert document("edit", brought, "order", "hounds")[0] == 0
    assert list(document("split", brought)[1]["counts"]) == ["hounds", "cats 🐈"]


def test_the_log_lists_what_stands_and_any_of_it_is_undone(document, command, brought):
    document("edit", brought, "exclude", "dogs/0.png")
    document("edit", brought, "exclude", "dogs/1.png")
    document("edit", brought, "undo", "1")
    code, found = document("edit", brought, "log")
    assert code == 0
    assert [(entry["id"], entry["paths"]) for entry in found] == [(2, ["dogs/1.png"])]
    assert re.search(r"2 +1 image excluded", command("edit", brought, "log")[1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["undo"], "nothing to undo"),
        (["undo", "7"], "nothing to undo"),
        (["undo", "last"], "last"),
        (["relabel", "cats"], "PATH"),
        (["relabel", " ", "dogs/0.png"], "needs a name"),
        (["relabel", "cats", "dogs/99.png", "dogs/98.png"], "'dogs/99.png' is no image"),
        (["exclude", "../secret.png"], "is no image"),
        (["fix", "exact_duplicates"], "no finding 'exact_duplicates'"),
        (["accept", "leak"], "no finding 'leak'"),
        (["rename", "wolves", "dogs"], "no class “wolves”"),
        (["rename", "dogs", "cats 🐈"], "a class “cats 🐈” already"),
        (["order", "dogs", "wolves"], "no class “wolves”"),
        (["paint"], "paint"),
        ([], "ACTION"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_writes_nothing(document, brought, workspace, arguments, words):
    code, found = document("edit", brought, *arguments)
    assert code == 2
    assert words in found["error"]
    assert open_dataset(workspace, brought).edits.standing() == []


# download ------------------------------------------------------------------------------------------------------------


def test_public_datasets_are_listed(document, command):
    code, found = document("download")
    assert code == 0
    assert {card["card"]: card["download"] for card in found}["cervix"] is False
    output = command("download")[1]
    assert re.search(r"mnist +MNIST +70,000 +12 MB", output)
    assert re.search(r"cervix .+ by hand", output)


def test_a_public_dataset_is_downloaded_and_checked_against_its_card(document, served_card):
    code, summary = document("download", "two_pets")
    assert code == 0
    assert (summary["name"], summary["kind"], summary["images"]) == ("two_pets", "download", 8)
    assert document("check", "two_pets")[1]["findings"] == []
    code, found = document("download", "two_pets")
    assert code == 2
    assert "already a dataset 'two_pets'" in found["error"]


def test_a_download_that_failed_can_be_tried_again(document, served_card):
    away = served_card.rename(served_card.with_suffix(".away"))
    code, found = document("download", "two_pets")
    assert code == 1
    assert "pets.zip" in found["error"]
    away.rename(served_card)
    assert document("download", "two_pets")[0] == 0


def test_what_cannot_be_downloaded_is_said_with_the_steps_by_hand(document):
    code, found = document("download", "cervix")
    assert code == 2
    assert "can't be downloaded without an account" in found["error"]
    assert "accept the rules" in found["error"]
    code, found = document("download", "imagenet")
    assert code == 2
    assert "imagenet" in found["error"]


# The scale of deep pixels --------------------------------------------------------------------------------------------


@pytest.fixture
def deep(document, tmp_path):
    """12 bits in files of 16, brought as "deep"."""
    for label in ("cats", "dogs"):
        (tmp_path / "deep" / label).mkdir(parents=True)
        for number in range(5):
            values = np.random.default_rng([ord(label[0]), number]).integers(0, 4096, (16, 16)).astype(np.uint16)
            Image.fromarray(values).save(tmp_path / "deep" / label / f"{number}.png")
    document("import", str(tmp_path / "deep"), "--name", "deep")
    return "deep"


def test_the_import_says_by_which_scale_deep_pixels_are_shown(document, command, deep, tmp_path):
    _, output, _ = command("import", str(tmp_path / "deep"), "--name", "deep")
    assert "pixels: 16-bit values from 0 (black) to 4,095 (white) (edit deep reading, to change that)" in output
    _, summary = document("import", str(tmp_path / "deep"), "--name", "deep")
    assert summary["reading"] == {"ranges": {"uint16": [0, 4095]}, "bands": []}


def test_the_check_says_so_and_how_to_change_it(command, deep):
    _, output, _ = command("check", deep)
    assert "note: 10 images use 12 of 16 bits (pixel_depth)" in output
    assert "to change it: edit deep reading --range KIND BLACK WHITE (or auto, or full)" in output


def test_the_scale_is_set_and_undone(document, command, deep):
    _, before = document("check", deep)
    code, found = document("edit", deep, "reading", "--range", "uint16", "100", "2000.5")
    assert code == 0
    assert found["reading"] == {"ranges": {"uint16": [100, 2000.5]}, "bands": []}
    assert found["version"] != before["version"]
    _, found = document("edit", deep, "reading", "--range", "uint16", "full")
    assert found["reading"] == {"ranges": {}, "bands": []}
    _, found = document("edit", deep, "reading", "--range", "uint16", "auto")
    assert found["reading"]["ranges"] == {"uint16": [0, 4095]}
    code, output, _ = command("edit", deep, "undo")
    assert "undone: Pixels shown by another scale, 16-bit values from 0 (black) to 4,095 (white)" in output
    _, log = document("edit", deep, "log")
    assert [edit["action"] for edit in log] == ["reading", "reading"]
    for _ in log:
        document("edit", deep, "undo")
    assert document("check", deep)[1] == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--range", "uint16"], "two numbers"),
        (["--range", "uint16", "dark", "bright"], "two numbers"),
        (["--range", "uint16", "9", "3"], "must be less than"),
        (["--range", "uint16", "nan", "3"], "must be less than"),
        (["--range", "float32", "auto"], "There are: uint16 (values from "),
        (["--bands", "4", "3", "2"], "more than three bands"),
        ([], "Say which values"),
    ],
)
def test_a_scale_that_makes_no_sense_is_refused_in_words(command, deep, arguments, words):
    code, _, errors = command("edit", deep, "reading", *arguments)
    assert code == 2
    assert words in errors


def test_deep_images_of_an_earlier_version_are_read_in_again_by_the_command_that_is_named(
    command, deep, workspace, tmp_path
):
    dataset = Dataset(workspace.datasets / deep)
    dataset.save(dataset.info, dataset.read_manifest().drop(columns=ADDED))
    _, output, _ = command("check", deep)
    named = shlex.split(re.search(r"remedy: Read them in again \((.*)\)", output).group(1))
    assert named == ["import", str(tmp_path / "deep"), "--name", "deep"]
    command(*named)
    assert "Read them in again" not in command("check", deep)[1]


def test_the_reasons_are_told_why_files_cannot_be_used(command, deep, tmp_path):
    for number in range(2):
        path = tmp_path / "deep" / "cats" / f"{number}.png"
        path.write_bytes(path.read_bytes()[:60])
    tifffile.imwrite(tmp_path / "deep" / "cats" / "waves.tif", np.ones((9, 9), np.complex64))
    command("import", str(tmp_path / "deep"), "--name", "deep")
    _, output, _ = command("check", deep)
    assert "“is a kind of TIFF that isn't supported: complex numbers” (1)" in output
    assert re.search(r"“is cut off[^”]*” \(2\)", output)
