from edo.admin import confirmations, registration, trust

__all__ = ["confirmations", "registration", "trust"]
