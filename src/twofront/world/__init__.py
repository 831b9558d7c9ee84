"""The world room: published figures and drawn quantities rolled forward year by year (docs/model.md, 2 to 6)."""
