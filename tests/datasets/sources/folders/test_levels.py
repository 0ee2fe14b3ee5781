"""Which of nested folders are taken for the classes."""

import pytest

from core.datasets.sources.choices import Choices, Undecided
from core.errors import UsageError

NESTED = ("round/disc", "round/ring", "angular/box", "angular/star")


def asked(found, *names):
    """The choices that are offered, the likeliest first."""
    with pytest.raises(Undecided) as caught:
        found(*names)
    return [option.choices.level for option in caught.value.options], str(caught.value)


def test_it_is_asked_where_folders_on_two_levels_may_be_classes(found):
    levels, message = asked(found, *NESTED)
    assert levels == [1, -1]
    assert "Folders lie within folders, such as angular/box and round/ring" in message
    assert "--level=1   the outermost folders: angular, round" in message
    assert "--level=-1   the innermost folders: box, disc, ring, star" in message


@pytest.mark.parametrize(
    ("names", "levels"),
    [
        (("fold0/cat", "fold0/dog", "fold1/cat", "fold1/dog"), [-1, 1]),
        (("fold0/0", "fold0/1", "fold1/0", "fold1/1"), [-1, 1]),
        (("patient_a/benign*1", "patient_b/malignant*1", "patient_c/benign*1"), [-1, 1]),
        (("anna/benign", "ben/malignant", "carl/benign"), [-1, 1]),
        (("london/cat", "london/dog", "paris/cat", "paris/dog"), [1, -1]),
        (("good/x/odd/a1", "good/x/even/a1", "bad/x/high/a1", "bad/x/low/a1"), [1, 3]),
        (("a/b/c", "a/b/d", "a/e/f", "g/h/i", "g/h/j"), [1]),
    ],
)  # fmt: skip
def test_the_likeliest_level_is_offered_first(found, names, levels):
    if len(levels) == 1:
        assert found(*names).class_names == ["a", "g"]
    else:
        assert asked(found, *names)[0] == levels


@pytest.mark.parametrize(
    "names",
    [
        ("cats/patient1", "cats/patient2", "dogs/patient3"),
        ("cats/2020-01-01", "cats/2020-01-02", "dogs/2020-01-01"),
        ("cats/visit_a", "cats/visit_b", "dogs/visit_a"),
        ("cats/anna*2", "cats/ben*2", "dogs/carl*1"),
        ("cats/a", "cats/b", "dogs/c"),
        ("cats/more cats", "dogs/more dogs"),
        ("cats*30", "cats/odd ones", "dogs*30", "dogs/puppies"),
    ],
)
def test_patients_days_and_pieces_of_a_class_are_no_classes(found, names):
    layout = found(*names)
    assert layout.class_names == ["cats", "dogs"]
    assert layout.labels_from == "the names of the folders (the outermost)"
    (warning,) = layout.warnings
    assert "are not taken as classes of their own. If they are, import with --level=-1" in warning


@pytest.mark.parametrize(
    ("level", "classes"),
    [(1, ["angular", "round"]), (2, ["box", "disc", "ring", "star"]), (-1, ["box", "disc", "ring", "star"])],
)
def test_a_level_can_be_chosen(found, level, classes):
    assert found(*NESTED, choices=Choices(level=level)).class_names == classes


@pytest.mark.parametrize("level", [3, -3, 99])
def test_a_level_that_is_not_there_is_refused(found, level):
    with pytest.raises(UsageError, match=f"There is no level {level} of class folders: they lie at most 2 deep"):
        found(*NESTED, choices=Choices(level=level))


@pytest.mark.parametrize("level", [2, -1])
def test_images_around_the_class_folders_have_no_label(found, level):
    layout = found(*NESTED, "round", choices=Choices(level=level))
    assert layout.class_names == ["box", "disc", "ring", "star"]
    assert [image.path for image in layout.unlabelled] == ["round/0.jpg", "round/1.jpg", "round/2.jpg"]
    assert "The class folders lie deeper." in layout.warnings[0]


def test_levels_are_counted_without_the_folders_of_a_split(found):
    names = [f"{part}/{name}" for part in ("train", "test") for name in NESTED]
    layout = found(*names, choices=Choices(level=1))
    assert layout.class_names == ["angular", "round"]
    assert layout.split_from == "the folders test, train"


def test_a_question_shows_a_few_of_many_classes(found):
    names = [
        f"{outer}/{word}" for outer in ("odd", "even") for word in ("ash", "bay", "elm", "fir", "oak", "yew", "fig")
    ]
    assert "ash, bay, elm, fig, fir, oak and 1 more" in asked(found, *names)[1]
