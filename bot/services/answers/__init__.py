"""What the assistant says, intent by intent: lines in the language of who asks.

No subject, sender, address or text of a mail is ever among them: a case is shown by its number,
process, matter, customer unit, deadline, owner and status.
"""

from __future__ import annotations
