"""Golden rows of everything that needs no matching, then the models: each again only when what it reads changed."""
