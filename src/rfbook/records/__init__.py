"""What is kept, and why it can be believed."""
