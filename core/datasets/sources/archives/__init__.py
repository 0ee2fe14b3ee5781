"""Files that hold many others: zip archives and the like, unpacked by rules that hold for files from anyone."""
