"""How the arguments of a function become a key, and how to teach that to a class of someone else."""

from coffer._coffer import encode_key
from coffer._keys import register

__all__ = ["encode_key", "register"]
