//! Rendered files, their templates, and who may write what the agent obeys.

use std::os::unix::fs::{chown, symlink};

use super::*;

#[test]
fn paths_stay_below_the_root() {
    let path = |p: &str| Folder::new().policy("path = \".env\"", &format!("path = \"{p}\""));
    path("/etc/passwd").refused("\"/etc/passwd\"", "\"/etc/passwd\" is absolute");
    path("../env").refused("\"../env\"", "leaves the stack's root");
    path("a/../../env").refused("\"a/../../env\"", "leaves the stack's root");
    path("").refused("\"\"", "is not a file's path");
    path("dir/").refused("\"dir/\"", "is not a file's path");
    path(".").refused("\".\"", "is not a file's path");
    assert_eq!(path("./a//.env").load().unwrap().files["env"].path, Path::new("a/.env"));
}

#[test]
fn two_files_are_not_one() {
    Folder::new()
        .policy("path = \"token\"", "path = \"./.env\"")
        .refused("\"./.env\"", "another [file] has this path");
}

#[test]
fn modes() {
    for (mode, what) in [
        ("0666", "lets others write the file"),
        ("0620", "lets others write the file"),
        ("0602", "lets others write the file"),
        ("0644", "lets every user of the host read the file"),
        ("0700", "makes the file a program"),
        ("0040", "lets its owner not read the file"),
        ("4600", "has more than permissions in it"),
        ("0689", "is not a mode in octal"),
        ("rw", "is not a mode in octal"),
        ("+600", "is not a mode in octal"),
    ] {
        let quoted = format!("\"{mode}\"");
        Folder::new().policy("\"0600\"", &quoted).refused(&quoted, what);
    }
    assert_eq!(Folder::new().policy("\"0600\"", "\"400\"").load().unwrap().files["env"].mode, 0o400);
}

#[test]
fn owners_by_name() {
    let folder = Folder::new().policy("owner = \"root\"", "owner = \"no-such-user\"");
    folder.refused("\"no-such-user\"", "this host has no user \"no-such-user\"");
    let folder = Folder::new().policy("group = 0", "group = \"no-such-group\"");
    folder.refused("\"no-such-group\"", "this host has no group \"no-such-group\"");
}

#[test]
fn a_secret_is_listed_once() {
    Folder::new()
        .policy("reads = [\"TOKEN\"]", "reads = [\"TOKEN\", \"TOKEN\" ]")
        .refused("\"TOKEN\" ]", "listed twice");
}

#[test]
fn templates_that_are_not_there() {
    Folder::new().policy("\"env.tmpl\"", "\"emv.tmpl\"").refused("\"emv.tmpl\"", "there is no template");
}

#[test]
fn reads_outside_the_list() {
    let folder = Folder::new().policy("reads = [\"KEY\", ", "reads = [");
    folder.refused_in_env("\"secret/data/shop/KEY\"", "reads KEY, which the file's `reads` does not list");
    // Also where no render comes by.
    let never = "TOKEN=\"{{ if false }}{{ secret \"secret/data/shop/OTHER\" }}{{ end }}";
    let what = "reads \"secret/data/shop/OTHER\", which is not a secret of this policy";
    Folder::new().env("TOKEN=\"", never).refused_in_env("\"secret/data/shop/OTHER\"", what);
    let folder = Folder::new().env("secret/data/shop/KEY", "secret/data/shop-b/KEY");
    folder.refused_in_env("\"secret/data/shop-b/KEY\"", "which is not a secret of this policy");
    // And where the path is computed.
    let folder =
        Folder::new().env("secret \"secret/data/shop/KEY\"", "secret (print \"secret/\" \"shop/NONE\")");
    folder.refused_in_env("secret (print", "reads a computed path");
}

#[test]
fn mistakes_in_templates() {
    let folder = Folder::new().env("{{ .Data.data.value }}@", "{{ .Data.data.valeu }}@");
    folder.refused_in_env(".Data.data.valeu", "a secret has no field `valeu`");
    let folder = Folder::new().env("# a comment", "# {{ env \"HOME\" }}");
    folder.refused_in_env(
        "env \"HOME\"",
        "`env` is not allowed in a template: it reads the agent's environment",
    );
    Folder::new()
        .env("# a comment", "\n# {{ upper 1 }}")
        .refused_in_env("upper", "there is no function `upper`");
    let folder = Folder::new().token("a\n{{ if true }}");
    let problem = folder.problem();
    assert_eq!((problem.what(), problem.line()), ("a block has no `{{ end }}`", Some(2)));
    let folder = Folder::new().token("\n{{ define \"a\" }}{{ .x }}{{ end }}{{ template \"a\" }}");
    folder.refused_in("token.tmpl", &folder.token, "template", "the template prints \"<no value>\"");
}

