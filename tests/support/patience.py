"""How long tests wait."""

PATIENCE = 20  # seconds after which what a test waits for is taken not to come
