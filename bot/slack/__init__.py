"""The face that staff see in Slack: cards, alerts, and answers to what they ask."""
