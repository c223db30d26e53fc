//! What Prometheus scrapes: a few counters in its text format.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[derive(Default)]
pub(crate) struct Metrics {
    pub(crate) logins: AtomicU64,
    pub(crate) enrollments: AtomicU64,
    pub(crate) records: AtomicU64,
    pub(crate) totp_verifications: AtomicU64,
}

impl Metrics {
    pub(crate) fn text(&self) -> String {
        let one = |name: &str, help: &str, counter: &AtomicU64| {
            let value = counter.load(Relaxed);
            format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n")
        };
        [
            one("breeze_logins_total", "Logins.", &self.logins),
            one("breeze_agent_enrollments_total", "Agents enrolled.", &self.enrollments),
            one("breeze_records_total", "Records stored.", &self.records),
            one("breeze_totp_verifications_total", "One-time passwords accepted.", &self.totp_verifications),
        ]
        .concat()
    }
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
