"""What the graph of a network says: fields, border layer, uneven kernels, choices and their prices."""
