"""What names and values say of the parts of a split."""

import pytest

from core.datasets.sources.split_names import split_in_name, split_in_names, split_of_value


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("train", "train|Training|trainset|TrainImages|traindata|train_images|Training_Set|training data|TRAIN"),
        ("train", "seg_train|trn|trainval|train_val|train2017|TrainingSet|imagesTrain|training-images|train_jpg"),
        ("validation", "val|valid|Validation|dev|devset|val2017|ValidImages|validate|images_val|validation set"),
        ("test", "test|testset|TestImages|Test1|seg_test|test_stg2|holdout|hold-out|hold_out|HoldOut|held out"),
        ("test", "eval|evaluation|EvaluationSet|tst|TESTSET|testing"),
        ("", "bus|freight train|test tube|developer|valid_ticket|invalid|intrain|trainer|contest|devil|retrained"),
        ("", "latest|attestation|validus|train_test|train_val_test|2019|Test-Tube|trains|evaluated|householdout"),
    ],
)
def test_the_part_that_a_folder_is_named_after(part, names):
    for name in names.split("|"):
        assert split_in_name(name) == part, name


@pytest.mark.parametrize(
    ("values", "part"),
    [
        (("TRAIN", "Training", "train", "train set", " train "), "train"),
        (("VALIDATION", "VALIDATE", "val", "dev", "PublicTest"), "validation"),
        (("TEST", "test1", "PrivateTest", "Public", "Private", "holdout", "eval"), "test"),
        (("", "UNASSIGNED", "nan", "None"), ""),
        (("2019", "0", "A", "Ignored", "freight train", "train and test"), None),
    ],
)
def test_the_part_that_a_cell_names(values, part):
    assert [split_of_value(value) for value in values] == [part] * len(values)


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["kvasir_train", "kvasir_test"], ["train", "test"]),
        (["ILSVRC2012_img_train", "ILSVRC2012_img_val"], ["train", "validation"]),
        (["train", "eval", "test"], ["train", "validation", "test"]),
        (["training", "validation", "evaluation"], ["train", "validation", "test"]),  # Food-11
        (["train", "eval"], ["train", "test"]),
        (["Training", "PublicTest", "PrivateTest"], ["train", "validation", "test"]),
        (["train", "public_test"], ["train", "test"]),
        (["freight train", "passenger train", "test tube"], ["", "", ""]),
        (["blood test", "urine test"], ["", ""]),
        (["train_images", "bus_images"], ["train", ""]),
    ],
)
def test_names_that_are_seen_together_say_more(names, parts):
    assert split_in_names(names) == {name: part for name, part in zip(names, parts, strict=True) if part}
