import pareta.cli
from pareta_openai import APIStatusError
from pareta_openai import Endpoint, Message
from pareta.resources.evals import EvalSets
