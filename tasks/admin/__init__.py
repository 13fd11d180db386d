from tasks.admin import call_scripts, registration

__all__ = ["call_scripts", "registration"]
