"""Dataset cards: the ones that come along, and what happens to a card with a fault."""

import re

import pytest

from core.augmentation.recipe import TRANSFORMS
from core.datasets.cards import CARDS_FOLDER, load_cards, namesake
from core.errors import UsageError

CARDS = load_cards()
UC_MERCED = list(CARDS["uc_merced"].classes)
FASHION = list(CARDS["fashion_mnist"].classes)


@pytest.fixture
def example():
    """The example of the README, as text."""
    readme = (CARDS_FOLDER / "README.md").read_text(encoding="utf-8")
    return re.search(r"```toml\n(.*?)```", readme, re.DOTALL)[1]


@pytest.fixture
def read(tmp_path):
    """Reads a card from its text."""

    def write_and_load(text):
        (tmp_path / "mugs.toml").write_text(text, encoding="utf-8")
        return load_cards(tmp_path)["mugs"]

    return write_and_load


def test_the_promised_cards_are_there():
    assert list(CARDS) == ["cats_vs_dogs", "cervix", "fashion_mnist", "mnist", "uc_merced"]


@pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
def test_every_card_says_what_one_needs_to_know(card):
    for text in (card.title, card.summary, card.terms):
        assert text.strip() == text != ""
    assert card.by_hand
    assert card.faults
    assert card.results
    assert all(result.source for result in card.results)


@pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
def test_every_download_can_be_checked(card):
    for file in card.files:
        assert file.remote.size_bytes > 0
        assert file.remote.sha256 or file.remote.md5
    assert len({file.name for file in card.files}) == len(card.files)


@pytest.mark.parametrize(
    ("name", "images", "downloads"),
    [("cats_vs_dogs", 25_000, 1), ("cervix", 1481, 0), ("fashion_mnist", 70_000, 4), ("mnist", 70_000, 4)],
)
def test_counts_and_downloads(name, images, downloads):
    assert sum(CARDS[name].classes.values()) == images
    assert len(CARDS[name].files) == downloads


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_the_given_split_is_60000_to_10000(name):
    assert {part: sum(counts.values()) for part, counts in CARDS[name].splits.items()} == {
        "train": 60_000,
        "test": 10_000,
    }


def test_digits_are_not_mirrored_and_aerial_scenes_are_turned_any_way():
    digits, scenes = CARDS["mnist"].label_preserving, CARDS["uc_merced"].label_preserving
    assert (digits.flip_horizontal, digits.flip_vertical) == (False, False)
    assert digits.rotation < 90
    assert (scenes.flip_horizontal, scenes.flip_vertical, scenes.rotation) == (True, True, 180)


def test_no_figure_is_said_to_be_in_the_course_that_is_not():
    """Of the course's own figures the source is the chapter or another piece of it; others name who published them."""
    for card in CARDS.values():
        for result in card.results:
            assert "quotes" not in result.source
            assert "elsewhere" not in result.source
    course = {result.value for card in CARDS.values() for result in card.results if "course" in result.source}
    assert course == {0.992, 1.0, 0.97, 0.78, 0.8675, 0.9766}


def test_the_card_says_why_the_chapter_s_cervix_network_learned_next_to_nothing():
    (chapter,) = [result for result in CARDS["cervix"].results if result.value == 0.97]
    assert "casts pixels from 0 to 1 to whole numbers" in chapter.setting


def test_turns_and_mirrorings_have_the_names_of_augmentation():
    assert set(vars(CARDS["mnist"].label_preserving)) <= set(TRANSFORMS)


@pytest.mark.parametrize(
    ("class_names", "name"),
    [
        (["Cat", "Dog"], "cats_vs_dogs"),
        (["dog", "cat"], "cats_vs_dogs"),
        (["Type_1", "Type_2", "Type_3"], "cervix"),
        ([str(digit) for digit in range(10)], "mnist"),
        (FASHION, "fashion_mnist"),
        ([name.replace("_", "/") for name in FASHION], "fashion_mnist"),
        (UC_MERCED, "uc_merced"),
        ([name.title() for name in UC_MERCED], "uc_merced"),
    ],
)
def test_a_dataset_is_recognised_by_its_classes(class_names, name):
    assert namesake(class_names) == CARDS[name]


@pytest.mark.parametrize(
    "class_names", [[], ["cat"], ["cat", "dog", "horse"], ["river", "forest"], ["Type_1", "Type_2"]]
)
def test_other_classes_are_no_known_dataset(class_names):
    assert namesake(class_names) is None


@pytest.mark.real
def test_the_real_aerial_scenes_are_recognised(real_images):
    folders = [path.name for path in (real_images / "aerial_scenes").iterdir()]
    assert namesake(folders).name == "uc_merced"


def test_a_dataset_that_is_complete_does_not_differ():
    card = CARDS["cats_vs_dogs"]
    assert card.differences(card.classes) == []
    assert card.differences({"cat": 12_500, "dog": 12_500}) == []


