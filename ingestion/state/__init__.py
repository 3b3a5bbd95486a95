"""Our own operational state, as a source."""

TABLES = {
    "acknowledgements": "What vendors have acknowledged.",
    "outbox": "Intents on their way to a vendor.",
    "coverage": "Which windows of which system were verifiably loaded.",
    "webhook_counts": "How many webhooks were stored or refused, by day.",
    "quarantine": "Records that could not be used, with the reason.",
}
