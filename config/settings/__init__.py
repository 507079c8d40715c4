"""Settings modules: ``development`` (the default), ``production`` and ``test``, over ``base``."""
