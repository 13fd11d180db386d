"""The package of a signed document: a ZIP that anybody can verify without our software."""
