"""Images without a label: kept for later, or left out where nothing says that they are meant so."""

from collections.abc import Iterable

from core.datasets.content import Content
from core.datasets.findings.finding import NOTES, Finding, count_of

KIND = "unlabelled"


def unlabelled(content: Content) -> Iterable[Finding]:
    """The images without a label, those that are kept first."""
    kept, problems = content.unlabelled, content.unreadable
    left_out = problems.loc[problems["problem"].str.startswith("has no label"), "path"]
    count = len(kept) + len(left_out)
    if not count:
        return
    words = []
    if len(kept):
        words.append("They take no part in training and testing until they are given a label, under Images.")
        copies = int(kept["cluster"].isin(content.images["cluster"]).sum())
        if copies:
            words.append(
                f"{copies:,} of them {'are copies' if copies > 1 else 'is a copy'}, or nearly, of labelled ones."
            )
    if len(left_out):
        which = f"{len(left_out):,} of them are in" if len(kept) else "In"
        words.append(f"{which} no class folder, or in a test folder whose answers are kept secret. They are left out.")
    yield Finding(
        KIND, f"{count_of(count, 'image')} without a label", " ".join(words), NOTES, (*kept["path"], *left_out)
    )
