"""The views of the Dataset page."""

CHECKUP, IMAGES, DIVISION, CHANGES = "Check-up", "Images", "Division", "Changes"
