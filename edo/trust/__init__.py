"""Trust that keeps itself fresh: accredited authorities, CRLs, OCSP responses.

`store` is what verification uses; `importing` takes in the list of accredited authorities (ТСЛ);
`crls` and `ocsp` fetch what authorities say about revocation.
"""
