"""A slow, plain-Python twin of one world, written from docs/model.md and never from the code under test."""
