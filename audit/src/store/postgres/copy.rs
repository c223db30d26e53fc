//! `COPY ... TO STDOUT (FORMAT binary)`: many rows at once, in the server's own form.
//!
//! <https://www.postgresql.org/docs/15/sql-copy.html> ("Binary Format"): a header, then for each row the number of its
//! fields (2 bytes) and each field as its length (4 bytes, -1 for NULL) and its bytes. An array, as `array_send` writes it: how
//! many dimensions, whether there are NULLs, the type of its elements, the size and the lower bound of each dimension (4 bytes
//! each), and the elements as fields are. All big-endian.

use futures_util::TryStreamExt;
use sqlx::PgConnection;

use super::error;
use crate::{LogError, PostgresUrl};

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// Asks, and then gives the answer, in memory that was used before. Between the two the server works on it, and the system
/// takes in what comes.
pub(super) async fn ask<'c>(
    connection: &'c mut PgConnection,
    query: &str,
    url: &'c PostgresUrl,
    mut answer: Vec<u8>,
) -> Result<impl Future<Output = Result<Vec<u8>, LogError>> + Send + use<'c>, LogError> {
    let statement = format!("COPY ({query}) TO STDOUT (FORMAT binary)");
    let mut chunks = connection.copy_out_raw(&statement).await.map_err(|e| error(e, url))?;
    Ok(async move {
        answer.clear();
        while let Some(chunk) = chunks.try_next().await.map_err(|e| error(e, url))? {
            answer.extend_from_slice(&chunk);
        }
        Ok(answer)
    })
}

/// The rows of an answer, of `N` fields each; `None` when the bytes are not as they have to be.
pub(super) fn rows<const N: usize>(answer: &[u8]) -> Option<Rows<'_, N>> {
    let mut rest = answer.strip_prefix(SIGNATURE)?;
    let _flags = take(&mut rest, 4)?;
    let extension = length(&mut rest)?;
    take(&mut rest, extension?)?;
    Some(Rows { rest: Some(rest) })
}

/// Each is where it stands in the answer. The last one is `None` when the bytes are not as they have to be.
pub(super) struct Rows<'a, const N: usize> {
    /// Nothing behind the end, or behind what can't be read.
    rest: Option<&'a [u8]>,
}

impl<'a, const N: usize> Iterator for Rows<'a, N> {
    type Item = Option<[Option<&'a [u8]>; N]>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.rest.take()?;
        let row = row(&mut rest);
        if let Some(None) = row {
            return None;
        }
        self.rest = row.is_some().then_some(rest);
        Some(row.flatten())
    }
}

/// One row, or the end.
fn row<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<Option<[Option<&'a [u8]>; N]>> {
    match i16::from_be_bytes(take(rest, 2)?.try_into().ok()?) {
        -1 => return Some(None),
        fields if fields == N as i16 => {}
        _ => return None,
    }
    let mut row = [None; N];
    for value in &mut row {
        *value = field(rest)?;
    }
    Some(Some(row))
}

pub(super) fn integer(field: Option<&[u8]>) -> Option<i64> {
    Some(i64::from_be_bytes(field?.try_into().ok()?))
}

/// The elements of an array, one after another: `array_agg` of a column is many short rows in one. NULL, for no rows at all,
/// is an array of none. An element is `None` if it is NULL or can't be read.
pub(super) fn elements(array: Option<&[u8]>) -> Option<impl Iterator<Item = Option<&[u8]>>> {
    let (mut rest, mut count) = (array.unwrap_or_default(), 0);
    if array.is_some() {
        let (dimensions, _has_null, _of) = (take(&mut rest, 4)?, take(&mut rest, 4)?, take(&mut rest, 4)?);
        count = length(&mut rest)??;
        let _lower_bound = take(&mut rest, 4)?;
        if *dimensions != 1i32.to_be_bytes() {
            return None;
        }
    }
    Some((0..count).map(move |_| field(&mut rest)?))
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    match length(rest)? {
        Some(length) => take(rest, length).map(Some),
        None => Some(None),
    }
}

/// Negative is none.
fn length(rest: &mut &[u8]) -> Option<Option<usize>> {
    let length = i32::from_be_bytes(take(rest, 4)?.try_into().ok()?);
    Some(usize::try_from(length).ok())
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, later) = rest.split_at_checked(length)?;
    *rest = later;
    Some(taken)
}
