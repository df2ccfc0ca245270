"""How a set of cases grows: from conversations, from tickets; and what to look at in it."""
