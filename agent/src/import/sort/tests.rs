use super::*;
use crate::import::{prove, template};
use crate::policy::Paths;

const HEX: &str = "9f8e7d6c5b4a39281706f5e4d3c2b1a0";
const WIDE: &str = "kJ8s/2mPq0Zx+Lw4Rt7Yv1Bn6Hd3Gf5A";

fn source(id: &str, path: &str, format: Format, text: &str) -> Source {
    let (text, path) = (Zeroizing::new(text.to_owned()), path.into());
    Source { id: id.into(), path, format, text, owner: 0, group: 0, mode: 0o600 }
}

fn wishes(managed: &[&str], plain: &[&str]) -> Wishes {
    Wishes {
        managed: managed.iter().map(|n| ((*n).to_owned(), n.parse().unwrap())).collect(),
        plain: plain.iter().map(|n| (*n).to_owned()).collect(),
        ..Wishes::default()
    }
}

fn paths() -> Paths {
    Paths {
        mount: "secret".into(),
        prefix: "shop".into(),
        staging: "turnlock".into(),
        owner: "shop".into(),
        role: "turnlock-shop".into(),
    }
}

/// Sorted, written and proven: the template in short, `<NAME>` for a managed value, `[FIELD]` for the rest.
fn short(text: &str, managed: &[&str], plain: &[&str]) -> String {
    let sources = [source("env", ".env", Format::Env, text)];
    let outcome = sort(&sources, &wishes(managed, plain)).unwrap_or_else(|r| panic!("{r:?}"));
    prove::templates(&outcome, &sources, &paths()).unwrap_or_else(|r| panic!("{r:?}"));
    shown(&outcome.files[0].pieces)
}

fn shown(pieces: &[Piece]) -> String {
    let show = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Secret(name, Form::Raw) => format!("<{name}>"),
        Piece::Secret(name, form) => format!("<{name} {form:?}>"),
        Piece::Field(field) => format!("[{field}]"),
    };
    pieces.iter().map(show).collect()
}

fn refused(text: &str, managed: &[&str]) -> String {
    let sources = [source("env", ".env", Format::Env, text)];
    sort(&sources, &wishes(managed, &[])).map(|_| ()).unwrap_err().what
}

#[test]
fn what_nobody_spoke_for_goes_to_vault_as_it_stands() {
    let text = "A='x$y'  # note\r\n\r\n export B=\"two\nlines\" \nC=\nD=\"\"\nE = plain # hunter2";
    assert_eq!(short(text, &[], &[]), "A=[ENV_A]\r\n\r\n export B=[ENV_B]\nC=\nD=\"\"\nE =[ENV_E]");
}

#[test]
fn managed_values_keep_their_quotes_and_what_is_behind_them() {
    let text = format!("PW='{HEX}' # the password\nKEY=\"{WIDE}\" # old: hunter2\nexport T={HEX}x\n");
    let expected = "PW='<PW>' # the password\nKEY=\"<KEY>\" # [ENV_KEY_COMMENT]\nexport T=<T>\n";
    assert_eq!(short(&text, &["PW", "KEY", "T"], &[]), expected);
}

#[test]
fn derived_lines_hide_the_rest() {
    let encoded = super::super::find::percent_encoded(WIDE);
    let text = format!(
        "PW={WIDE}\nURL=postgres://u:{encoded}@db/x?sslpassword=hunter2\nSAME={WIDE}\nPLAIN=x:{WIDE}:y\n"
    );
    let expected = "PW=<PW>\nURL=[ENV_URL_1]<PW Url>[ENV_URL_2]\nSAME=<PW>\nPLAIN=x:<PW>:y\n";
    assert_eq!(short(&text, &["PW"], &["PLAIN"]), expected);
}

#[test]
fn plain_is_only_what_a_person_calls_so() {
    let text = "PORT=80 # web\nHOST=db\nURL=https://me:pw@x\nJSON={\"a\":{{\"b\":1}}}\n";
    let expected = "PORT=80 # web\nHOST=[ENV_HOST]\nURL=[ENV_URL]\nJSON={\"a\":{{\"b\":1}}}\n";
    assert_eq!(short(text, &[], &["PORT", "URL", "JSON"]), expected);
    assert_eq!(short("A=\"one\ntwo\"\n", &[], &["A"]), "A=[ENV_A]\n", "a value of several lines");
}

#[test]
fn references_stay_readable() {
    let text = format!(
        "PW={HEX}\nU=\nURL=\"postgres://${{U:-hunter2}}:${{PW}}@db\" # x\nD=a$Hunter2\nS='${{PW}}'\n"
    );
    let expected = "PW=<PW>\nU=\nURL=\"[ENV_URL_1]${U:-[ENV_URL_2]}[ENV_URL_3]${PW}[ENV_URL_4]\" # x\nD=[ENV_D]\nS=[ENV_S]\n";
    assert_eq!(short(&text, &["PW"], &[]), expected);
}

