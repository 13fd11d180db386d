"""The pages of «Бланки»."""
