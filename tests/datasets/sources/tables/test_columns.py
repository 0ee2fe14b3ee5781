"""Which columns of tables are taken, and what is asked, by what they are called and hold."""

import pytest

from core.datasets.sources.choices import Choices
from core.datasets.sources.tables.contents import columns_of
from core.datasets.sources.tables.files import open_table
from core.datasets.sources.tables.reading import read_table
from tests.datasets.sources.tables.conftest import labels, question, refusal

SIDES, PARTS = ("left", "right"), ("train", "valid", "test")


@pytest.mark.parametrize(
    ("header", "line", "column"),
    [
        ("file,label", lambda n, path, kind: f"{path},{kind}", "label"),
        ("file,ClassId,Class Name", lambda n, path, kind: f"{path},{len(kind) + ord(kind[0])},{kind}", "Class Name"),
        ("file,plant_class,height", lambda n, path, kind: f"{path},{kind},{n / 3}", "plant_class"),
        ("file,y", lambda n, path, kind: f"{path},{n % 3}", "y"),
        ("file,x,y,kind", lambda n, path, kind: f"{path},{n % 2},{n % 3},{kind}", "kind"),
        ("file,type,width,height", lambda n, path, kind: f"{path},{kind},{n % 2},30", "type"),
        ("file,label,label_confidence", lambda n, path, kind: f"{path},{kind},{n % 2}", "label"),
        ("file,label,label_source", lambda n, path, kind: f"{path},{kind},{SIDES[n % 2]}", "label"),
        ("file,label,species", lambda n, path, kind: f"{path},{kind},{SIDES[n % 2]}", "label"),
        ("file,true_label,predicted_label", lambda n, path, kind: f"{path},{kind},{SIDES[n % 2]}", "true_label"),
        (
            "file,diagnosis,age,sex,anatom_site",
            lambda n, path, kind: f"{path},{kind},40,{'mf'[n % 2]},leg",
            "diagnosis",
        ),
        ("file,category,kind", lambda n, path, kind: f"{path},{PARTS[n % 3]},{kind}", "kind"),
        ("file,phase", lambda n, path, kind: f"{path},{kind}", "phase"),
        ("file,has_cactus", lambda n, path, kind: f"{path},{n % 2}", "has_cactus"),
        ("file,name", lambda n, path, kind: f"{path},{kind}", "name"),
        ("Unnamed: 0,file,kind", lambda n, path, kind: f"{n},{path},{kind}", "kind"),
        ("file,kind,code", lambda n, path, kind: f"{path},{kind},{kind.upper()}", "kind"),
    ],
)
def test_the_column_of_labels(written, header, line, column):
    assert read_table(written(header, line)).labels_from == f"the column “{column}” of labels.csv"


@pytest.mark.parametrize(
    ("header", "line", "options"),
    [
        ("file,species,disease", lambda n, path, kind: f"{path},{SIDES[n % 2]},{kind}", ["species", "disease"]),
        ("file,dx,colour", lambda n, path, kind: f"{path},{kind},{SIDES[n % 2]}", ["dx", "colour"]),
        ("file,label,class", lambda n, path, kind: f"{path},{kind},{SIDES[n % 2]}", ["label", "class"]),
        (
            "file,fine_label,coarse_label",
            lambda n, path, kind: f"{path},{kind},{n % 2}",
            ["fine_label", "coarse_label"],
        ),
        ("file,label,animal", lambda n, path, kind: f"{path},text {n},{kind}", ["label", "animal"]),
        ("file,age", lambda n, path, kind: f"{path},{20 + n}", ["age"]),
        ("file,text", lambda n, path, kind: f"{path},a photo of number {n}", ["text"]),
        ("file,Id", lambda n, path, kind: f"{path},w_{n % 3}", ["Id"]),
        ("file,transcript", lambda n, path, kind: f"{path},word{n}", ["transcript"]),
        ("file,case", lambda n, path, kind: f"{path},{kind}", ["case"]),
        ("file,label", lambda n, path, kind: f"{path},{('train', 'test')[n % 2]}", ["label"]),
        ("file,width,grade", lambda n, path, kind: f"{path},{n},{n % 3}", ["grade", "width"]),
        ("file,camera,mean", lambda n, path, kind: f"{path},{kind},{n / 7}", ["camera"]),
    ],
)
def test_what_is_asked_of_labels(written, header, line, options):
    asked = question(written(header, line))
    assert [option.choices.label_columns for option in asked.options] == [(name,) for name in options]
    assert asked.table == "labels.csv"


def test_a_question_shows_values_and_each_answer_is_taken(written):
    path = written("file,species,disease", lambda n, path, kind: f"{path},{SIDES[n % 2]},{kind}")
    asked = question(path)
    assert [option.text for option in asked.options] == [
        "column “species”: left, right",
        "column “disease”: cat, dog, owl",
    ]
    assert "--label-column=species" in str(asked)
    for option in asked.options:
        layout = read_table(path, choices=option.choices)
        assert layout.labels_from == f"the column “{option.choices.label_columns[0]}” of labels.csv"


