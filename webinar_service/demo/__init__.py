"""A trial's content: invented companies, people, meetings and news that look like the real thing."""
