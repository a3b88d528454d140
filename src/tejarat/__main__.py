"""``python -m tejarat`` is the command line."""

from tejarat.cli import main

if __name__ == "__main__":
    main()
