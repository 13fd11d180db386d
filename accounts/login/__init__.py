"""The limits of logging in: addresses, known devices, delays."""
