"""Writes ``docs/layouts.md``: ``python -m tests.datasets.layouts``. Every row is an import that was just done."""

from tests.datasets.layouts.documentation import main

main()
