"""Which images belong together, such as those of one patient: by folders, tables, file names and cameras."""
