"""What was noticed when the images were found: files left out, layouts, and what the card says otherwise."""

from collections.abc import Iterable

from core.datasets.cards import load_cards
from core.datasets.content import Content
from core.datasets.findings.finding import NOTES, WARNS, Finding, count_of

DIFFERENCES_SHOWN = 3


def unusable(content: Content) -> Iterable[Finding]:
    bad = content.unreadable
    is_unlabelled = bad["problem"].str.startswith("has no label")
    broken = bad[~is_unlabelled]
    if len(broken):
        paths = tuple(broken["path"])
        yield Finding(
            "unreadable",
            f"{count_of(len(paths), 'file')} that can't be used",
            "Empty, cut off, damaged, or no image at all; the list below says which. They are left out already; bring "
            "them again from where they came, if you need them.",
            WARNS,
            paths,
        )
    if is_unlabelled.any():
        paths = tuple(bad.loc[is_unlabelled, "path"])
        yield Finding(
            "unlabelled",
            f"{count_of(len(paths), 'image')} without a label",
            "In no class folder, or in a test folder whose answers are kept secret. They are left out.",
            NOTES,
            paths,
        )


def from_import(content: Content, warnings: tuple[str, ...], card_name: str) -> list[Finding]:
    """What was noticed when the images were found, and how they differ from what the card says."""
    found = [Finding("layout", warning, "", NOTES) for warning in warnings]
    card = load_cards().get(card_name)
    sizes = content.manifest.loc[content.manifest["label"] != "", "label"].value_counts()
    differences = card.differences(sizes.to_dict()) if card else []
    if differences:
        more = len(differences) - DIFFERENCES_SHOWN
        words = [*differences[:DIFFERENCES_SHOWN], *([f"And so on for {more:,} more."] if more > 0 else [])]
        found.append(Finding("card", f"Not as many images as {card.title} has", " ".join(words), NOTES))
    return found
