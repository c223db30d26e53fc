# What the agent may do in Vault: work on this stack's secrets, and nothing else. It may not delete, undelete or destroy
# a live version, change an entry's settings, or read any other prefix.

# Read the live values; write the next version, by check-and-set.
path "secret/data/breeze/*" {
  capabilities = ["create", "read", "update"]
}

# Which versions there are, and when they were made.
path "secret/metadata/breeze/*" {
  capabilities = ["read"]
}

# Pending values, on a mount of their own: written once, read, and removed with their history.
path "turnlock/data/breeze/*" {
  capabilities = ["create", "read", "update"]
}
path "turnlock/metadata/breeze/*" {
  capabilities = ["read", "delete"]
}

# The database administrator that alters the role's password.
path "secret/data/breeze-admin/postgres" {
  capabilities = ["read"]
}
