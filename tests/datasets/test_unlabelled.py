"""Images without a label: kept and counted, in no class and no split, until somebody gives them one."""

import json

from PIL import Image

from core.datasets.checkup import check
from core.datasets.creation import create_from_path
from core.datasets.editing import exclude, include, order_classes, relabel, rename_class
from core.datasets.importing import changes_on_disk, run_import

NEW = [f"new/{number}.png" for number in range(4)]


def parts_of(dataset):
    return dict(dataset.images[["path", "split"]].to_numpy().tolist())


def test_they_are_in_no_class_and_no_part_and_counted_apart(half_labelled):
    content = half_labelled.content
    assert content.class_names == ("cats", "dogs")
    assert content.unlabelled["path"].tolist() == NEW
    assert set(content.counts.index) == {"cats", "dogs"}
    assert content.counts.to_numpy().sum() == 20
    assert len(content.unreadable) == 0
    summary = half_labelled.summary()
    assert (summary["images"], summary["unlabelled"], summary["classes"]) == (20, 4, ["cats", "dogs"])


def test_the_check_up_notes_them_and_stays_ready(half_labelled):
    finding = check(half_labelled).find("unlabelled")
    assert (finding.title, finding.severity, list(finding.paths)) == ("4 images without a label", "note", NEW)
    assert "take no part in training and testing" in finding.why
    assert check(half_labelled).verdict == "ready"
    assert json.dumps(check(half_labelled).to_dict())


def test_copies_of_labelled_images_among_them_are_told(half_labelled, tmp_path):
    folder = tmp_path / "sources" / "study"
    (folder / "new" / "3.png").write_bytes((folder / "cats" / "3.png").read_bytes())
    run_import(half_labelled)
    assert "1 of them is a copy, or nearly, of labelled ones" in check(half_labelled).find("unlabelled").why


def test_they_have_no_unlikeness_for_they_are_of_no_class(workspace, tmp_path, write_picture):
    """A class of twelve has a usual look; twelve images without a label are no class."""
    folder = tmp_path / "study"
    for label in ("cats", "dogs", "new"):
        for number in range(14):
            write_picture(folder / label / f"{number}.png")
    Image.new("RGB", (8, 8), (255, 0, 0)).save(folder / "new" / "0.png")
    rows = [f"{path.relative_to(folder).as_posix()},{path.parent.name}" for path in sorted(folder.rglob("*.png"))]
    (folder / "study.csv").write_text("\n".join(["path,label", *(row.replace(",new", ",") for row in rows)]))
    content = run_import(create_from_path(workspace, folder / "study.csv")).content
    assert (content.unlabelled["unlikeness"] == 0).all()
    assert (content.table["unlikeness"] != 0).any()


def test_given_a_label_an_image_becomes_part_of_the_class_and_an_undo_takes_it_back(half_labelled):
    before, version = parts_of(half_labelled), half_labelled.content.version
    relabel(half_labelled, NEW[:2], "cats")
    relabel(half_labelled, NEW[2:3], "owls")
    content = half_labelled.content
    assert content.class_names == ("cats", "dogs", "owls")
    assert content.counts.sum(axis=1).to_dict() == {"cats": 12, "dogs": 10, "owls": 1}
    assert content.unlabelled["path"].tolist() == NEW[3:]
    assert {path: part for path, part in parts_of(half_labelled).items() if path in before} == before, "no one moved"
    half_labelled.edits.undo()
    half_labelled.edits.undo()
    assert half_labelled.content.unlabelled["path"].tolist() == NEW
    assert half_labelled.content.version == version


def test_a_label_that_was_given_outlives_another_import(half_labelled, tmp_path, write_picture):
    relabel(half_labelled, NEW[:1], "cats")
    write_picture(tmp_path / "sources" / "study" / "dogs" / "10.png")
    with (tmp_path / "sources" / "study" / "study.csv").open("a", encoding="utf-8") as table:
        table.write("\ndogs/10.png,dogs\n")
    run_import(half_labelled)
    assert half_labelled.content.counts.sum(axis=1).to_dict() == {"cats": 11, "dogs": 11}
    assert half_labelled.content.unlabelled["path"].tolist() == NEW[1:]


def test_they_can_be_excluded_and_put_back(half_labelled):
    exclude(half_labelled, NEW[:1], why="blurred")
    assert half_labelled.content.unlabelled["path"].tolist() == NEW[1:]
    assert half_labelled.content.excluded[["path", "reason"]].to_numpy().tolist() == [[NEW[0], "blurred"]]
    assert half_labelled.summary()["excluded"] == 1
    include(half_labelled, NEW[:1])
    assert half_labelled.content.unlabelled["path"].tolist() == NEW


def test_names_and_order_of_classes_pass_them_by(half_labelled):
    rename_class(half_labelled, "cats", "felines")
    order_classes(half_labelled, ["dogs"])
    relabel(half_labelled, NEW[:1], "felines")
    rename_class(half_labelled, "felines", "pets")
    content = half_labelled.content
    assert content.class_names == ("dogs", "pets")
    assert content.counts.at["pets", "train"] + content.counts.loc["pets"][["validation", "test"]].sum() == 11
    assert content.labels_in_files("") == []
    assert len(content.unlabelled) == 3


def test_nothing_has_changed_on_disk_and_importing_again_reads_none_of_them_again(half_labelled):
    written = half_labelled.manifest_path.stat().st_mtime_ns
    assert changes_on_disk(half_labelled) == (0, 0, 0)
    run_import(half_labelled)
    assert half_labelled.manifest_path.stat().st_mtime_ns == written


def test_a_part_that_only_images_without_a_label_came_in_is_no_split(workspace, tmp_path, class_folders):
    """Secret test images of a competition: a few of them, labelled by hand, are not all there is to test on."""
    folder = class_folders(tmp_path / "study", {"cats": 10, "dogs": 10, "new": 4})
    rows = [f"{path.relative_to(folder).as_posix()},{path.parent.name}" for path in sorted(folder.rglob("*.png"))]
    rows = [row.replace(",new", ",,test") for row in rows]
    (folder / "study.csv").write_text("\n".join(["path,label,split", *rows]), encoding="utf-8")
    dataset = run_import(create_from_path(workspace, folder / "study.csv"))
    assert not dataset.content.brings_split
    before = parts_of(dataset)
    relabel(dataset, NEW[:2], "cats")
    assert not dataset.content.brings_split
    assert {path: part for path, part in parts_of(dataset).items() if path in before} == before
    assert (dataset.content.unlabelled["given_split"] == "test").all()
