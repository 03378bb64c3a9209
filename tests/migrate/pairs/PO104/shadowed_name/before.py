def import_module(name: str) -> str:
    return name


module = import_module("openai")
