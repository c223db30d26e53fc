//! What would keep the role from being altered or logged in with, though every password is right: seen before anything is
//! touched, and told by its name. The server itself refuses the right password of an expired role as a wrong one.

use sqlx::PgConnection;

use super::{Login, Postgres};
use crate::target::TargetError;

/// Whether nothing can be changed there; whether the role may log in, and whether its password has expired.
const ASK: &str = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on', r.rolcanlogin, \
                   r.rolvaliduntil <= now() FROM (SELECT) AS one LEFT JOIN pg_roles r ON r.rolname = $1";

impl Postgres<'_> {
    /// Asked of whoever would alter the role. `None` also where nobody could log in.
    pub(super) async fn server_fault(
        &self,
        admin: Option<&mut PgConnection>,
        own: &mut Login,
    ) -> Result<Option<String>, TargetError> {
        let connection = match (admin, own) {
            (Some(admin), _) => admin,
            (None, Login::Accepted(own)) => own,
            _ => return Ok(None),
        };
        let ask = sqlx::query_as(ASK).bind(&self.database.role).fetch_one(connection);
        let (standby, read_only, may_log_in, expired): (bool, bool, Option<bool>, Option<bool>) =
            self.limited("asking for the role", "SELECT pg_roles", ask).await?;
        Ok(match (may_log_in, expired) {
            _ if standby => {
                Some("the server is a standby, where nothing can be changed; name its primary".into())
            }
            _ if read_only => {
                Some("is read-only for whoever would alter it (`default_transaction_read_only`?)".into())
            }
            (None, _) => Some("the server has no such role".into()),
            (Some(false), _) => Some("may not log in (NOLOGIN)".into()),
            (_, Some(true)) => {
                Some("its password has expired (VALID UNTIL), and a new one would be refused too".into())
            }
            _ => None,
        })
    }
}
