"""The page where a client signs by SMS: `/s/<token>/`, public, without log-in and htmx."""
