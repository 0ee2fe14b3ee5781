"""Files that hold the pixels of many images, such as IDX: written out as pictures, with a table of their labels."""
