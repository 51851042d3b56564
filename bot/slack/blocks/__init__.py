"""What people see in Slack: pure functions from value objects to messages, views and modals."""
