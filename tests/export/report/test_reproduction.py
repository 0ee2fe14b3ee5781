"""The commands of a report train what the run has trained: they are read by the command line itself."""

import shlex
from dataclasses import replace

import pytest

from core.cli import main
from core.commands import runs
from core.commands.output import DONE
from core.commands.settings import settings_from
from core.export.report.reproduction import commands, training_command
from core.runs.record import create_run
from core.runs.settings import read_settings

CHOSEN = (
    {},
    {"epochs": 3, "learning_rate": 0.00025, "class_weights": "balanced", "early_stopping": False},
    {"augmentation": "flip_horizontal,rotation=15,zoom=-5..20,erasing=5..20@0.3,mixup@0.5", "image_size": 64},
    {"architecture": "mobilenet_075", "weights": "untrained", "hidden": 8, "unfreeze": 1, "fine_tune_rate": 1e-7},
    {"dataset": "my pets' photos", "split_seed": 7, "fold": 2, "nesterov": True, "momentum": 0.0},
)


@pytest.mark.parametrize("chosen", CHOSEN)
def test_the_training_command_says_all_settings(workspace, monkeypatch, chosen):
    run, typed = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"} | chosen)), []

    def train(workspace, options):
        typed.append(settings_from(workspace, options))
        return {}, "", DONE

    monkeypatch.setattr(runs, "_train", train)
    program, *arguments = shlex.split(training_command(run))
    assert (program, main(arguments)) == ("workbench", DONE)
    assert typed == [run.settings]


def test_it_names_only_what_is_not_as_usual(workspace):
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn", "epochs": 3}))
    assert training_command(run) == "workbench train pets --architecture small_cnn --set epochs=3"


def test_images_are_brought_first_where_training_does_not_find_them(workspace, imported):
    dataset = imported("pets", {"cats": 5, "dogs": 5})
    run = create_run(workspace, read_settings({"dataset": "pets", "architecture": "small_cnn"}))
    train = training_command(run)
    assert commands(run, dataset.info) == ["workbench import PATH --name pets", train, "workbench evaluate RUN"]
    public = replace(dataset.info, kind="download", card="cervix")
    assert commands(run, public)[0] == "workbench download cervix"
    sample = read_settings({"dataset": "cats_vs_dogs_sample", "architecture": "small_cnn"})
    assert commands(create_run(workspace, sample), None)[0].startswith("workbench train cats_vs_dogs_sample")
