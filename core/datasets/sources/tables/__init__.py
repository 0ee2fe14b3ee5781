"""Labels that are told from tables of paths and labels, whatever they are written in.

`files` opens a table, `columns` finds which of its columns is what, `paths` which file a cell means, `labels` and
`parts` what the other cells mean, and `reading` makes the `Layout` of it. `beside` does so for all tables that lie
about a folder of images: `table_folders` says where these are, `families` which of them belong together, and
`split_lists` what lists and tables without labels add.
"""
