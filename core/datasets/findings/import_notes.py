"""What was noticed when the images were found: files left out, layouts, and what the card says otherwise."""

from collections.abc import Iterable

from core.datasets.cards import Card, load_cards
from core.datasets.content import Content
from core.datasets.findings.finding import NOTES, WARNS, Finding, count_of
from core.datasets.findings.lost_classes import reasons_in_words
from core.datasets.known import fits

DIFFERENCES_SHOWN = 3


def unusable(content: Content) -> Iterable[Finding]:
    bad = content.unreadable
    broken = bad[~bad["problem"].str.startswith("has no label")]
    if len(broken):
        paths = tuple(broken["path"])
        yield Finding(
            "unreadable",
            f"{count_of(len(paths), 'file')} that can't be used",
            "Empty, cut off, damaged, of a kind that isn't supported, or no image at all: "
            f"{reasons_in_words(broken['problem'])}. They are left out already; bring them again from where they "
            "came, or save those of another kind as PNG, if you need them.",
            WARNS,
            paths,
        )


def from_import(content: Content, warnings: tuple[str, ...], card_name: str, asked_for: bool) -> list[Finding]:
    """What was noticed when the images were found, and how they differ from what the card says.

    Parameters
    ----------
    card_name
        Of the public dataset that it is, or has the class names of; "" for none.
    asked_for
        Whether somebody said that it is that dataset.
    """
    found = [Finding("layout", warning, "", NOTES) for warning in warnings]
    card = load_cards().get(card_name)
    if card is not None:
        speaks = asked_for or fits(card, content)
        found += _against_card(card, content) if speaks else [_namesake(card)]
    return found


def _against_card(card: Card, content: Content) -> list[Finding]:
    """How a public dataset differs from what its card says; a part of it is no fault."""
    counts = content.manifest.loc[content.manifest["label"] != "", "label"].value_counts().to_dict()
    differences, images, whole = card.differences(counts), sum(counts.values()), sum(card.classes.values())
    if not differences:
        return []
    if card.is_part(counts) and not card.has_counts(counts):
        lacking = [sentence for sentence in differences if "is missing" in sentence]
        why = " ".join(["What is published of it, such as results, is of all of them.", *lacking[:DIFFERENCES_SHOWN]])
        return [Finding("card", f"A part of {card.title}: {images:,} of its {whole:,} images", why, NOTES)]
    more = len(differences) - DIFFERENCES_SHOWN
    words = [*differences[:DIFFERENCES_SHOWN], *([f"And so on for {more:,} more."] if more > 0 else [])]
    return [Finding("card", f"Not as many images as {card.title} has", " ".join(words), NOTES)]


def _namesake(card: Card) -> Finding:
    return Finding(
        "card",
        f"Named like {card.title}’s classes: is it that?",
        f"Its {sum(card.classes.values()):,} images are others in number or look, so nothing that is known of them is "
        f"taken to hold here. Where it is a part of {card.title} all the same, import it as that: among the public "
        f"datasets, or with --card {card.name}.",
        NOTES,
    )
