//! Networks and servers that are not well: what stands between the agent and a real server, and behaves as a test says.

mod bytes;
mod http;

pub use bytes::{SocketProxy, Way};
pub use http::{Fault, Held, HttpProxy};
