"""Electronic signatures: certificates, CMS, trusted roots, and the service that holds our keys.

`certificates`, `trust`, `cms` and `cms_signing` use no database: `python -m econtract.verify`
runs them alone.
"""
