"""The package of a signed document: a ZIP that a stranger can verify with tools not ours."""
