use super::*;

fn file(format: Format, template: &str, reads: &[&str], passthrough: &[&str]) -> RenderedFile {
    RenderedFile {
        path: "x".into(),
        template_file: "x.tmpl".into(),
        template: template.to_owned(),
        reads: reads.iter().map(|n| n.parse().unwrap()).collect(),
        passthrough: passthrough.iter().map(|f| (*f).to_owned()).collect(),
        owner: 0,
        group: 0,
        mode: 0o600,
        format,
        consumers: BTreeMap::new(),
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

fn secret(name: &str) -> String {
    format!("{{{{ with secret \"secret/data/shop/{name}\" }}}}{{{{ .Data.data.value }}}}{{{{ end }}}}")
}

fn function(name: &str, function: &str) -> String {
    secret(name).replace("value }}", &format!("value | {function} }}}}"))
}

fn field(name: &str) -> String {
    secret("_passthrough").replace("value", name)
}

fn solved(files: &[(RenderedFile, &str)]) -> Vec<(String, String)> {
    let mut places = Places::default();
    for (file, is) in files {
        places.add(file, &paths(), is).unwrap();
    }
    let found = places.solve();
    let secrets = found.secrets.iter().map(|(n, v)| (n.to_string(), v.to_string()));
    secrets.chain(found.passed.iter().map(|(f, v)| (f.clone(), v.to_string()))).collect()
}

fn pairs_of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn each_form_in_its_place() {
    let url = "urlquery | replaceAll \"+\" \"%20\"";
    let template = format!(
        "# {}\nA='{}' # n\nU=\"{}{}{}\"\nB={}\nM={}\n",
        field("C"),
        secret("A"),
        field("U1"),
        function("A", url),
        field("U2"),
        function("B", "base64Encode"),
        field("M"),
    );
    let is = "# was ='x'\nA='a/b' # n\nU=\"p://u:a%2Fb@a%2Fb/x\"\nB=c2VjcmV0\nM=\"one\nA='no'\"  \n";
    let file = file(Format::Env, &template, &["A", "B"], &["C", "M", "U1", "U2"]);
    let expected = [
        ("A", "a/b"),
        ("B", "secret"),
        ("C", "was ='x'"),
        ("M", "\"one\nA='no'\"  "),
        ("U1", "p://u:"),
        ("U2", "@a%2Fb/x"),
    ];
    assert_eq!(solved(&[(file, is)]), pairs_of(&expected));
}

#[test]
fn one_file_helps_another() {
    let raw =
        file(Format::Raw, &format!("{}{}{}\n", field("A"), secret("S"), field("B")), &["S"], &["A", "B"]);
    assert_eq!(solved(&[(raw.clone(), "db:pw:x\n")]), [], "nobody can tell");
    let env = file(Format::Env, &format!("S={}\n", secret("S")), &["S"], &[]);
    let expected = [("S", "pw"), ("A", "db:"), ("B", ":x")];
    assert_eq!(solved(&[(raw, "db:pw:x\n"), (env, "S=pw\n")]), pairs_of(&expected));
}

#[test]
fn what_does_not_match_is_not_found() {
    let env = |text: &str| file(Format::Env, text, &["S", "T"], &[]);
    let text = format!("A='{}'\nT={}-{}\n", secret("S"), secret("T"), secret("T"));
    assert_eq!(solved(&[(env(&text), "A=\"x\"\nT=a-b\n")]), []);
    assert_eq!(solved(&[(env(&text), "B='x'\nT=a-a\n")]), pairs_of(&[("T", "a")]));
    let url = function("S", "urlquery");
    assert_eq!(
        solved(&[(env(&format!("A={url}\n")), "A=a/b\n")]),
        [],
        "urlquery would not have left a slash"
    );
}
