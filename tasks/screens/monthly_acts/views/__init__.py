"""The views of «Акты за месяц»."""
