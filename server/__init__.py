"""What faces the network: the application, its settings and the command line."""
