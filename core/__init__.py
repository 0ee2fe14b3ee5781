"""Image classification from a folder of images to a judged classifier, without any user interface."""
