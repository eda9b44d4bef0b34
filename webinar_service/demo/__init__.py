"""Demo data: invented companies, people, meetings and news."""
