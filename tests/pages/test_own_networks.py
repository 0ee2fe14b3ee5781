"""Every page with a network that somebody composed: chosen, trained, the best so far, and deleted again."""

import pytest

from core.architectures.blocks import usual_block
from core.architectures.custom import CustomNetwork, CustomNetworks
from core.runs.draft import Draft
from core.runs.settings import read_settings
from pages.shared.page import STEPS

BLOCKS = (usual_block("convolution", filters=4), usual_block("global_max_pool"))


@pytest.fixture
def mini(workspace):
    """A network of one's own; its name means nothing in Markdown, its title does."""
    network = CustomNetwork("mini", "Mini *net*", 32, 3, BLOCKS)
    CustomNetworks(workspace).save(network)
    return network


@pytest.fixture
def trained_mini(workspace, pets, mini, trained):
    """Two runs of it and a worse one of the program's own."""
    settings = read_settings({"dataset": "pets", "architecture": "mini"}, workspace).to_dict()
    Draft(pets).choose(architecture="mini")
    worse = trained(pets, wrong_every=2)
    return [trained(pets, wrong_every=0, settings=settings), trained(pets, settings=settings), worse]


@pytest.mark.parametrize("page", STEPS)
def test_a_page_with_a_network_that_is_chosen(page, visit, pets, mini):
    Draft(pets).choose(architecture="mini")
    shown = visit(page, dataset="pets")
    assert shown.errors == []


@pytest.mark.parametrize("page", STEPS)
def test_a_page_with_a_network_that_is_the_best(page, visit, workspace, pets, trained_mini):
    for deleted in (False, True):
        if deleted:
            CustomNetworks(workspace).delete("mini")
        assert visit(page, dataset="pets", run=trained_mini[0].id).errors == []


def test_home_calls_it_by_its_title(visit, workspace, pets, trained_mini):
    home = visit("home", dataset="pets")
    assert "The best of 3 so far, Mini *net*, is right on" in home.words
    assert "Mini *net*, 32 px" in home.words
    assert "Mini *net*" not in home.source, "its asterisks are part of its title"
    assert "Mini *net*" in list(home.at.main.dataframe[0].value["network"])
    CustomNetworks(workspace).delete("mini")
    home = visit("home", dataset="pets")
    assert "The best of 3 so far, Mini *net*, is right on" in home.words, "a run goes on with what it was made of"
    assert "Mini *net*, 32 px" not in home.words, "the next training takes another"
