//! How the server asks for a password: looked at before one is sent.

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Postgres;
use crate::target::TargetError;

pub(super) const CLEAR_TEXT: &str = "asks for the password in clear text, and the connection has no TLS: none was sent; write \
                                     scram-sha-256 into its pg_hba.conf, or switch TLS on";

/// The protocol's own numbers: <https://www.postgresql.org/docs/15/protocol-message-formats.html>
const VERSION_3: i32 = 3 << 16;
const TLS_REQUEST: i32 = 80_877_103;
const CLEAR_TEXT_PASSWORD: i32 = 3;

/// The name, if it stands for an address now.
pub(super) async fn resolvable(host: &str, port: u16) -> Result<String, TargetError> {
    if !host.starts_with('/') && tokio::net::lookup_host((host, port)).await.is_err() {
        let what = format!("the host name {host} stands for no address; is it right, does DNS answer?");
        return Err(TargetError::new(what).passing(true));
    }
    Ok(host.to_owned())
}

impl Postgres<'_> {
    /// Begins a login and goes away when it is asked for the password. sqlx has no setting against an answer in clear text;
    /// with this no server that is only set up badly gets one. Whoever stands in its place could answer this one otherwise.
    pub(super) async fn is_asked_in_clear_text(
        &self,
        options: &PgConnectOptions,
        role: &str,
    ) -> std::io::Result<bool> {
        if self.safe.lock().is_ok_and(|safe| safe.contains(role)) {
            return Ok(false);
        }
        let asked = asks(options, role).await?;
        if let (Asked::Otherwise, Ok(mut safe)) = (&asked, self.safe.lock()) {
            safe.insert(role.to_owned());
        }
        Ok(matches!(asked, Asked::InClearText))
    }
}

enum Asked {
    InClearText,
    /// By a challenge, not at all, or where nobody could listen.
    Otherwise,
    /// It has no time for anybody, or not for this one: the login will say so.
    Nothing,
}

async fn asks(options: &PgConnectOptions, role: &str) -> std::io::Result<Asked> {
    let (host, mode) = (options.get_host(), options.get_ssl_mode());
    let may_be_plain = matches!(mode, PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer);
    if host.starts_with('/') || !may_be_plain {
        return Ok(Asked::Otherwise);
    }
    let mut server = TcpStream::connect((host, options.get_port())).await?;
    if matches!(mode, PgSslMode::Prefer) {
        server.write_all(&[8_i32.to_be_bytes(), TLS_REQUEST.to_be_bytes()].concat()).await?;
        if server.read_u8().await? == b'S' {
            return Ok(Asked::Otherwise);
        }
    }
    let database = options.get_database().unwrap_or(role);
    let text = format!("user\0{role}\0database\0{database}\0application_name\0turnlock\0\0");
    let length = i32::try_from(8 + text.len()).unwrap_or(i32::MAX);
    server
        .write_all(&[&length.to_be_bytes()[..], &VERSION_3.to_be_bytes(), text.as_bytes()].concat())
        .await?;
    let (kind, _length) = (server.read_u8().await?, server.read_i32().await?);
    if kind != b'R' {
        return Ok(Asked::Nothing);
    }
    Ok(match server.read_i32().await? {
        CLEAR_TEXT_PASSWORD => Asked::InClearText,
        _ => Asked::Otherwise,
    })
}
