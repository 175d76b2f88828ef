"""From a description of a run to trained weights."""
