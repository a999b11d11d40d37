"""Tools of other programs, over the Model Context Protocol. The only package that imports the `mcp` SDK, and lazily."""