/// `miette` pads its marks to the column, and panics beyond 65,535.
#[test]
fn a_mistake_far_out_in_a_line_is_told_without_the_line() {
    for (before, behind, column) in [(70_000, "", 70_004), (0, "\nnext", 4)] {
        let (before, long) = ("x".repeat(before), "y".repeat(70_000));
        let folder = Folder::new().token(&format!("{before}{{{{ parseInt \"x\" }}}}{long}{behind}"));
        let problem = folder.problem();
        assert_eq!((problem.line(), problem.column()), (Some(1), Some(column)));
        let shown = format!("{:?}", miette::Report::new(problem));
        let place = format!("token.tmpl:1:{column}: `parseInt` wants a text that is a whole number");
        let unwrapped: String = shown.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(&place), "{shown}");
        assert!(!shown.contains("yyyy") && shown.contains("correct the call"), "{shown}");
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_others_may_write_is_not_obeyed() {
    for (name, mode) in [("policy.toml", 0o646), ("env.tmpl", 0o666)] {
        let folder = Folder::new();
        let file = folder.write();
        set_mode(&folder.dir.path().join(name), mode);
        let problem = load(&file).unwrap_err();
        let what =
            format!("{} can be written by every user of the host", folder.dir.path().join(name).display());
        assert!(problem.what().starts_with(&what), "{}", problem.what());
        assert!(problem.help().starts_with("chmod go-w "), "{}", problem.help());
        assert_eq!(problem.all().count(), 1);
    }
}

#[test]
fn a_directory_on_the_way_that_others_may_write() {
    let folder = Folder::new();
    let file = folder.write();
    set_mode(folder.dir.path(), 0o777);
    let problem = load(&file).unwrap_err();
    let what =
        format!("{}, on the way to {}, can be written by", folder.dir.path().display(), file.display());
    assert!(problem.what().starts_with(&what), "{}", problem.what());
    // With the sticky bit, others can't replace what is there.
    set_mode(folder.dir.path(), 0o1777);
    load(&file).unwrap();
}

#[test]
fn what_belongs_to_somebody_else_is_not_obeyed() {
    let folder = Folder::new();
    let file = folder.write();
    if chown(folder.dir.path().join("token.tmpl"), Some(12345), None).is_err() {
        return; // Only root can give a file away.
    }
    let problem = load(&file).unwrap_err();
    assert!(
        problem.what().contains("token.tmpl belongs to user 12345, who is neither root nor"),
        "{}",
        problem.what()
    );
    assert!(problem.help().starts_with("chown "));
}

#[test]
fn links_are_followed_with_open_eyes() {
    let folder = Folder::new();
    let file = folder.write();
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link");
    symlink(folder.dir.path(), &link).unwrap();
    load(&link.join("policy.toml")).unwrap();
    set_mode(folder.dir.path(), 0o777);
    assert!(load(&link.join("policy.toml")).unwrap_err().what().contains("can be written by"));
    set_mode(folder.dir.path(), 0o755);
    // A link in a directory that others write can be turned to another place.
    set_mode(elsewhere.path(), 0o777);
    assert!(load(&link.join("policy.toml")).unwrap_err().what().contains("can be written by"));
    load(&file).unwrap();
    let round = folder.dir.path().join("round.toml");
    symlink(&round, &round).unwrap();
    assert!(load(&round).is_err());
}

#[test]
fn what_is_no_text_is_refused() {
    let folder = Folder::new();
    let file = folder.write();
    fs::write(&file, b"version = 1 # \xff").unwrap();
    assert_eq!(load(&file).unwrap_err().what(), "is not UTF-8 text");
    fs::write(&file, " ".repeat((1 << 20) + 1)).unwrap();
    assert_eq!(load(&file).unwrap_err().what(), "is larger than 1 MiB");
    assert_eq!(load(folder.dir.path()).unwrap_err().what(), "is not a file");
}
