"""Labels that are told from folders and file names: class folders, folders of a split, names such as cat.0.jpg."""
