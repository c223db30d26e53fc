//! stub
use std::path::Path;
use super::Policy;
#[derive(Debug)]
pub struct Problem;
pub fn load(_: &Path) -> Result<Policy, Problem> { Err(Problem) }
pub fn schema() -> serde_json::Value { serde_json::Value::Null }
