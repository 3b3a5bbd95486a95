"""Our own operational state, as a source."""

TABLES = {
    "acknowledgements": "What vendors have acknowledged.",
    "outbox": "Intents on their way to a vendor.",
    "coverage": "Which windows of which system were verifiably loaded.",
    "quarantine": "Records that could not be used, with the reason.",
}
