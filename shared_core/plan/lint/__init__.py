"""What rules of law say about a plan: a list of what to look at, never a blessing."""
