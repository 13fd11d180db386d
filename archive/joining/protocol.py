"""What the confined process and its caller agree on: no Django, and no parsers either."""

# The addresses in the page of contents: the number of the part follows. They become links to pages.
LINK_PREFIX = "https://part.invalid/"
# What a part loses.
SIGNATURES, LAYERS = "signatures", "layers"
