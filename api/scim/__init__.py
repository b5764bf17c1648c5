"""People and teams for the authority's identity provider: SCIM 2.0 (RFC 7642, 7643, 7644)."""
