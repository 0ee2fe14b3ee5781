"""Every folder and file once, by the same path whatever the disk's order."""

import itertools
import os

import pytest

from core.datasets.sources.listing import links_counted_elsewhere, list_images


def make(root, *steps):
    """Files by their path, and links as "path -> target", in this order."""
    for step in steps:
        path, _, target = step.partition(" -> ")
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        if target:
            (root / path).symlink_to(target)
        else:
            (root / path).touch()
    return root


def in_any_order(*steps):
    return pytest.mark.parametrize("steps", list(itertools.permutations(steps)))


@in_any_order("m/1.jpg", "a -> m", "z -> m")
def test_the_real_folder_goes_before_links_to_it(tmp_path, steps):
    root = make(tmp_path, *steps)
    assert list_images(root).images == ["m/1.jpg"]
    assert links_counted_elsewhere(root) == [("a", "m"), ("z", "m")]


@in_any_order("root/b -> ../store", "root/a -> ../store", "store/1.jpg", "root/c/2.jpg")
def test_of_links_to_one_place_the_first_by_name_is_followed(tmp_path, steps):
    root = make(tmp_path, *steps) / "root"
    assert list_images(root).images == ["a/1.jpg", "c/2.jpg"]
    assert links_counted_elsewhere(root) == [("b", "a")]


@in_any_order("m/1.jpg", "a.jpg -> m/1.jpg", "z.jpg -> a.jpg")
def test_the_real_file_goes_before_links_to_it(tmp_path, steps):
    root = make(tmp_path, *steps)
    assert list_images(root).images == ["m/1.jpg"]
    assert links_counted_elsewhere(root) == [("a.jpg", "m/1.jpg"), ("z.jpg", "m/1.jpg")]


def test_links_to_files_elsewhere_are_images_once_each(tmp_path):
    root = make(
        tmp_path, "store/1.jpg", "root/test/x.jpg -> ../../store/1.jpg", "root/train/x.jpg -> ../../store/1.jpg"
    )
    assert list_images(root / "root").images == ["test/x.jpg"]
    assert links_counted_elsewhere(root / "root") == [("train/x.jpg", "test/x.jpg")]


def test_links_that_lead_in_circles_end(tmp_path):
    root = make(
        tmp_path, "a/1.jpg", "a/up -> ..", "a/self -> .", "b -> c", "c -> b", "d/e -> ../f", "f/g -> ../d", "f/2.jpg"
    )
    assert list_images(root).images == ["a/1.jpg", "f/2.jpg"]
    (root / "f" / "3.jpg").symlink_to("3.jpg")
    assert list_images(root).images == ["a/1.jpg", "f/2.jpg", "f/3.jpg"], "whoever opens it says what is wrong"


def test_a_link_to_what_is_around_brings_in_the_rest_once(tmp_path):
    make(tmp_path, "root/a/1.jpg", "root/all -> ..", "beside/2.jpg")
    assert list_images(tmp_path / "root").images == ["a/1.jpg", "all/beside/2.jpg"]


def test_a_link_to_nothing_is_listed_for_whoever_opens_it_to_say_so(tmp_path):
    root = make(tmp_path, "a/1.jpg", "a/2.jpg -> gone.jpg", "b -> gone")
    assert list_images(root).images == ["a/1.jpg", "a/2.jpg"]
    assert links_counted_elsewhere(root) == []


def test_a_folder_that_can_not_be_opened_holds_nothing(tmp_path):
    root = make(tmp_path, "a/1.jpg", "b/2.jpg")
    (root / "b").chmod(0)
    try:
        if os.access(root / "b", os.R_OK):
            pytest.skip("whoever runs this may open everything")
        assert list_images(root).images == ["a/1.jpg"]
    finally:
        (root / "b").chmod(0o700)


def test_hidden_folders_are_passed_over_even_by_links(tmp_path):
    root = make(tmp_path, "a/1.jpg", ".cache/2.jpg", "__MACOSX/a/1.jpg", ".b -> a")
    assert list_images(root).images == ["a/1.jpg"]
