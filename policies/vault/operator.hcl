# What a person may do in Vault who asks for rotations, approves them and reads how things stand. No value: the agent's own
# powers do the work, and Vault says whose token asked.

# Who is asking or approving: the entity behind the token, which nobody can choose.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}

# Which secrets there are, which versions, since when, and whose they are.
path "secret/metadata/breeze" {
  capabilities = ["list"]
}
path "secret/metadata/breeze/+" {
  capabilities = ["read"]
}

# Which rotations have a pending value.
path "turnlock/metadata/breeze" {
  capabilities = ["list"]
}
path "turnlock/metadata/breeze/+" {
  capabilities = ["read"]
}
