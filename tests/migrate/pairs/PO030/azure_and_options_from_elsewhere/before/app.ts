import OpenAI, { AzureOpenAI } from "openai";
const azure = new AzureOpenAI({ apiVersion: "2024-10-21" });
const spread = new OpenAI({ ...options });
const given = new OpenAI(options);
