"""Everything on disk that is somebody's words; the only package that opens session files."""
