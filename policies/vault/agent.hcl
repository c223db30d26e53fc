# What the agent may do in Vault: work on this stack's secrets, and nothing else. It may not delete, undelete or destroy a
# live version, change an entry's settings, make tokens, or reach any other prefix. docs/acl.md, which a test makes, says
# of each line what needs it and what the next power up would be.
#
# `turnlock setup vault` writes this for a stack: with its mount, prefix and role, and without what its policy has no use for.

# `+` is one part of a path, and no slash: a stack below this one's prefix is another stack's.

# Live values: read; written as the next version, by check-and-set.
path "secret/data/breeze/+" {
  capabilities = ["create", "read", "update"]
}

# Which versions there are, when they were made, and whose the entry is. Of an entry's settings only the custom metadata:
# with `max_versions` its history could be dropped.
path "secret/metadata/breeze/+" {
  capabilities       = ["read", "patch"]
  allowed_parameters = { "custom_metadata" = [] }
}

# Pending values, on a mount of their own: written once, read, and removed with their history.
path "turnlock/data/breeze/+" {
  capabilities = ["create", "read"]
}
path "turnlock/metadata/breeze/+" {
  capabilities = ["delete"]
}

# Its own token: who it is, and for how long.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}

# The database administrator that alters the role's password.
path "secret/data/breeze-admin/postgres" {
  capabilities = ["read"]
}

# Its own secret-id, where the policy rotates it: a new one is registered, the old one looked up and destroyed.
path "auth/approle/role/turnlock-breeze/custom-secret-id" {
  capabilities = ["update"]
}
path "auth/approle/role/turnlock-breeze/secret-id/lookup" {
  capabilities = ["update"]
}
path "auth/approle/role/turnlock-breeze/secret-id-accessor/destroy" {
  capabilities = ["update"]
}
