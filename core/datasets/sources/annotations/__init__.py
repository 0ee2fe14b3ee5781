"""Labels that annotation tools write in a form of their own, read as tables: a file here for each tool.

`opening` tells whose a file is, by what it holds, and asks the tool's reader for its images and labels; `annotated`
makes a table of them, so that all that is known of tables holds for them too. `sidecars` reads small files, one beside
each image.
"""
