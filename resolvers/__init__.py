"""What happens when a field is asked for: no HTTP, no vendor's name, no Strawberry types."""
