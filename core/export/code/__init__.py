"""A run as code in standard Keras: one tutorial in cells, of which `script` and `notebook` are two forms."""
