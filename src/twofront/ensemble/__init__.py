"""Draws worlds and plays them, tile by tile."""
