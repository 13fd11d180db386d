"""«Акты за месяц»: lists of agents, and who has signed."""
