"""«Мои документы» (`/my/`): what a client has signed. Public, without log-in and htmx."""
