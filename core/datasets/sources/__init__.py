"""Where images come from: class folders, flat folders, tables of paths and labels, archives, IDX files."""
