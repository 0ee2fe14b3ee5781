"""The views of the chapter on learning."""
