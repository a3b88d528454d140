"""``python -m tejarat.cli``."""

from tejarat.cli import main

if __name__ == "__main__":
    main()
