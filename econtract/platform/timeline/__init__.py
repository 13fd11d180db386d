"""The history of an object: an append-only model to inherit, and events as a page shows them."""
