"""What ZigZag is sent: the returns of TikTok Shop, under TikTok Shop's own ids."""

from reverse_sync.destinations.zigzag.returns import open_returns, refuse_return
from reverse_sync.sync import RETURN_LANE, Sync

SYNCS = (
    Sync(
        name="zigzag__returns",
        lane=RETURN_LANE,
        text="Returns of TikTok Shop in ZigZag: announced, with the label's number, taken back when they are over.",
        counted="return{s} announced to ZigZag",
        open_destination=open_returns,
        refuse=refuse_return,
    ),
)
