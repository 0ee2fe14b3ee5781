"""Labels that are told from tables of paths and labels, whatever they are written in."""
