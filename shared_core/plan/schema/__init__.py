"""What plan.toml may say, by topic. Every key has a description; docs/plan.md and the JSON Schema are made of them."""
