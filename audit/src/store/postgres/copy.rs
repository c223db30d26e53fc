//! `COPY ... TO STDOUT (FORMAT binary)`: many rows at once, in the server's own form.
//!
//! <https://www.postgresql.org/docs/15/sql-copy.html> ("Binary Format"): a header, then for each row the number of its
//! fields (2 bytes) and each field as its length (4 bytes, -1 for NULL) and its bytes, all big-endian.

use futures_util::TryStreamExt;
use sqlx::PgConnection;

use super::error;
use crate::{LogError, PostgresUrl};

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// Everything that a query answers.
pub(super) async fn out(
    connection: &mut PgConnection,
    query: &str,
    url: &PostgresUrl,
) -> Result<Vec<u8>, LogError> {
    let statement = format!("COPY ({query}) TO STDOUT (FORMAT binary)");
    let mut answer = Vec::new();
    let mut chunks = connection.copy_out_raw(&statement).await.map_err(|e| error(e, url))?;
    while let Some(chunk) = chunks.try_next().await.map_err(|e| error(e, url))? {
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// Hands over each row of `N` fields; `None` when the bytes are not as they have to be.
pub(super) fn rows<'a, const N: usize>(
    answer: &'a [u8],
    mut each: impl FnMut([Option<&'a [u8]>; N]) -> Option<()>,
) -> Option<()> {
    let mut rest = answer.strip_prefix(SIGNATURE)?;
    let _flags = take(&mut rest, 4)?;
    let extension = u32::from_be_bytes(take(&mut rest, 4)?.try_into().ok()?);
    take(&mut rest, extension as usize)?;
    loop {
        match i16::from_be_bytes(take(&mut rest, 2)?.try_into().ok()?) {
            -1 => return Some(()),
            fields if fields == N as i16 => {}
            _ => return None,
        }
        let mut row = [None; N];
        for field in &mut row {
            let length = i32::from_be_bytes(take(&mut rest, 4)?.try_into().ok()?);
            if length >= 0 {
                *field = Some(take(&mut rest, length as usize)?);
            }
        }
        each(row)?;
    }
}

pub(super) fn integer(field: Option<&[u8]>) -> Option<i64> {
    Some(i64::from_be_bytes(field?.try_into().ok()?))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, later) = rest.split_at_checked(length)?;
    *rest = later;
    Some(taken)
}
