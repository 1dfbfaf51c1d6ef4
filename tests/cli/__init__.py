"""The commands: what they print, what they refuse, and what they leave behind."""
