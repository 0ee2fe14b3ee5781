"""Reports: what Evaluation and Compare say, in one file that any browser opens without a network."""
