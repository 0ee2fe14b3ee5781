"""Image classification from a folder of images to an evaluated classifier, without any user interface."""
