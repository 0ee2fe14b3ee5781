"""A dataset as it is by now, with its edits, in the layouts that other programs read."""
