"""What an installation must have: checks of its settings that stop a start."""
