from tasks.admin import call_scripts, document_kinds, registration

__all__ = ["call_scripts", "document_kinds", "registration"]
