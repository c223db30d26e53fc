# What an auditor may do in Vault: see which secrets there are, which versions, and when each was made. Metadata only.

path "secret/metadata/breeze" {
  capabilities = ["list"]
}
path "secret/metadata/breeze/+" {
  capabilities = ["read"]
}
