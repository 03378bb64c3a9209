"""The general lanes, and the kinds of work that the platform says no to."""

from __future__ import annotations

from .model import Capability, Unsupported

CAPABILITIES = (
    Capability(
        id="chat",
        label="Chat",
        category="General",
        category_id="general",
        desc="Open conversation and question answering.",
        terms={"chat": 3, "chatbot": 3, "conversation": 3, "assistant": 2, "question": 1, "talk": 1},
    ),
    Capability(
        id="coding",
        label="Coding",
        category="General",
        category_id="general",
        desc="Writing, explaining and repairing programs.",
        terms={
            "code": 3,
            "coding": 3,
            "programming": 3,
            "python": 2,
            "sql": 2,
            "debug": 2,
            "refactor": 2,
            "function": 1,
        },
    ),
    Capability(
        id="agentic",
        label="Agentic",
        category="General",
        category_id="general",
        desc="Work in several steps with tools.",
        terms={"agent": 3, "agentic": 3, "tool": 2, "browse": 2, "workflow": 2, "automate": 1},
    ),
    Capability(
        id="vision",
        label="Vision",
        category="Multimodal",
        category_id="multimodal",
        desc="Describing pictures and answering questions about them.",
        terms={"image": 3, "picture": 3, "photo": 2, "caption": 2, "vision": 3, "describe": 1},
    ),
    Capability(
        id="asr",
        label="Speech to text",
        category="Speech",
        category_id="speech",
        desc="Turning recordings into text.",
        terms={"transcribe": 4, "transcription": 4, "dictation": 3, "recording": 2, "audio": 2, "speech": 1},
    ),
    Capability(
        id="tts",
        label="Text to speech",
        category="Speech",
        category_id="speech",
        desc="Reading text out loud.",
        terms={"tts": 4, "voiceover": 3, "narrate": 3, "aloud": 3, "voice": 2, "speech": 1},
    ),
)

UNSUPPORTED = (
    Unsupported("video generation", {"video": 4, "film": 3, "animation": 3, "movie": 3}),
    Unsupported("training and fine-tuning", {"train": 4, "finetune": 4, "fine-tune": 4, "lora": 3}),
    Unsupported("forecasting of numbers", {"forecast": 4, "predict": 3, "stock": 2, "weather": 3, "demand": 1}),
    Unsupported("composing music", {"music": 4, "song": 4, "melody": 3}),
)
