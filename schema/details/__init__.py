"""What only one provider says of its records: a file a provider."""
