//! Takes stored data from an old key to a new one, in batches. It may be killed at any moment and run again: a row that is
//! already under the new key is left alone. Keys come on stdin, since arguments and environments can be read by others.

use std::{io::BufRead, time::Duration};

use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use zeroize::Zeroizing;

use crate::{
    config,
    db::{login, sentence},
    sealing::Sealer,
    store::Table,
};

const BATCH: i64 = 500;

type Row = (i64, Vec<u8>);

pub(crate) async fn run(table: Table) -> Result<(), String> {
    let line = read_line()?;
    let keys = Keys::parse(&line)?;
    let (old, new) = (keys.sealer(table, "old")?, keys.sealer(table, "new")?);
    let mut db = login(&config::database_from_env()?).await?;
    let mut changed = 0;
    // Rows that somebody holds are passed over, and met again in the next round.
    for _ in 0..5 {
        changed += reencrypt(&mut db, table, &old, &new).await?;
        let left = left(&mut db, table, &new).await?;
        if left == 0 {
            println!("{}", serde_json::json!({ "changed": changed, "left": 0 }));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err(format!("rows of {} are locked by somebody else; run it again", table.name()))
}

/// How many rows the new key does not open. Found out by trying, not by a note beside the row.
pub(crate) async fn check(table: Table) -> Result<(), String> {
    let new = Keys::parse(&read_line()?)?.sealer(table, "new")?;
    let mut db = login(&config::database_from_env()?).await?;
    let left = left(&mut db, table, &new).await?;
    println!("{}", serde_json::json!({ "left": left }));
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys<'a> {
    old: Option<&'a str>,
    new: Option<&'a str>,
}

/// One line and not all of stdin, so that nobody needs to close it.
fn read_line() -> Result<Zeroizing<String>, String> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(|error| format!("cannot read stdin: {error}"))?;
    Ok(line)
}

impl<'a> Keys<'a> {
    fn parse(line: &'a str) -> Result<Self, String> {
        // The parser's message could quote a value.
        serde_json::from_str(line)
            .map_err(|_| r#"stdin is malformed: want one line {"old": "<hex>", "new": "<hex>"}"#.to_owned())
    }

    fn sealer(&self, table: Table, which: &str) -> Result<Sealer, String> {
        let key = if which == "old" { self.old } else { self.new };
        let key = key.ok_or_else(|| format!("the key `{which}` is missing on stdin"))?;
        Sealer::from_hex(table, key)
            .ok_or_else(|| format!("the key `{which}` is malformed: want 64 hexadecimal digits"))
    }
}

/// One walk over the table, a transaction a batch.
async fn reencrypt(db: &mut PgConnection, table: Table, old: &Sealer, new: &Sealer) -> Result<usize, String> {
    let (mut changed, mut last) = (0, i64::MIN);
    loop {
        let mut batch = db.begin().await.map_err(sentence)?;
        let rows = rows_after(&mut batch, table, last, "FOR UPDATE SKIP LOCKED").await?;
        let Some(row) = rows.last() else { return Ok(changed) };
        last = row.0;
        let (ids, sealed) = resealed(table, &rows, old, new)?;
        let statement = "UPDATE {table} SET sealed = new.sealed
                         FROM unnest($1, $2) AS new (id, sealed) WHERE {table}.id = new.id";
        sqlx::query(table.sql(statement))
            .bind(&ids)
            .bind(&sealed)
            .execute(&mut *batch)
            .await
            .map_err(sentence)?;
        batch.commit().await.map_err(sentence)?;
        changed += ids.len();
    }
}

/// The rows that have to change. A row under neither key is nobody's to guess about.
fn resealed(
    table: Table,
    rows: &[Row],
    old: &Sealer,
    new: &Sealer,
) -> Result<(Vec<i64>, Vec<Vec<u8>>), String> {
    let (mut ids, mut sealed) = (Vec::new(), Vec::new());
    for (id, bytes) in rows.iter().filter(|(_, bytes)| new.open(bytes).is_none()) {
        let clear = old.open(bytes).ok_or_else(|| {
            format!("row {id} of {} is under neither the old nor the new key", table.name())
        })?;
        ids.push(*id);
        sealed.push(new.seal(&clear));
    }
    Ok((ids, sealed))
}

async fn left(db: &mut PgConnection, table: Table, new: &Sealer) -> Result<usize, String> {
    let (mut left, mut last) = (0, i64::MIN);
    loop {
        let rows = rows_after(db, table, last, "").await?;
        let Some(row) = rows.last() else { return Ok(left) };
        last = row.0;
        left += rows.iter().filter(|(_, sealed)| new.open(sealed).is_none()).count();
    }
}

async fn rows_after(
    db: &mut PgConnection,
    table: Table,
    last: i64,
    lock: &'static str,
) -> Result<Vec<Row>, String> {
    let statement = format!("SELECT id, sealed FROM {{table}} WHERE id > $1 ORDER BY id LIMIT $2 {lock}");
    sqlx::query_as(table.sql(&statement)).bind(last).bind(BATCH).fetch_all(db).await.map_err(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(digit: &str) -> Sealer {
        Sealer::from_hex(Table::Records, &digit.repeat(64)).unwrap()
    }

    #[test]
    fn rows_under_the_new_key_are_left_alone() {
        let (old, new) = (sealer("1"), sealer("2"));
        let rows = [(1, old.seal(b"a")), (2, new.seal(b"b")), (3, old.seal(b"c"))];
        let (ids, sealed) = resealed(Table::Records, &rows, &old, &new).unwrap();
        assert_eq!(ids, [1, 3]);
        assert_eq!(new.open(&sealed[1]).unwrap().as_slice(), b"c");
    }

    #[test]
    fn a_row_under_neither_key_is_named() {
        let rows = [(7, sealer("3").seal(b"a"))];
        let sentence = resealed(Table::Records, &rows, &sealer("1"), &sealer("2")).unwrap_err();
        assert_eq!(sentence, "row 7 of records is under neither the old nor the new key");
    }

    #[test]
    fn keys_of_a_wrong_shape_are_refused_without_being_shown() {
        assert!(Keys::parse(r#"{"new": "00", "odd": "x"}"#).is_err());
        let keys = Keys::parse(r#"{"new": "hunter2"}"#).unwrap();
        assert_eq!(keys.sealer(Table::Records, "old").err().unwrap(), "the key `old` is missing on stdin");
        assert!(!keys.sealer(Table::Records, "new").err().unwrap().contains("hunter2"));
    }
}
