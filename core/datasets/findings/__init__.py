"""What can be wrong with a dataset: a file for each kind of fault, each a function from content to findings."""