#[test]
fn comments_stay_if_they_are_prose() {
    let text = format!(
        "# Mail\n#OLD={HEX}\n## export X=hunter2\n# was swordfish before\n#\nPW={HEX}\nM=swordfish\n# https://u:p@x\n# {HEX}"
    );
    let expected = "# Mail\n#[ENV_COMMENT_2]\n## [ENV_COMMENT_3]\n# [ENV_COMMENT_4]\n#\nPW=<PW>\nM=[ENV_M]\n# [ENV_COMMENT_6]\n# [ENV_COMMENT_7]";
    assert_eq!(short(&text, &["PW"], &[]), expected);
}

#[test]
fn a_file_may_be_a_secret_or_contain_one() {
    let mut wishes = wishes(&["PW"], &[]);
    wishes.files.insert("token".into(), "TOKEN".parse().unwrap());
    let sources = [
        source("env", ".env", Format::Env, &format!("PW={HEX}\nT={WIDE}\n")),
        source("token", "token", Format::Raw, &format!("{WIDE}\n")),
        source("pgpass", "pgpass", Format::Raw, &format!("db:5432:*:me:{HEX}\n")),
        source("other", "other", Format::Raw, "nothing of ours"),
    ];
    let outcome = sort(&sources, &wishes).unwrap();
    prove::templates(&outcome, &sources, &paths()).unwrap();
    let all: Vec<String> = outcome.files.iter().map(|f| shown(&f.pieces)).collect();
    assert_eq!(all, ["PW=<PW>\nT=<TOKEN>\n", "<TOKEN>\n", "[PGPASS_1]<PW>\n"]);
}

#[test]
fn fields_are_told_apart() {
    let (a, b) = (
        source("env", ".env", Format::Env, "A=x y\nA_=z\n"),
        source("env", "b/.env", Format::Env, "A=other\n"),
    );
    let outcome = sort(&[a, b], &wishes(&[], &[])).unwrap();
    let fields: Vec<&str> = outcome.files.iter().flat_map(Sorted::fields).collect();
    assert_eq!(fields, ["ENV_A", "ENV_A_", "ENV_A__"]);
}

#[test]
fn what_cannot_be_kept_is_refused_by_place() {
    assert_eq!(refused("A=1\nhunter2\n", &[]), ".env: line 2 is not KEY=VALUE");
    assert_eq!(refused("A=1\n\nA=2\n", &[]), ".env: line 3 assigns A again, after line 1");
    assert_eq!(refused("A=1\n", &["B"]), "B is to be managed, and none of the stack's env files has it");
    assert_eq!(refused("A=\n", &["A"]), ".env: line 1: A is to be managed, and has no value");
    assert_eq!(refused("A=\"x\ny\"\n", &["A"]), ".env: line 1: A has more than one line");
    assert_eq!(
        refused("A=\"x$y\"\n", &["A"]),
        ".env: line 1: Compose reads another value for A than stands there"
    );
    let twice = format!("A={HEX}\nB={HEX}\nC={HEX}\n");
    assert_eq!(refused(&twice, &["A", "B"]), ".env: line 3 (C) holds a value that both A and B have");
    let mixed = format!("A={HEX}\nB=\"${{X}}:{HEX}\"\n");
    assert!(refused(&mixed, &["A"]).starts_with(".env: line 2 (B) contains a managed value among letters"));
}

#[test]
fn what_a_rotation_cannot_follow_is_told() {
    use base64::Engine;
    let hidden = base64::engine::general_purpose::STANDARD.encode(format!("user:{HEX}"));
    let text =
        format!("PW={HEX}\nAUTH={hidden}\nJWT=eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl\n");
    let outcome = sort(&[source("env", ".env", Format::Env, &text)], &wishes(&["PW"], &[])).unwrap();
    assert!(outcome.went[1].why.contains("holds PW inside base64"), "{}", outcome.went[1].why);
    assert!(outcome.went[2].why.contains("signed token"), "{}", outcome.went[2].why);
}

/// Whatever a file holds: the templates are proven, and no value of five letters is in them.
#[test]
fn no_value_is_in_any_template() {
    let values =
        ["hunter2", "it's", "a \"b\"", "{{ x }}", "$Xyz", "a#b # c", "päss wörd", "\\'", "==", "x\ty"];
    let mut text = String::new();
    for (i, value) in values.iter().enumerate() {
        for (q, end) in [("", "\n"), ("'", "\r\n"), ("\"", "  \n")] {
            let inside = value.replace(['\'', '"'], "");
            text.push_str(&format!("K{i}{}={q}{inside}sECRET9zz{q}{end}", q.len() + usize::from(q == "\"")));
        }
        text.push_str(&format!("# K={value}sECRET9zz\n"));
    }
    let sources = [source("env", ".env", Format::Env, &text)];
    let outcome = sort(&sources, &wishes(&[], &[])).unwrap_or_else(|r| panic!("{r:?}"));
    let written = prove::templates(&outcome, &sources, &paths()).unwrap_or_else(|r| panic!("{r:?}"));
    assert!(!written[0].contains("sECRET9"), "{}", written[0]);
    assert_eq!(template::text(&outcome.files[0].pieces, &paths()), written[0]);
}
