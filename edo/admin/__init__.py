from edo.admin import agreements, confirmations, registration, trust

__all__ = ["agreements", "confirmations", "registration", "trust"]
