"""What operators are told: metrics, traces and logs of each operation and of each upstream call."""
