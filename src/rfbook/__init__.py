"""Two papers about receptive fields, reproduced: parameters in; records, figures and verdicts out."""
