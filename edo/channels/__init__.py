"""Ways of signing a document with a client. Each one implements `protocol.SigningChannel`."""
