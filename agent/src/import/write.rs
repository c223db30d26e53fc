//! The policy and its templates, written into a folder of their own. What is there already is never overwritten.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::Refused;

/// Files by their path below the folder.
pub type Files = Vec<(PathBuf, String)>;

/// Refuses if one of the files is there with another content.
pub fn check(folder: &Path, files: &Files) -> Result<(), Refused> {
    for (path, text) in files {
        let path = folder.join(path);
        match fs::read(&path) {
            Ok(is) if is == text.as_bytes() => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            _ => {
                let what = format!("{} is there already, and is something else", path.display());
                return Err(Refused::new(
                    what,
                    "name another folder with --out, or move the file away; nothing was written",
                ));
            }
        }
    }
    Ok(())
}

/// Writes what isn't there yet: policy and templates are code, so nobody else may change them.
pub fn write(folder: &Path, files: &Files) -> Result<(), Refused> {
    check(folder, files)?;
    for (path, text) in files {
        let path = folder.join(path);
        let written = create(&path, text);
        written.map_err(|e| {
            Refused::new(
                format!("cannot write {}: {}", path.display(), e.kind()),
                "correct this, then import again",
            )
        })?;
    }
    Ok(())
}

fn create(path: &Path, text: &str) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o755).create(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// From one absolute folder to another, as a policy writes it; absolute where they have nothing in common.
pub fn relative(from: &Path, to: &Path) -> PathBuf {
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    if common <= 1 {
        return to.to_owned();
    }
    let up = from.components().skip(common).map(|_| Path::new(".."));
    let path: PathBuf = up.chain(to.components().skip(common).map(|c| Path::new(c.as_os_str()))).collect();
    if path.as_os_str().is_empty() { ".".into() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        let files = |text: &str| vec![("a.toml".into(), "same".into()), ("t/b.tmpl".into(), text.to_owned())];
        write(dir.path(), &files("one")).unwrap();
        write(dir.path(), &files("one")).unwrap();
        let refused = write(dir.path(), &files("two")).unwrap_err();
        assert!(
            refused.what.ends_with("t/b.tmpl is there already, and is something else"),
            "{}",
            refused.what
        );
        assert_eq!(fs::read_to_string(dir.path().join("t/b.tmpl")).unwrap(), "one");
    }

    #[test]
    fn the_way_to_the_root() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!(way("/srv/shop/turnlock", "/srv/shop"), "..");
        assert_eq!(way("/srv/shop", "/srv/shop"), ".");
        assert_eq!(way("/srv/policies/shop", "/srv/shop/docker"), "../../shop/docker");
        assert_eq!(way("/etc/turnlock", "/srv/shop"), "/srv/shop");
    }
}
