//! Networks and servers that are not well: what stands between the agent and a real server, and behaves as a test says.

mod http;

pub use http::{Fault, Held, HttpProxy};
