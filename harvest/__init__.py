"""The harvester: asks the services and keeps what they answered in raw.db."""
