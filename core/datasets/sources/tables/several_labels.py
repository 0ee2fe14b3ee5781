"""Images with several labels: how cells of a table say so, and what is offered where only one label can be learned."""

SEVERAL = "\x1f"
"""Stands between the labels of one image in a cell that readers of annotations make; no name holds it."""
