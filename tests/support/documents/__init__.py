"""Documents of all kinds: good and bad files, conversion samples, signed packages."""
