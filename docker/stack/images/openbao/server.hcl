# Plain HTTP, since the demo's network is one bridge on one host; anywhere else a listener without TLS is a mistake.
listener "tcp" {
  address     = "0.0.0.0:8200"
  tls_disable = true
}

storage "raft" {
  path    = "/vault/data"
  node_id = "demo"
  # Elections among one need no patience.
  performance_multiplier = 1
}

api_addr     = "http://vault:8200"
cluster_addr = "http://127.0.0.1:8201"
# mlock would need a capability, and raft's memory map does not go with it.
disable_mlock = true
