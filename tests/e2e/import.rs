//! A stack without a policy is brought under one: `turnlock import --compose`, then `turnlock import`.

mod refused;
mod strangers;
