"""Labels that annotation tools write in a form of their own, read as tables: a file here for each tool."""
