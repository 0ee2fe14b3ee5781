"""Images read in otherwise than before: by other choices, or once a question has its answer."""

import shutil

import pytest

from core.datasets.creation import create_from_path, create_from_upload
from core.datasets.editing import exclude, relabel
from core.datasets.importing import changes_on_disk, run_import
from core.datasets.sources.choices import AS_FOUND, Choices, Option, Undecided
from core.datasets.splits import SplitSettings
from core.datasets.store import Dataset
from core.errors import UsageError
from core.files import read_json, write_json
from core.jobs.job import identity


@pytest.fixture
def bring(workspace):
    """Imports a table as the command line does."""

    def make(source, choices=AS_FOUND):
        return run_import(create_from_path(workspace, source, choices=choices))

    return make


def parts(dataset):
    return dict(dataset.images[["path", "split"]].to_numpy().tolist())


# Read otherwise ------------------------------------------------------------------------------------------------------


@pytest.fixture
def study(bring, class_folders, tmp_path):
    """A table of two columns that could be the label, and of patients, read by the column that it calls so."""
    folder = class_folders(tmp_path / "study", {"a": 12, "b": 12})
    rows = [
        f"{path.parent.name}/{path.name},{path.parent.name},{'old' if int(path.stem) % 3 else 'young'},p{path.stem}"
        for path in sorted(folder.rglob("*.png"))
    ]
    (folder / "study.csv").write_text("\n".join(["path,label,age,owner", *rows]), encoding="utf-8")
    return bring(folder / "study.csv")


BY_AGE = Choices(label_columns=("age",))


def test_the_same_source_is_read_by_other_choices(study, bring):
    assert study.class_names == ("a", "b")
    again = bring(study.info.root + "/study.csv", choices=BY_AGE)
    assert again.folder == study.folder
    assert again.class_names == ("old", "young")
    assert "age" in again.info.labels_from


def test_importing_again_without_a_word_keeps_what_was_chosen(study, bring):
    bring(study.info.root + "/study.csv", choices=BY_AGE)
    assert bring(study.info.root + "/study.csv").class_names == ("old", "young")


def test_images_that_are_labelled_otherwise_are_divided_anew(study, bring):
    """Divided by the old labels, a class may have nothing to test on."""
    by_hand = [path for path in study.images["path"] if int(path[2:-4]) % 3 == 0][:6]
    exclude(study, by_hand)
    study.set_split(SplitSettings(seed=3))
    study.edits.undo()
    before = study.content.parts
    again = bring(study.info.root + "/study.csv", choices=BY_AGE)
    assert again.content.settings.seed == 3
    assert again.content.parts != before
    fresh = again.content.divided(again.split_settings, afresh=True)
    assert again.images["split"].tolist() == fresh["split"].tolist()


def test_the_same_labels_chosen_by_name_move_no_image(study, bring):
    exclude(study, [path for path in study.images["path"] if int(path[2:-4]) % 3 == 0][:6])
    study.set_split(SplitSettings(seed=3))
    study.edits.undo()
    before = parts(study)
    assert before != dict(study.content.divided(study.split_settings, afresh=True)[["path", "split"]].to_numpy())
    again = bring(study.info.root + "/study.csv", choices=Choices(path_column="path", label_columns=("label",)))
    assert parts(again) == before


def test_what_was_changed_by_hand_stays_when_images_are_read_otherwise(study, bring):
    exclude(study, ["a/0.png"], why="blurred")
    relabel(study, ["a/1.png"], "wolf")
    content = bring(study.info.root + "/study.csv", choices=BY_AGE).content
    assert content.excluded["path"].tolist() == ["a/0.png"]
    assert content.class_names == ("old", "wolf", "young")


def test_other_choices_that_lead_nowhere_leave_all_as_it_was(study, bring):
    version = study.content.version
    with pytest.raises(UsageError, match="no column “species”"):
        bring(study.info.root + "/study.csv", choices=Choices(label_columns=("species",)))
    assert study.content.version == version
    assert changes_on_disk(study) == (0, 0, 0)
    run_import(study)
    assert study.content.version == version


def test_what_an_earlier_version_read_is_read_otherwise_as_well(study, bring):
    """It kept no choices beside the manifest, and columns under another name."""
    values = read_json(study.folder / "dataset.json")
    write_json(study.folder / "dataset.json", {key: value for key, value in values.items() if key != "choices"})
    request = {"source": study.info.root + "/study.csv", "columns": {"label_column": "label"}}
    write_json(study.folder / "request.json", request)
    study = Dataset(study.folder)
    study.set_split(SplitSettings(seed=3))
    before = parts(study)
    run_import(study)
    assert parts(study) == before
    again = bring(study.info.root + "/study.csv", choices=BY_AGE)
    fresh = again.content.divided(again.split_settings, afresh=True)
    assert again.images["split"].tolist() == fresh["split"].tolist()


def test_nothing_is_chosen_while_images_are_being_read(study, bring):
    study.job.update(state="running", processes=[identity()])
    with pytest.raises(UsageError, match="being read in just now"):
        bring(study.info.root + "/study.csv", choices=BY_AGE)


# A question ----------------------------------------------------------------------------------------------------------


def test_an_archive_is_kept_while_a_question_is_open(workspace, class_folders, tmp_path):
    folder = class_folders(tmp_path / "pets", {"cats": 2, "dogs": 2})
    with open(shutil.make_archive(str(folder), "zip", folder), "rb") as upload:
        dataset = create_from_upload(workspace, upload, "pets.zip")
    question = Undecided("Which folder is the class?", [Option("the outermost", Choices(level=1))])

    def ask(stage, done, total):
        if stage == "Reading images":
            raise question

    with pytest.raises(Undecided):
        run_import(dataset, ask)
    assert dataset.question == question.to_dict()
    assert dataset.summary()["question"]["options"] == [{"text": "the outermost", "choices": {"level": 1}}]
    run_import(dataset)
    assert dataset.question is None
    assert dataset.class_names == ("cats", "dogs")
