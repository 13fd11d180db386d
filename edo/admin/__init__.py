from edo.admin import confirmations, registration

__all__ = ["confirmations", "registration"]
