import pareta.cli
from pareta._exceptions import APIStatusError
from pareta._models import Endpoint, Message
from pareta.resources.evals import EvalSets
