"""What runs in a list are called."""

from core.runs.labels import write_labels
from core.runs.run_names import names_of


def test_every_run_has_a_name_of_its_own(finished):
    runs = [finished(learning_rate=0.01), finished(), finished(), finished(architecture="lenet_5"), finished()]
    write_labels(runs[4], name="the *good* one")
    names = names_of(runs)
    assert names[0] == "Small CNN, learning rate 0.01"
    assert names[1].startswith("Small CNN, learning rate 0.002, ")
    assert names[3:] == ["LeNet-5", "the *good* one"]
    assert len(set(names)) == 5


def test_two_runs_of_one_name_are_told_apart(finished):
    runs = [finished(), finished()]
    for run in runs:
        write_labels(run, name="mine")
    assert len(set(names_of(runs))) == 2
