"""What the inference process is asked for, by the very process."""

import numpy as np
import pytest
from PIL import Image

from core.augmentation.recipe import TRANSFORMS, parse_recipe, usual_step, write_recipe
from core.errors import WorkbenchError
from core.jobs.inference_client import InferenceClient
from core.jobs.job import Stopped

SIDE = 24


@pytest.fixture(scope="module")
def client():
    client = InferenceClient()
    yield client
    client.close()


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    for index in range(4):
        pixels = np.random.default_rng(index).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    return [str(path) for path in sorted(folder.iterdir())]


@pytest.mark.slow
def test_draws_of_one_image(client, paths):
    recipe = write_recipe(parse_recipe("rotation=15,noise"))
    drawn = client.ask("augment", path=paths[0], others=[], image_size=16, recipe=recipe, count=5, seed=0)
    assert (drawn.shape, drawn.dtype) == ((5, 16, 16, 3), np.uint8)
    assert len({image.tobytes() for image in drawn}) == 5


@pytest.mark.slow
def test_how_far_each_step_goes(client, paths):
    recipe = write_recipe(usual_step(name) for name in TRANSFORMS)
    found = client.ask("extremes", path=paths[0], image_size=16, recipe=recipe)
    counts = {name: len(images) for name, images in zip(TRANSFORMS, found, strict=True)}
    assert all(images.shape[1:] == (16, 16, 3) for images in found)
    assert (counts["flip_vertical"], counts["quarter_turns"], counts["zoom"], counts["cutmix"]) == (1, 3, 2, 0)


@pytest.mark.slow
def test_a_batch_as_training_sees_it(client, paths):
    recipe = write_recipe(parse_recipe("flip_horizontal,cutmix@0.1"))
    arguments = {"labels": [0, 1, 2, 1], "class_count": 3, "image_size": 16, "recipe": recipe, "seed": 3}
    images, shares = client.ask("training_batch", paths=paths, **arguments)
    assert (images.shape, images.dtype) == ((4, 16, 16, 3), np.uint8)
    assert (shares.shape, shares.dtype) == ((4, 3), np.float32)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert (shares % 1).any()


@pytest.mark.slow
def test_what_is_wrong_comes_back_in_words(client, paths, tmp_path):
    with pytest.raises(WorkbenchError, match="'mirror' is unknown"):
        client.ask("extremes", path=paths[0], image_size=16, recipe=[{"name": "mirror"}])
    with pytest.raises(WorkbenchError):
        client.ask("extremes", path=str(tmp_path / "gone.png"), image_size=16, recipe=[])


@pytest.fixture
def run(featured_run):
    vectors = np.random.default_rng(0).normal(size=(200, 16))
    return str(featured_run(vectors, np.arange(200) % 2, np.full(200, "train")).folder)


@pytest.mark.slow
def test_a_long_task_says_how_far_it_is(client, run):
    steps = []
    found = client.ask("feature_map", on_progress=lambda *step: steps.append(step), run=run)
    assert len(found["paths"]) == 200
    stages = list(dict.fromkeys(stage for stage, _, _ in steps))
    assert stages[0] == "Reading the features of the images"
    assert stages[-1] == "Drawing the map"
    done = [done for stage, done, _ in steps if stage == "Drawing the map"]
    assert done == sorted(done)
    assert steps[-1][1] == steps[-1][2], "the last step is told, however soon it follows on the one before"
    assert client.ask("feature_map", run=run)["x"] == found["x"], "nobody has to listen"


@pytest.mark.slow
def test_a_long_task_is_stopped_by_who_listens_and_the_process_stays(client, run):
    def stop(stage, done, total):
        if stage == "Drawing the map":
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        client.ask("feature_map", on_progress=stop, run=run)
    assert client.warm
    assert len(client.ask("out_of_distribution", run=run).images) == 200


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_works_is_told_and_started_again(client, run):
    with pytest.raises(WorkbenchError, match="ended or took too long"):
        client.ask("feature_map", on_progress=lambda *step: client.kill(), run=run)
    assert not client.warm
    assert len(client.ask("label_issues", run=run).images) == 200


@pytest.mark.slow
def test_silence_ends_a_process(client, run, monkeypatch):
    monkeypatch.setattr("core.jobs.inference_client.SECONDS_OF_SILENCE", 0.0)
    with pytest.raises(WorkbenchError, match="ended or took too long"):
        client.ask("feature_map", run=run)


@pytest.mark.slow
def test_an_unknown_task_does_not_end_the_process(client):
    with pytest.raises(WorkbenchError):
        client.ask("no_such_task")
    assert client.warm
