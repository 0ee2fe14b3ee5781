"""Project files: a dataset with its runs, taken from one workbench to another."""
