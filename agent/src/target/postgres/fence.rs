//! A row with the epoch in the database itself: whoever was overtaken can't alter a role there any more.
//!
//! Between the log's answer to an intent and `ALTER ROLE` a process can be stopped for hours, and another take over. The row
//! is compared, locked and written in the transaction of `ALTER ROLE`, so that of two the older one is refused by the
//! database, whatever it believes.

use sqlx::PgConnection;

use super::{Login, Postgres};
use crate::target::TargetError;

/// As a plan shows it.
pub(super) const SHOWN: &str =
    "INSERT INTO turnlock.fence (stack, epoch) …, refused where a newer epoch stands";

/// A row a stack: several stacks may have roles in one database, and each log counts its own epochs.
const PASS: &str = "INSERT INTO turnlock.fence AS f (stack, epoch) VALUES ($1, $2) \
                    ON CONFLICT (stack) DO UPDATE SET epoch = excluded.epoch WHERE f.epoch <= excluded.epoch";

impl Postgres<'_> {
    /// Writes our epoch, unless a newer one stands there. The row stays locked until the transaction ends.
    pub(super) async fn pass_fence(&self, transaction: &mut PgConnection) -> Result<(), TargetError> {
        let (stack, epoch) = (&self.world.policy.stack.name, self.epoch()?);
        let pass = sqlx::query(PASS).bind(stack).bind(epoch).execute(&mut *transaction);
        let passed = self.limited("comparing the epoch", "INSERT turnlock.fence", pass).await?;
        match passed.rows_affected() {
            1 => Ok(()),
            _ => Err(TargetError::new(format!(
                "{} refuses epoch {epoch}: another process has taken over since, and its epoch stands in turnlock.fence",
                self.place()
            ))),
        }
    }

    fn epoch(&self) -> Result<i64, TargetError> {
        let epoch = self.world.epoch().and_then(|epoch| i64::try_from(epoch).ok());
        epoch.ok_or_else(|| TargetError::new("no epoch was taken, and the policy wants a fence"))
    }

    /// What would keep an alteration from passing, seen before anything is touched. `None` also where no fence is wanted.
    pub(super) async fn fence_fault(&self, admin: Option<PgConnection>, own: &mut Login) -> Option<String> {
        if !self.database.fence {
            return None;
        }
        let mut admin = admin;
        let connection = match (&mut admin, own) {
            (Some(admin), _) => admin,
            (None, Login::Accepted(own)) => own,
            _ => return None,
        };
        let missing = "the policy wants a fence, and whoever alters the role may not read and write the table \
                       turnlock.fence in its database; make it as docs/operations.md says";
        let sql = "SELECT has_table_privilege('turnlock.fence', 'SELECT') AND has_table_privilege('turnlock.fence', 'INSERT') \
                   AND has_table_privilege('turnlock.fence', 'UPDATE')";
        let may = sqlx::query_scalar::<_, bool>(sql).fetch_one(&mut *connection);
        if !self.limited("looking for the fence", "SELECT", may).await.unwrap_or(false) {
            return Some(missing.into());
        }
        let stands = sqlx::query_scalar::<_, i64>("SELECT epoch FROM turnlock.fence WHERE stack = $1")
            .bind(&self.world.policy.stack.name)
            .fetch_optional(&mut *connection);
        match self.limited("reading the fence", "SELECT turnlock.fence", stands).await {
            Ok(Some(stands)) if self.epoch().is_ok_and(|ours| ours < stands) => Some(format!(
                "epoch {stands} stands in turnlock.fence, and this log has come to {}: another log has been acted on, or this \
                 one was restored from a copy",
                self.world.epoch().unwrap_or_default()
            )),
            Ok(_) => None,
            Err(e) => Some(e.message),
        }
    }
}
