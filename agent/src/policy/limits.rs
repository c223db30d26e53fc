//! How long anything of the world may take: nothing is waited for without an end. And how far clocks may differ.

use std::time::Duration;

/// What a policy's `[limits]` may set; each has a default. A service's and a migration's own limits stand with them, as `within`;
/// Vault's is `VAULT_CLIENT_TIMEOUT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A login to a database.
    pub login: Duration,
    /// A statement in a database.
    pub statement: Duration,
    /// How long a proof waits for a database that is starting, or has no connection left.
    pub database: Duration,
    /// A question to Compose.
    pub question: Duration,
    /// A command of Compose that recreates containers.
    pub compose: Duration,
    /// A call to the engine.
    pub engine: Duration,
    /// One look at whether a service is ready.
    pub look: Duration,
    /// How long a service that says nothing of itself is waited for until it runs.
    pub running: Duration,
    /// From how far this host's clock may be off Vault's it is told: well above what clocks that are set by a network
    /// differ by, and how old an answer may be.
    pub skew_told: Duration,
    /// From when on nothing is rotated by the schedule: it counts in days and months, and a timer that runs each night
    /// must not be another night.
    pub skew_refused: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            login: seconds(10),
            statement: seconds(15),
            database: seconds(10),
            question: seconds(30),
            compose: seconds(120),
            engine: seconds(30),
            look: seconds(5),
            running: seconds(10),
            skew_told: seconds(5 * 60),
            skew_refused: seconds(60 * 60),
        }
    }
}
