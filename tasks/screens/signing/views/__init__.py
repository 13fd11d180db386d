"""Views of the signing page. GET and HEAD change nothing: previews and scanners open links."""
