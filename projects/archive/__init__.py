"""Everything of a project as pages that open from a disk, the files themselves, and JSON for programs."""
