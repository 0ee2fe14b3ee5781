"""The network of a run as a file that needs no workbench, in the formats of several libraries, each checked."""
