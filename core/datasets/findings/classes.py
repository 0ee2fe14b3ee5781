"""Too few classes, and classes with too few images."""

from collections.abc import Iterable

from core.datasets.content import Content
from core.datasets.findings.finding import STOPS, WARNS, Finding, count_of, shown_paths

IMBALANCED = 3.0
FEW_IMAGES = 3


def classes(content: Content) -> Iterable[Finding]:
    sizes = content.images["label"].value_counts()
    if len(sizes) < 2:
        yield Finding(
            "one_class",
            "Fewer than two classes are left",
            "A classifier chooses between classes: it needs at least two. Put images back, or bring others.",
            STOPS,
        )
        return
    small = [name for name in content.class_names if sizes[name] < FEW_IMAGES]
    if small:
        paths = shown_paths(content, "few_images", content.images["label"].isin(small))
        listed = ", ".join(f"“{name}” ({sizes[name]})" for name in small[:5])
        if paths:
            yield Finding(
                "few_images",
                f"{count_of(len(small), 'class')} with too few images to train, validate and test",
                f"{listed}: their figures will mean nothing. Add images, or leave these classes out.",
                WARNS,
                paths,
                (),
                "Leave these classes out",
                paths,
            )
    largest, smallest = sizes.index[0], sizes.index[-1]
    ratio = sizes.iloc[0] / sizes.iloc[-1]
    if ratio >= IMBALANCED:
        paths = shown_paths(content, "imbalance", content.images["label"] == smallest)
        if paths:
            yield Finding(
                "imbalance",
                f"Classes of very different size: “{largest}” has {ratio:.0f} times as many images as “{smallest}”",
                "A network that always answers with the large class looks good by accuracy alone. Judge by macro F1 "
                f"and by each class; add images of “{smallest}” where you can.",
                WARNS,
                paths,
            )
