//! Who could change the log's file, and whether what refuses changes is in its place.

use std::{os::unix::fs::MetadataExt, path::Path};

use sqlx::{ConnectOptions, SqliteConnection};

use super::{check_file, read::read_head, reading, schema};
use crate::{LogError, posture::Posture};

pub(crate) async fn posture(path: &Path) -> Result<Posture, LogError> {
    check_file(path, false)?;
    let mut connection = reading(path).connect().await?;
    schema::identify(&mut connection, path).await?;
    let mut posture = Posture::default();
    posture.checked("file", file(path));
    posture.checked("directory", directory(path));
    posture.checked("rules", rules(&mut connection).await?);
    posture.checked("pragmas", pragmas(&mut connection).await?);
    posture.checked("foreign keys", foreign_keys(&mut connection).await?);
    posture.checked("head", head(&mut connection).await?);
    Ok(posture)
}

type Found = Option<(String, String)>;

fn file(path: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let path = Path::new(&format!("{}{suffix}", path.display())).to_owned();
        let Ok(file) = std::fs::symlink_metadata(&path) else { continue };
        let shown = path.display();
        let note = |what: String, help: String| (what, help);
        if file.file_type().is_symlink() {
            found.push(note(format!("{shown} is a symbolic link"), "name the file itself".into()));
            continue;
        }
        if file.mode() & 0o077 != 0 {
            let mode = file.mode() & 0o7777;
            found.push(note(
                format!("{shown} is open to others (mode {mode:04o})"),
                format!("chmod 600 {shown}"),
            ));
        }
        if file.nlink() > 1 {
            found.push(note(
                format!("{shown} has {} names", file.nlink()),
                "find and remove the others".into(),
            ));
        }
        found.extend(owner(&path, file.uid()));
    }
    found
}

/// Whoever may write the directory can put another file in this one's place.
fn directory(path: &Path) -> Vec<(String, String)> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Ok(meta) = std::fs::metadata(folder) else { return Vec::new() };
    let mut found: Vec<(String, String)> = owner(folder, meta.uid()).into_iter().collect();
    if meta.mode() & 0o022 != 0 && meta.mode() & 0o1000 == 0 {
        let what = format!("others may write to {} (mode {:04o})", folder.display(), meta.mode() & 0o7777);
        found.push((what, format!("chmod 700 {}", folder.display())));
    }
    found
}

/// Root's, or of whoever owns this process's own entry in /proc.
fn owner(path: &Path, uid: u32) -> Found {
    let me = std::fs::metadata("/proc/self").map(|me| me.uid()).unwrap_or(0);
    let ours = uid == 0 || uid == me;
    (!ours).then(|| {
        (format!("{} belongs to user {uid}", path.display()), format!("chown {me} {}", path.display()))
    })
}

async fn rules(connection: &mut SqliteConnection) -> Result<Found, LogError> {
    let help = "keep the file as evidence, find out who changed it, and go on from a good copy";
    Ok(schema::fault(connection).await?.map(|what| (what, help.to_owned())))
}

async fn pragmas(connection: &mut SqliteConnection) -> Result<Vec<(String, String)>, LogError> {
    let sql = "SELECT journal_mode, synchronous, auto_vacuum, encoding FROM pragma_journal_mode, pragma_synchronous, pragma_auto_vacuum, pragma_encoding";
    let (journal, synchronous, vacuum, encoding): (String, i64, i64, String) =
        sqlx::query_as(sql).fetch_one(connection).await?;
    let wrong = [
        (journal != "wal", format!("the file's journal_mode is {journal}"), "PRAGMA journal_mode = WAL"),
        (synchronous < 2, format!("synchronous is {synchronous}"), "PRAGMA synchronous = FULL"),
        (vacuum != 0, "the file is vacuumed by itself".into(), "make a new log, and move this one away"),
        (
            encoding != "UTF-8",
            format!("the file's encoding is {encoding}"),
            "make a new log, and move this one away",
        ),
    ];
    Ok(wrong.into_iter().filter(|(is, ..)| *is).map(|(_, what, help)| (what, help.to_owned())).collect())
}

/// Also of a table that somebody attached to the schema: a cascade would remove entries (the triggers refuse it).
async fn foreign_keys(connection: &mut SqliteConnection) -> Result<Vec<(String, String)>, LogError> {
    let sql = "SELECT m.name, f.\"table\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
               WHERE m.type = 'table' AND f.\"table\" IN ('entries', 'subjects', 'head')";
    let found: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(connection).await?;
    let says = |(table, of): (String, String)| {
        (format!("the table {table} refers to {of} by a foreign key"), "remove that table".to_owned())
    };
    Ok(found.into_iter().map(says).collect())
}

async fn head(connection: &mut SqliteConnection) -> Result<Found, LogError> {
    let help = "verify it with `turnlock audit verify`, and keep the file as evidence";
    let what = match read_head(connection).await? {
        None => "the head is missing".to_owned(),
        Some(head) if head.frontier().is_none() => "the head isn't that of any tree".to_owned(),
        Some(_) => return Ok(None),
    };
    Ok(Some((what, help.to_owned())))
}
