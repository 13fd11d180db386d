"""«Акты за месяц»: lists of agents, their readiness, and the acts of each month."""
