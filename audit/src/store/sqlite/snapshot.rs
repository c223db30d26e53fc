//! One moment of the file, read row by row for verification.
//!
//! By `rusqlite`, over the same SQLite: each row is looked at where SQLite has it. A page of them takes some milliseconds, for
//! which whoever calls is held up.

use std::{ops::Range, path::Path};

use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Row as Values, ffi::ErrorCode, types::FromSql, types::ValueRef,
};

use super::{BUSY, schema};
use crate::{
    LogError,
    store::{
        Each, StoredHead,
        page::{COLUMNS, Counts, Row, SubjectRows},
    },
};

/// How many entries at a time: their subjects are in memory, they themselves are not.
const PAGE: i64 = 2048;

/// What is appended meanwhile isn't seen.
#[derive(Debug)]
pub(crate) struct Snapshot {
    connection: Connection,
}

impl Snapshot {
    pub(crate) fn open(path: &Path) -> Result<Snapshot, LogError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        let settings =
            "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON; BEGIN";
        connection.execute_batch(settings)?;
        // The moment is that of the first reading.
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok(Snapshot { connection })
    }

    pub(crate) fn head(&self) -> Result<Option<StoredHead>, LogError> {
        let sql = "SELECT size, root, frontier, epoch, moved_to FROM head WHERE id = 0";
        let head = |row: &Values<'_>| {
            Ok(StoredHead {
                size: row.get(0)?,
                root: row.get(1)?,
                frontier: row.get(2)?,
                epoch: row.get(3)?,
                moved_to: row.get(4)?,
            })
        };
        Ok(self.connection.query_row(sql, [], head).optional()?)
    }

    pub(crate) async fn rules_fault(&mut self) -> Result<Option<String>, LogError> {
        let found = self.all(schema::OBJECTS, |row| {
            Ok(schema::Object { kind: row.get(0)?, name: row.get(1)?, sql: row.get(2)? })
        });
        Ok(schema::differs(&found?).await?)
    }

    /// Pages, indexes that don't agree with their table, values that break the table's own conditions.
    pub(crate) fn storage_fault(&self) -> Result<Option<String>, LogError> {
        let answer: String = self.one("PRAGMA integrity_check(1)")?;
        Ok((answer != "ok").then_some(answer))
    }

    /// An index with fewer or more rows than its table would hide an entry, or show one twice. One whose rows say something
    /// else is found by [`storage_fault`](Self::storage_fault) alone.
    pub(crate) fn index_fault(&self, counts: &Counts) -> Result<Option<String>, LogError> {
        let of_entries = schema::INDEXES.iter().map(|(index, column)| {
            let condition =
                if *column == "at" { "true".to_owned() } else { format!("\"{column}\" IS NOT NULL") };
            let sql = format!("SELECT count(*) FROM entries INDEXED BY {index} WHERE {condition}");
            (*index, sql, counts.of(column))
        });
        let of_subjects = schema::SUBJECT_INDEXES.iter().map(|index| {
            (*index, format!("SELECT count(*) FROM subjects INDEXED BY {index}"), counts.subjects)
        });
        for (index, sql, all) in of_entries.chain(of_subjects) {
            let found: i64 = self.one(&sql)?;
            if u64::try_from(found) != Ok(all) {
                return Ok(Some(format!("the index `{index}` has {found} rows, and there are {all}")));
            }
        }
        Ok(None)
    }

    /// The table itself is walked, in the order of its key: an index could be doctored.
    pub(crate) fn page(&self, from: i64, each: &mut Each<'_>) -> Result<usize, LogError> {
        let columns: String = COLUMNS.iter().map(|column| format!(", \"{column}\"")).collect();
        let sql = format!(
            "SELECT seq, at, leaf, body{columns} FROM entries NOT INDEXED WHERE seq >= ?1 ORDER BY seq LIMIT {PAGE}"
        );
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([from])?;
        let mut count = 0;
        while let Some(values) = rows.next()? {
            each(&row(values)?);
            count += 1;
        }
        Ok(count)
    }

    /// In the order of the table's key.
    pub(crate) fn subjects(&self, range: &Range<i64>, found: &mut SubjectRows) -> Result<(), LogError> {
        let sql = "SELECT seq, subject, version FROM subjects NOT INDEXED WHERE seq >= ?1 AND seq < ?2 \
                   ORDER BY seq, subject, version";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([range.start, range.end])?;
        while let Some(values) = rows.next()? {
            let seq = values.get(0)?;
            let ValueRef::Text(name) = values.get_ref(1)? else { return Err(unfit(seq, "subject")) };
            found.push(seq, name, values.get(2)?);
        }
        Ok(())
    }

    pub(crate) fn leaves(&self, range: &Range<i64>) -> Result<Vec<Vec<u8>>, LogError> {
        let mut statement =
            self.connection.prepare("SELECT leaf FROM entries WHERE seq >= ?1 AND seq < ?2 ORDER BY seq")?;
        let leaves = statement.query_map([range.start, range.end], |row| row.get(0))?;
        Ok(leaves.collect::<Result<_, _>>()?)
    }

    fn one<T: FromSql>(&self, sql: &str) -> Result<T, LogError> {
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    fn all<T>(
        &self,
        sql: &str,
        each: impl FnMut(&Values<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, LogError> {
        let mut statement = self.connection.prepare(sql)?;
        Ok(statement.query_map([], each)?.collect::<Result<_, _>>()?)
    }
}

/// A row as it stands there. The table would not take a value of another type; who writes the file's own bytes can.
fn row<'r>(values: &'r Values<'_>) -> Result<Row<'r>, LogError> {
    let seq = values.get(0)?;
    let bytes = |index, name| match values.get_ref(index)? {
        ValueRef::Blob(bytes) => Ok(bytes),
        _ => Err(unfit(seq, name)),
    };
    let ValueRef::Integer(at) = values.get_ref(1)? else { return Err(unfit(seq, "at")) };
    let (leaf, body) = (bytes(2, "leaf")?, bytes(3, "body")?);
    let mut columns = [None; COLUMNS.len()];
    for ((index, name), column) in (4..).zip(COLUMNS).zip(&mut columns) {
        *column = match values.get_ref(index)? {
            ValueRef::Null => None,
            ValueRef::Text(text) => Some(text),
            _ => return Err(unfit(seq, name)),
        };
    }
    Ok(Row { seq, body, leaf, at, columns })
}

fn unfit(seq: i64, column: &str) -> LogError {
    LogError::Damaged(format!("entry {seq} isn't what was written: its column `{column}` is of another type"))
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> LogError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LogError::Busy(BUSY.as_secs()),
            Some(ErrorCode::ReadOnly) => LogError::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt) => super::corrupt(),
            _ => LogError::File(error),
        }
    }
}