def test_a_guess_by_what_a_column_holds_is_said(written):
    layout = read_table(written("file,width,kind", lambda n, path, kind: f"{path},{n},{kind}"))
    assert "read from the column “kind” of labels.csv, the only one that may hold them" in layout.warnings[0]


@pytest.mark.parametrize(
    ("header", "line", "says"),
    [
        ("file,mean", lambda n, path, kind: f"{path},{n / 7}", "holds the labels cannot be told: none holds the names"),
        ("a,b", lambda n, path, kind: f"{n / 7},{kind}", "none of them names an image"),
        ("07,cat", lambda n, path, kind: f"{n:02},{kind}", "names an image, “07”, and no columns"),
        ("epoch,phase,loss", lambda n, path, kind: f"{n},{PARTS[n % 2]},{n / 7}", "none of them names an image"),
        ("file,left,right", lambda n, path, kind: f"gone/x{n}.jpg,{kind},{kind}", "names no image that is here"),
    ],
)
def test_what_is_no_table_of_labels_is_refused_and_not_asked_of(written, header, line, says):
    assert says in refusal(written(header, line))


# Paths ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("name,path,label", lambda n, path, kind: f"thing {n},{path},{kind}"),
        ("url,file,label", lambda n, path, kind: f"https://example.org/{n:02}.jpg,{path},{kind}"),
        ("isic_id,label", lambda n, path, kind: f"{n:02},{kind}"),
        ("number,isic_id,label", lambda n, path, kind: f"{n + 3},{n:02},{kind}"),
        ("id,scan,label", lambda n, path, kind: f"x{n},{path},{kind}"),
        ("image,mask,label", lambda n, path, kind: f"{n:02},masks/{n}.png,{kind}"),
    ],
)
def test_the_column_of_paths(written, header, line):
    assert len(read_table(written(header, line)).images) == 12


@pytest.mark.parametrize("mask", ["masks/{n:02}.jpg", "masks/{n}_mask.png"])
def test_two_columns_of_images_are_asked_of(written, tmp_path, mask):
    path = written("image,mask,label", lambda n, path, kind: f"{path},{mask.format(n=n)},{kind}")
    for number in range(12):
        (tmp_path / "masks").mkdir(exist_ok=True)
        (tmp_path / mask.format(n=number)).touch()
    asked = question(path)
    assert [option.choices.path_column for option in asked.options] == ["image", "mask"]
    assert len(read_table(path, choices=asked.options[0].choices).images) == 12


# Split and groups ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("split", lambda n: ("train", "test")[n % 2]),
        ("data set", lambda n: ("train", "test")[n % 2]),
        ("origin", lambda n: ("train", "test")[n % 2]),
        ("Usage", lambda n: ("Training", "PrivateTest")[n % 2]),
        ("ml_use", lambda n: ("TRAIN", "TEST")[n % 2]),
        ("is_train", lambda n: 1 - n % 2),
        ("is_test", lambda n: bool(n % 2)),
        ("test", lambda n: n % 2),
    ],
)
def test_the_column_of_the_split(written, column, value):
    layout = read_table(written(f"file,label,{column}", lambda n, path, kind: f"{path},{kind},{value(n)}"))
    assert [image.split for image in layout.images] == ["train", "test"] * 6
    assert layout.split_from == f"the column “{column}” of labels.csv"


def test_unassigned_images_are_in_no_part(written):

    def line(n, path, kind):
        return f"{path},{kind},{('TRAIN', 'UNASSIGNED', '')[n % 3]}"

    layout = read_table(written("file,label,ml_use", line), choices=Choices(split_column="ml_use"))
    assert [image.split for image in layout.images] == ["train", "", ""] * 4


def test_train_is_a_class_among_classes(written):
    layout = read_table(written("file,train,bus", lambda n, path, kind: f"{path},{n % 2},{1 - n % 2}"))
    assert (set(labels(layout).values()), layout.split_from) == ({"train", "bus"}, "")


def test_groups_of_whole_numbers(written):
    layout = read_table(written("file,label,patient_id", lambda n, path, kind: f"{path},{kind},{n // 2}.0"))
    assert layout.images[-1].group == "5"
    assert layout.groups_from == "the column “patient_id” of labels.csv"


def test_a_sorted_table_is_looked_at_as_a_whole(tmp_path):
    """The first rows all have one label, as where a table is sorted by class."""
    (tmp_path / "a.csv").write_text("path,kind\n" + "1.jpg,a\n" * 9000 + "2.jpg,b\n" * 1000)
    _, kind = columns_of(open_table(tmp_path / "a.csv"))
    assert (kind.different, kind.could_be_label) == (["a", "b"], True)
    assert len(kind.cells) < 5000


def test_many_columns(tmp_path):
    (tmp_path / "labels.csv").write_text(",".join(map(str, range(20_000))) + "\n" + "1," * 20_000)
    assert "has 20,000 columns" in refusal(tmp_path / "labels.csv")
