"""Did the handoff land? What became of handoffs, from the appliance's session report or from its outbound events.

Nothing here keeps a name of a person, a text of a chat or any other word of a customer.
"""
