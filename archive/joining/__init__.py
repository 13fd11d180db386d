"""Several files, one document: they are converted one by one and joined into the PDF to sign."""
