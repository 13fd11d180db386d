from tasks.admin import registration

__all__ = ["registration"]
