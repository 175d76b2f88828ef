"""A look at any network: which layers do no work at an image side, and which pixels are read less."""
