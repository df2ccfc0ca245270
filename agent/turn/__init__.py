"""One turn: what a message or an action does to a conversation. The promises are kept here.

`context` what a turn works with · `message` a message: `understood` without a model, else `decide` (the model,
within bounds) and `judge` (what is allowed of its answer); `two_problems` at once · `actions` the buttons · `propose` making a proposal,
with its `seal` · `private` what a redactor keeps from it · `gate` the one way to a handoff · `say` the replies' wording · `limits` the bounds.
"""
