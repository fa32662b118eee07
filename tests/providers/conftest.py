"""Settings of the property tests here."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # no test is decided by a slow machine
settings.load_profile("untimed")
