"""Where images and labels come from; a file a layout.

The way of what is brought: `kinds` tells by its content what a file is. `archives` unpacks it, or `packed` writes the
pictures within it out as files. `layout` finds the images in the folder that comes of it, and `evidence` decides what
labels them: the names of `folders` and files, `tables` (as which `annotations` of other tools are read too), or, where
two readings are sensible, a person (`choices`). `combining` puts together what folders and tables say. What comes out
of each is a `Layout` of `FoundImage`, in `found`.

A new layout of folders goes into `folders`, a new tool's file into `annotations` (as a table), a new file of pixels
into `packed`; each gets its rows in ``tests/datasets/layouts``, of which ``docs/layouts.md`` is written.
"""
