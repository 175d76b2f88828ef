"""What a notebook uses: its parameters, runs, sentences, figures and tables."""
