"""Pure measurements: tensors in, numbers out."""
