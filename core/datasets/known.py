"""Whether a dataset is one of the public ones: the single place that says for which datasets a card speaks."""

from functools import lru_cache

from core.datasets.cards import Card, load_cards
from core.datasets.content import Content
from core.datasets.store import Dataset, DatasetInfo

DECISIONS_KEPT = 16


def known_card(dataset: Dataset) -> Card | None:
    """The card that speaks for a dataset: with its faults, its published results and what keeps its labels.

    It does where somebody said that the dataset is that one (``--card``, a download), or where the names of the
    classes, how many images they have, and what these look like all say so. Names alone say nothing: photographs of
    hand signs from 0 to 9 are not MNIST.
    """
    card = _card_in(dataset.info)
    if card is None or is_asked_for(dataset.info):
        return card
    return card if fits(card, dataset.content) else None


def is_asked_for(info: DatasetInfo) -> bool:
    """Whether somebody said which public dataset it is, rather than its class names."""
    card = _card_in(info)
    # Before that was written down, it showed in the title that a dataset got unless it was given one.
    return card is not None and (info.card_asked_for or info.kind == "download" or info.title == card.title)


def fits(card: Card, content: Content) -> bool:
    """Whether the images of a dataset, as they were found, are as many and look as those of a card's dataset."""
    return _fits(card.name, content)


@lru_cache(maxsize=DECISIONS_KEPT)
def _fits(card_name: str, content: Content) -> bool:
    card = load_cards()[card_name]
    found = content.manifest
    labelled = found[found["label"] != ""]
    readable = labelled[labelled["problem"] == ""]
    return card.has_counts(labelled["label"].value_counts().to_dict()) and card.looks_like(
        readable["width"].to_numpy(), readable["height"].to_numpy(), readable["mode"].to_numpy(dtype=str)
    )


def _card_in(info: DatasetInfo) -> Card | None:
    return load_cards().get(info.card)
