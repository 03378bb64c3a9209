import openai_codex
import whisper.openai as openai

client = openai.OpenAI()
