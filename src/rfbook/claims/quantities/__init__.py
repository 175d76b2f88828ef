"""The named quantities that claims speak about, by subject."""
