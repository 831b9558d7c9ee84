"""Tests of the model as a whole: against the twin, and by what must hold whatever the figures are."""
