"""Where images and labels come from: folders, tables, annotation files, archives, packed pixels; a file a layout."""
