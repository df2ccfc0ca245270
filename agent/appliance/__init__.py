"""A stand-in for a BeyondTrust appliance, to try and test everything without one. It is no BeyondTrust product.

It follows what the vendor documents and what was recorded of real answers. What is not known of a real appliance
can be chosen (`Dialect`), or is shown as a warning. A leaf: only the command line and the tests import it.
"""
