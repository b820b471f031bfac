"""Colours by meaning, readable on a projector and in both themes; a colour is always accompanied by a word or a
shape."""

MUTED = "#7d8794"
BRAND = "#4f83bb"
"""In the middle of the scale: legible in both themes."""

GRID = "rgba(128,140,155,0.35)"

LAMPS = {"red": "#b3261e", "yellow": "#c77700", "none": "#2f7d4f", "undetermined": "#6b7280"}
LAMP_SHAPES = {"red": "◆", "yellow": "▲", "none": "●", "undetermined": "？"}
LAMP_PATTERNS = {"red": "", "yellow": "/", "none": "", "undetermined": "."}

STATES = {"monitored": "#7a8aa0", "open": "#3f7fca", "eliminated": "#8fb0d6"}
STATE_DASHES = {"monitored": "solid", "open": "dash", "eliminated": "dot"}
"""Colours in the middle of the scale are legible in both themes; the dashes tell the lines apart in print."""

CATEGORIES = {"unstable": "#3f7fca", "marginal": "#2a9d9d", "sudden": "#8b6fc0"}
CATEGORY_DASHES = {"unstable": "solid", "marginal": "dash", "sudden": "dot"}

WORK_PLACES = {"township": "#2a9d9d", "county": "#3f7fca", "province": "#7a8aa0", "outside": "#8b6fc0"}
WORK_PLACE_DASHES = {"township": "dot", "county": "dash", "province": "dashdot", "outside": "solid"}
WORK_CHANNELS = {"transfer": "#3f7fca", "community_factory": "#8b6fc0", "self": "#2a9d9d"}
WORK_CHANNEL_PATTERNS = {"transfer": "", "community_factory": "/", "self": "x"}
WORK_REASONS = {"zero": "#d2693a", "others": "#7a8aa0"}
"""Households with nobody in work, and those where others are."""

INCOME = {
    "wage": "#3f7fca",
    "post": "#8fb0d6",
    "business": "#3b7d50",
    "property": "#b08a3c",
    "transfer": "#8a6fb5",
    "cost": "#a8574d",
}
INCOME_PATTERNS = {"wage": "", "post": "/", "business": ".", "property": "|", "transfer": "x", "cost": "\\"}
"""Sources of income and the costs deducted; the hatching distinguishes them in print."""

ASSET_OWNERS = {"village": ("#3f7fca", ""), "township": ("#8fb0d6", "/"), "household": ("#3b7d50", ".")}
"""Owner of assets -> colour and hatching."""

AGREEMENTS = {"agree": "#3f7fca", "conflict": "#b08a3c", "not_comparable": "#7d8794"}
AGREEMENT_PATTERNS = {"agree": "", "conflict": "/", "not_comparable": "."}
"""A clue compared with what was collected before; a conflict is something to check, not something bad."""

URGENCIES = {
    "overdue": "#d2693a",
    "due_soon": "#b08a3c",
    "not_due": "#3f7fca",
    "no_limit": "#7d8794",
}
URGENCY_PATTERNS = {"overdue": "x", "due_soon": "/", "not_due": "", "no_limit": "."}
"""Pending work, by how soon it is due."""

RAMPS = {
    "neutral": ["#eaf2fb", "#cfe1f4", "#abcbe9", "#82b0db", "#5891c8"],
    "bad": ["#fdeee3", "#f9d3b6", "#f2b285", "#e58d58", "#d2693a"],
    "good": ["#f0f6ea", "#d5e8c6", "#b2d5a0", "#88bd7c", "#5fa35e"],
}
"""Five steps from little to much, by the direction of a metric; `good` runs from little (pale) to much (deep).
Even the deepest is light enough for dark labels."""

NO_DATA = "#b9bec6"


def rgb(colour: str) -> list[int]:
    """A #rrggbb colour as the three numbers deck.gl expects."""
    return [int(colour[position : position + 2], 16) for position in (1, 3, 5)]
