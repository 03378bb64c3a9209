"""Whose API a base URL is: OpenAI's, Azure's, Pareta's, another vendor's or a server of the user's own."""

from __future__ import annotations

import ipaddress
import re
from itertools import pairwise
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

Kind = Literal["openai", "azure", "pareta", "other", "unknown"]


class Target(NamedTuple):
    """Where a client points, and whose that is in words."""

    kind: Kind
    whose: str


OPENAI = Target("openai", "OpenAI")
AZURE = Target("azure", "Azure OpenAI")
PARETA = Target("pareta", "Pareta")

# By the end of the host's name. The longest that fits decides.
_HOSTS = {
    "api.openai.com": OPENAI,
    "openai.azure.com": AZURE,
    "cognitiveservices.azure.com": AZURE,
    "services.ai.azure.com": Target("other", "Azure AI Foundry"),
    "inference.ai.azure.com": Target("other", "Azure AI Foundry"),
    "pareta.ai": PARETA,
    **{
        host: Target("other", vendor)
        for host, vendor in {
            "ai-gateway.vercel.sh": "Vercel AI Gateway",
            "ai21.com": "AI21",
            "aimlapi.com": "AI/ML API",
            "aiproxy.io": "AIProxy",
            "aliyuncs.com": "Alibaba Cloud",
            "amazonaws.com": "AWS",
            "anthropic.com": "Anthropic",
            "anyscale.com": "Anyscale",
            "baichuan-ai.com": "Baichuan",
            "baidubce.com": "Baidu",
            "baseten.co": "Baseten",
            "bigmodel.cn": "Zhipu",
            "cerebras.ai": "Cerebras",
            "chutes.ai": "Chutes",
            "cloudflare.com": "Cloudflare",
            "cohere.ai": "Cohere",
            "cohere.com": "Cohere",
            "databricks.com": "Databricks",
            "azuredatabricks.net": "Databricks",
            "deepinfra.com": "DeepInfra",
            "deepseek.com": "DeepSeek",
            "featherless.ai": "Featherless",
            "fireworks.ai": "Fireworks",
            "friendli.ai": "Friendli",
            "generativelanguage.googleapis.com": "Google Gemini",
            "aiplatform.googleapis.com": "Google Vertex AI",
            "githubcopilot.com": "GitHub Copilot",
            "groq.com": "Groq",
            "helicone.ai": "Helicone",
            "huggingface.co": "Hugging Face",
            "huggingface.cloud": "Hugging Face",
            "hyperbolic.xyz": "Hyperbolic",
            "ionos.com": "IONOS",
            "lambda.ai": "Lambda",
            "lambdalabs.com": "Lambda",
            "lepton.run": "Lepton",
            "lingyiwanwu.com": "01.AI",
            "minimax.chat": "MiniMax",
            "minimax.io": "MiniMax",
            "minimaxi.com": "MiniMax",
            "mistral.ai": "Mistral",
            "models.github.ai": "GitHub Models",
            "models.inference.ai.azure.com": "GitHub Models",
            "modelscope.cn": "ModelScope",
            "moonshot.ai": "Moonshot",
            "moonshot.cn": "Moonshot",
            "nebius.ai": "Nebius",
            "nebius.com": "Nebius",
            "novita.ai": "Novita",
            "nvidia.com": "NVIDIA",
            "octoai.cloud": "OctoAI",
            "openpipe.ai": "OpenPipe",
            "openrouter.ai": "OpenRouter",
            "ovh.net": "OVHcloud",
            "perplexity.ai": "Perplexity",
            "portkey.ai": "Portkey",
            "predibase.com": "Predibase",
            "reka.ai": "Reka",
            "replicate.com": "Replicate",
            "requesty.ai": "Requesty",
            "runpod.ai": "RunPod",
            "runpod.net": "RunPod",
            "sambanova.ai": "SambaNova",
            "scaleway.ai": "Scaleway",
            "siliconflow.cn": "SiliconFlow",
            "siliconflow.com": "SiliconFlow",
            "snowflakecomputing.com": "Snowflake",
            "stepfun.com": "StepFun",
            "targon.com": "Targon",
            "together.ai": "Together",
            "together.xyz": "Together",
            "upstage.ai": "Upstage",
            "volces.com": "Volcengine",
            "watsonx.ai": "IBM watsonx",
            "writer.com": "Writer",
            "x.ai": "xAI",
            "z.ai": "Z.ai",
        }.items()
    },
}

# By the port that a server takes where nobody says otherwise, on this machine or a network of the user's own.
_PORTS = {11434: "Ollama", 1234: "LM Studio", 4000: "LiteLLM's proxy", 4891: "GPT4All", 1337: "Jan"}

_LOCAL_PLATFORM = 8484

# Words that say in the name of a variable whose URL it holds.
_WORDS = {
    "anyscale": "Anyscale",
    "cerebras": "Cerebras",
    "dashscope": "Alibaba Cloud",
    "databricks": "Databricks",
    "deepinfra": "DeepInfra",
    "deepseek": "DeepSeek",
    "fireworks": "Fireworks",
    "gemini": "Google Gemini",
    "groq": "Groq",
    "helicone": "Helicone",
    "huggingface": "Hugging Face",
    "litellm": "LiteLLM's proxy",
    "llamacpp": "llama.cpp",
    "lmstudio": "LM Studio",
    "localai": "LocalAI",
    "mistral": "Mistral",
    "moonshot": "Moonshot",
    "nvidia": "NVIDIA",
    "ollama": "Ollama",
    "openrouter": "OpenRouter",
    "perplexity": "Perplexity",
    "portkey": "Portkey",
    "qwen": "Alibaba Cloud",
    "sambanova": "SambaNova",
    "sglang": "SGLang",
    "siliconflow": "SiliconFlow",
    "tgi": "Hugging Face's TGI",
    "together": "Together",
    "vllm": "vLLM",
    "xai": "xAI",
}


def classify(url: str) -> Target:
    """Whose `url` is. Braces stand for what is filled in at run time; a host made of them alone is unknown."""
    try:
        parts = urlsplit(url.strip() if "://" in url else f"//{url.strip()}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # a port or an IPv6 address that is filled in at run time
        host, port = re.split(r"[/:]", url.split("://")[-1])[0], None
    fitting = [suffix for suffix in _HOSTS if host == suffix or host.endswith(f".{suffix}")]
    if fitting:
        return _HOSTS[max(fitting, key=len)]
    if not host.strip("{}.") or host.startswith("{"):
        return Target("unknown", "a host that is filled in at run time")
    if _is_local(host):
        return PARETA if port == _LOCAL_PLATFORM else Target("other", _PORTS.get(port or 0, "a server of your own"))
    return Target("other", host)


def named_after(name: str) -> Target | None:
    """The vendor that a variable's name tells, as `OLLAMA_HOST` and `GROQ_API_KEY` do; None where it tells none."""
    words = re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    joined = ["".join(pair) for pair in pairwise(words)]
    vendor = next((_WORDS[word] for word in [*words, *joined] if word in _WORDS), None)
    if vendor is not None:
        return Target("other", vendor)
    if "pareta" in words:
        return PARETA
    if "azure" in words:
        return AZURE
    is_like = any(word == "like" or word.startswith("compat") for word in words)
    return OPENAI if "openai" in words and not is_like else None


def _is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return (
            host == "localhost" or host.endswith((".local", ".internal", ".localhost", ".svc")) or "." not in host != ""
        )
    return address.is_private or address.is_loopback or address.is_unspecified
