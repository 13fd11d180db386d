"""What happens to forms whose session has ended."""
