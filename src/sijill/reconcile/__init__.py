"""What follows from the claims of an incident: scopes, rule sets, figures and why they are what they are."""
