"""Everything that talks to the API; the only package that imports anthropic."""
