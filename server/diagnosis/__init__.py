"""What `pacioli check` finds out before anything is served."""
