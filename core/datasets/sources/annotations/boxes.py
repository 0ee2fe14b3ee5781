"""What is said of annotations that tell where things are in images, and not of which class an image is."""

from core.errors import UsageError


def no_classes(called: str, what: str) -> UsageError:
    """The refusal of a file that holds boxes or outlines, named as what it is."""
    return UsageError(
        f"{called} is {what}: it says what is where in an image, and boxes and outlines are no classes of images. "
        "Export labels of whole images, or put the images of each class in a folder of its own."
    )
