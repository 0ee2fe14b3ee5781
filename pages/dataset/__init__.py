"""The views of the Dataset page."""

CHECKUP, IMAGES, SPLIT, CHANGES = "Check-up", "Images", "Split", "Changes"
