"""The pages about all pages: front, claims, conclusions, errata, provenance, scope, cards, explorer."""
