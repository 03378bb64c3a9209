import importlib

module = importlib . import_module(
    'openai',  # only where it is installed
)
