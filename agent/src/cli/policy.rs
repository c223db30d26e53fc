pub fn check_text(_: &crate::policy::Policy) -> String { String::new() }
