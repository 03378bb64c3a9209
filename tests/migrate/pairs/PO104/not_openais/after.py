import importlib

whisper = importlib.import_module("whisper")
