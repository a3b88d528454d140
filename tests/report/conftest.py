from browsing import chromium, tab  # noqa: F401
