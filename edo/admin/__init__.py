from edo.admin import registration

__all__ = ["registration"]
