"""The stamps about electronic signatures on the copy for reading."""
