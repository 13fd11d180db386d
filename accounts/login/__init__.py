"""Where users log in from, and the limits of logging in: addresses, known devices, delays."""
