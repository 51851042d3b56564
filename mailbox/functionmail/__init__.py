"""Function mailboxes: messages, what they are, and the servers that hold them.

Knows nothing of the assistant, SQL, Slack or templates.
"""
