"""Networks of one's own from the command line."""

import json

import pytest

from core.architectures.custom import CustomNetworks

MINE = {
    "name": "mine",
    "title": "My net",
    "image_size": 65,
    "channels": 1,
    "blocks": [
        {"kind": "convolution", "filters": 8, "stride": 2, "padding": "valid"},
        {"kind": "residual", "filters": 16},
        {"kind": "global_average_pool"},
    ],
}


@pytest.fixture
def write(tmp_path):
    """Writes a file that describes a network."""

    def make(**changes):
        path = tmp_path / "network.json"
        path.write_text(json.dumps(MINE | changes), encoding="utf-8")
        return path

    return make


def test_a_network_is_added_listed_shown_and_deleted(command, write, workspace):
    assert "No networks of your own yet" in command("networks", "list")[1]
    code, text, _ = command("networks", "add", write())
    assert (code, "My net is kept as 'mine': 3 blocks" in text) == (0, True)
    entry = json.loads(command("networks", "list", "--json")[1])[0]
    assert (entry["name"], entry["image_size"]) == ("mine", 65)
    assert "65 × 65 × 1" in command("networks", "list")[1]
    text = command("networks", "show", "mine", "--classes", 5)[1]
    assert "32 × 32 × 8" in text
    assert "5 classes" in text
    assert command("networks", "delete", "mine")[0] == 0
    assert CustomNetworks(workspace).names() == []


def test_what_show_prints_can_be_added_again(command, write, tmp_path, workspace):
    command("networks", "add", write())
    path = tmp_path / "shown.json"
    path.write_text(command("networks", "show", "mine", "--json")[1], encoding="utf-8")
    code, _, complaint = command("networks", "add", path)
    assert (code, "already" in complaint) == (2, True)
    assert command("networks", "add", path, "--replace")[0] == 0
    assert CustomNetworks(workspace).find("mine").to_dict()["blocks"][0]["stride"] == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"image_size": 64},
            "Row 1 (Convolution): Convolution 3×3, 8 filters, stride 2, ReLU behind 64 × 64 × 1: (64 − 3",
        ),
        ({"name": "vgg16"}, "comes with the program"),
        ({"blocks": [{"kind": "dense", "units": 0}]}, "'units' must be a whole number from 1 to 16384. Got 0."),
    ],
    ids=["stride", "name", "units"],
)
def test_what_cannot_be_is_refused_as_bad_usage(command, write, changes, words):
    code, _, complaint = command("networks", "add", write(**changes))
    assert code == 2
    assert words in complaint


def test_a_file_that_is_not_there_or_no_json_is_said(command, tmp_path):
    assert "There is no file" in command("networks", "add", tmp_path / "nothing.json")[2]
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    assert "cannot be read as JSON" in command("networks", "add", tmp_path / "bad.json")[2]


def test_any_network_is_there_as_code(command, write):
    command("networks", "add", write())
    code, text, _ = command("networks", "code", "mine", "--classes", 4)
    assert code == 0
    compile(text, "exported.py", "exec")
    assert "layers.Dense(4)" in text
    text = command("networks", "code", "vgg16", "--size", 96)[1]
    assert "keras.applications.VGG16(input_shape=(96, 96, 3)" in text
    assert json.loads(command("networks", "code", "lenet_5", "--json")[1])["architecture"] == "lenet_5"
    assert command("networks", "code", "lenet_5", "--size", 0)[0] == 2
    assert "no architecture 'nothing'" in command("networks", "code", "nothing")[2]


def test_code_has_the_networks_own_classes_and_settings_unless_others_are_given(command, document, write, imported):
    code, found = document("networks", "code", "mnist_cnn")
    assert (code, found["classes"]) == (0, 10)
    assert "epochs=20, batch_size=256," in found["code"]
    assert "layers.Dense(10)(x)" in found["code"]
    code, text, _ = command(
        "networks", "code", "mnist_cnn", "--epochs", 3, "--set", "batch_size=8", "--set", "dropout=0"
    )
    assert (code, "epochs=3, batch_size=8," in text, "layers.Dropout(0.0)" in text) == (0, True, True)
    imported("pets", {"cats": 4, "dogs": 4, "birds": 4})
    assert document("networks", "code", "mnist_cnn", "--dataset", "pets")[1]["classes"] == 3
    assert document("networks", "code", "mnist_cnn", "--dataset", "pets", "--classes", 5)[1]["classes"] == 5
    command("networks", "add", write())
    assert document("networks", "code", "mine")[1]["classes"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--dataset", "nothing"), "no dataset 'nothing'"),
        (("--epochs", "0"), "'epochs' must be"),
        (("--set", "dropout"), "--set wants KEY=VALUE"),
        (("--set", "colour=red"), "no setting 'colour'"),
        (("--size", "large"), "'image_size' must be"),
    ],
)
def test_what_code_cannot_honour_is_refused(command, arguments, words):
    code, _, complaint = command("networks", "code", "mnist_cnn", *arguments)
    assert code == 2
    assert words in complaint


def test_a_number_of_classes_that_no_classifier_has_is_refused(command, write):
    command("networks", "add", write())
    for action in ("show", "code"):
        assert "from 2 to 10,000 classes. Got 1." in command("networks", action, "mine", "--classes", 1)[2]


def test_dropout_before_batch_normalisation_is_told_of_wherever_the_network_is_printed(command, write):
    blocks = [{"kind": "convolution"}, {"kind": "dropout"}, {"kind": "batch_norm"}, {"kind": "global_average_pool"}]
    added = command("networks", "add", write(blocks=blocks))[1]
    shown = command("networks", "show", "mine")[1]
    described = command("describe", "mine")[1]
    assert "Row 2 (Dropout): Batch normalisation follows this dropout." in added
    assert "Row 2 (Dropout): Batch normalisation follows this dropout." in shown
    assert "Layer 4 (Dropout 30%): Batch normalisation follows this dropout." in described
    assert "follows this dropout" not in command("describe", "small_cnn")[1]
