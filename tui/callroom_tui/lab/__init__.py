"""The lab on the screen: what was recorded, as rows, and its words. No socket is opened here."""
