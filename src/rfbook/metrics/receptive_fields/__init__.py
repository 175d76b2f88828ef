"""How the field of every layer follows from the forward pass: its graph, traced and walked through."""
