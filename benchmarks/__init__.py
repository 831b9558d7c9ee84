"""How fast the model is, and compared with what."""
