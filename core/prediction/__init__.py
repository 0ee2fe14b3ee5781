"""What a run says of images that it has never seen."""
