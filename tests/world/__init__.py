"""Tests of the processes of the world: numbers worked by hand, limits, and what must always hold."""