def test_differences_are_told_class_by_class():
    assert CARDS["cats_vs_dogs"].differences({"Cat": 12_499, "Horse": 3}) == [
        "“Cat” has 12,499 images where 12,500 are expected: 1 too few.",
        "The class “Dog” is missing: 12,500 images are expected.",
        "“Horse” is no class of Cats vs dogs.",
    ]
    assert "1,000 too many" in CARDS["mnist"].differences({"0": 7903})[0]


def test_the_example_of_the_readme_is_a_card(example, read):
    card = read(example)
    assert card.name == "mugs"
    assert card.classes == {"cup": 700, "mug": 500}
    assert card.group_template == "{group}_*"
    assert card.files[0].name == "mugs.zip"
    assert card.files[0].remote.url == "https://example.org/mugs.zip"
    assert card.class_names == ("cup", "mug")
    assert card.results[0].value == 0.91


def test_what_is_optional_may_be_left_out(example, read):
    text = example.split("[[files]]")[0].replace('group_template = "{group}_*"', "")
    card = read(text)
    assert (card.files, card.results, card.splits, card.group_template) == ((), (), {}, "")


def test_a_folder_without_cards_has_none(tmp_path):
    assert load_cards(tmp_path) == {}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('title = "Mugs and cups"', "", "“title” is missing"),
        ('title = "Mugs and cups"', "title = 3", "“title” must be a text. Got 3"),
        ('title = "Mugs and cups"', 'titel = "Mugs"', "“titel” is unknown. There are: title"),
        ('https://example.org/mugs"', 'example.org"', "“homepage” must begin with https://"),
        ('"zip"', '"rar"', "“unpacking” must be one of zip, idx. Got 'rar'"),
        ('["kitchen3_017.jpg is cut off."]', "[1]", "“faults” must be a list of texts"),
        ("{group}_*", "kitchen_*", "“group_template” must be"),
        ("cup = 700", 'cup = "many"', "“classes.cup” must be a whole number"),
        ("cup = 700", "cup = true", "“classes.cup” must be a whole number"),
        ("cup = 700", "cup = -1", "“classes” must hold numbers of images"),
        ("cup = 700", '"cup/glass" = 700', "“classes” must not have names with “/”"),
        ("cup = 700", "", "“classes” must name at least two"),
        ("rotation = 15", "rotation = 200", "“label_preserving.rotation” must be 0 to 180"),
        ("rotation = 15", "", "“label_preserving.rotation” is missing"),
        ("sides = [640, 1280]", "sides = [640]", "“look.sides” must be the least and the greatest side"),
        ("sides = [640, 1280]", "sides = [1280, 640]", "“look.sides” must be the least and the greatest side"),
        ("grey = false", "grey = 0", "“look.grey” must be true or false"),
        ("rotation = 15", "zoom = 15", "“label_preserving.zoom” is unknown"),
        ("flip_vertical = false", "flip_vertical = 0", "“label_preserving.flip_vertical” must be true or false"),
        ("https://example.org/mugs.zip", "ftp://example.org/mugs.zip", "“files[0].url” must be an address"),
        ("https://example.org/mugs.zip", "https://example.org/", "“files[0].url” must end with the name of a file"),
        ("https://example.org/mugs.zip", "mugs.zip", "“files[0].url” must be an address"),
        ('sha256 = "', 'sha256 = "0', "“files[0].sha256” must be 64 hexadecimal digits"),
        ("sha256", "sha1", "“files[0].sha1” is unknown"),
        ('"accuracy"', '"F1"', "“results[0].metric” must be one of accuracy, log_loss"),
        ("value = 0.91", "value = 91.0", "“results[0].value” must be 0 or more, and an accuracy at most 1"),
        ("value = 0.91", "value = nan", "“results[0].value” must be 0 or more, and an accuracy at most 1"),
        ("value = 0.91", "value = 1", "“results[0].value” must be a number with a decimal point"),
        ('source = "Example and Sample, 2020"', "", "“results[0].source” is missing"),
        ("[[results]]", "[splits.dev]\n[[results]]", "“splits.dev” is unknown"),
        ("[[results]]", "[splits.train]\ncup = 1\n[[results]]", "“splits.train.mug” is missing"),
        (
            "[[results]]",
            "[splits.train]\ncup = 1\nmug = 500\n[[results]]",
            "“splits” must add up to the classes. 'cup'",
        ),
    ],
)
def test_a_faulty_card_is_refused_with_its_file_and_key(example, read, tmp_path, old, new, words):
    assert old in example
    with pytest.raises(UsageError) as caught:
        read(example.replace(old, new, 1))
    assert str(tmp_path / "mugs.toml") in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("key", ["files", "results"])
def test_a_list_of_something_else_is_refused(example, read, key):
    with pytest.raises(UsageError, match=rf"“{key}\[0\]” must be a table"):
        read(f'{key} = ["mugs.zip"]\n' + example.split("[[files]]")[0])


@pytest.mark.parametrize("content", [b"title = ", b"\xff\xfe", b"[classes]\ncup = 1\ncup = 2\n"])
def test_a_file_that_is_no_toml_is_refused(tmp_path, content):
    (tmp_path / "mugs.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"mugs\.toml cannot be read"):
        load_cards(tmp_path)
