"""PDF pages of our own (protocol, stamps), bar codes and QR codes."""
