"""From page sources to a site, and the commands that a user types."""
