"""The two BeyondTrust Remote Support targets: a link into the public portal, and a session key.

What is known of the product, and how sure, stands in docs/beyondtrust.md.
"""
