//! Templates: what renders, as it does under Vault Agent, and what is refused, with its place.

use std::collections::BTreeSet;

use super::*;
use crate::policy::Format;

mod attack;
mod hygiene;
mod table;

fn file(reads: &[&str]) -> RenderedFile {
    RenderedFile {
        path: "out".into(),
        template_file: "t.tmpl".into(),
        template: String::new(),
        reads: reads.iter().map(|n| n.parse().unwrap()).collect(),
        passthrough: ["SMTP".to_owned(), "EMPTY".to_owned()].into(),
        owner: 0,
        group: 0,
        mode: 0o600,
        format: Format::Raw,
        consumers: Default::default(),
    }
}

fn paths() -> Paths {
    Paths {
        mount: "secret".into(),
        prefix: "breeze".into(),
        staging: "turnlock".into(),
        owner: "breeze".into(),
        role: "turnlock-breeze".into(),
    }
}

/// The value of every secret is its own name in brackets, with the characters that are awkward in files.
fn value(asked: Asked<'_>) -> Option<Zeroizing<String>> {
    match asked {
        Asked::Secret(name) if name.as_str() == "EMPTY" => None,
        Asked::Secret(name) => Some(Zeroizing::new(format!("<{name}&\" $'+/>"))),
        Asked::Passed(field) => Some(Zeroizing::new(format!("'{field}' # as it is"))),
    }
}

#[expect(clippy::disallowed_methods, reason = "a test looks at what was rendered")]
fn in_clear(rendered: &Rendered) -> String {
    rendered.expose_secret().to_owned()
}

fn render(text: &str) -> Result<String, TemplateError> {
    let file = file(&["A", "B", "EMPTY"]);
    Template::parse(text)?.render(&file, &paths(), &mut |asked| value(asked)).map(|r| in_clear(&r))
}

fn refused(text: &str) -> String {
    match render(text) {
        Ok(text) => panic!("rendered: {text}"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn reads_a_secret_in_the_ways_that_people_write_it() {
    let raw = "<A&\" $'+/>";
    assert_eq!(
        render(r#"{{ with secret "secret/data/breeze/A" }}{{ .Data.data.value }}{{ end }}"#).unwrap(),
        raw
    );
    assert_eq!(render(r#"{{ with secret "secret/breeze/A" }}{{ .Data.data.value }}{{ end }}"#).unwrap(), raw);
    assert_eq!(
        render(r#"{{ with secret "/secret/data/breeze/A/" }}{{ .Data.data.value }}{{ end }}"#).unwrap(),
        raw
    );
    assert_eq!(render(r#"{{ (secret "secret/data/breeze/A").Data.data.value }}"#).unwrap(), raw);
    assert_eq!(
        render(r#"{{ with $s := secret "secret/breeze/A" }}{{ $s.Data.data.value }}{{ end }}"#).unwrap(),
        raw
    );
    assert_eq!(render(r#"{{ index (secret "secret/breeze/A").Data.data "value" }}"#).unwrap(), raw);
    let ranged = r#"{{ range $k, $v := (secret "secret/breeze/A").Data.data }}{{ $k }}={{ $v }}{{ end }}"#;
    assert_eq!(render(ranged).unwrap(), format!("value={raw}"));
    let computed = r#"{{ with secret (printf "secret/data/breeze/%s" "B") }}{{ .Data.data.value }}{{ end }}"#;
    assert_eq!(render(computed).unwrap(), "<B&\" $'+/>");
}

#[test]
fn what_is_passed_on_is_read_field_by_field() {
    let read = |field: &str| {
        render(&format!(
            r#"{{{{ with secret "secret/data/breeze/_passthrough" }}}}{{{{ .Data.data.{field} }}}}{{{{ end }}}}"#
        ))
    };
    assert_eq!(read("SMTP").unwrap(), "'SMTP' # as it is");
    assert_eq!(
        read("OTHER").unwrap_err().to_string(),
        "t.tmpl:1:55: a secret has no field `OTHER` (the value is `.Data.data.value`, and a field of `_passthrough` has to be \
         listed in the file's `passthrough`)"
    );
    let none = RenderedFile { passthrough: Default::default(), ..file(&["A"]) };
    let template =
        Template::parse(r#"{{ with secret "secret/data/breeze/_passthrough" }}{{ end }}"#).unwrap();
    let refused = template.render(&none, &paths(), &mut |asked| value(asked)).err().unwrap();
    assert!(
        refused.to_string().contains("reads _passthrough, and the file lists no field of it"),
        "{refused}"
    );
}

#[test]
fn tells_what_was_read() {
    let template = Template::parse(
        r#"{{ if false }}{{ secret "secret/data/breeze/B" }}{{ end }}{{ with secret "secret/data/breeze/A" }}{{ end }}"#,
    )
    .unwrap();
    let rendered = template.render(&file(&["A", "B"]), &paths(), &mut |asked| value(asked)).unwrap();
    assert_eq!(rendered.reads(), &BTreeSet::from(["A".parse().unwrap()]));
    let written: Vec<&str> = template.reads().iter().map(|r| r.path.as_str()).collect();
    assert_eq!(written, ["secret/data/breeze/B", "secret/data/breeze/A"]);
}

#[test]
fn reads_outside_the_list_are_refused_by_name_and_place() {
    assert_eq!(
        refused("x\n  {{ with secret \"secret/data/breeze/C\" }}{{ end }}"),
        "t.tmpl:2:11: reads C, which the file's `reads` does not list (add \"C\" to `reads`, or take it out of the template)"
    );
    for path in [
        "other/data/breeze/A",
        "secret/data/breeze-admin/A",
        "secret/data/breeze/../A",
        "secret/data/breeze/sub/A",
    ] {
        let text = refused(&format!("{{{{ with secret \"{path}\" }}}}{{{{ end }}}}"));
        assert!(
            text.starts_with(&format!("t.tmpl:1:9: reads \"{path}\", which is not a secret of this policy")),
            "{text}"
        );
    }
    let text = refused(r#"{{ with secret "secret/data/breeze/EMPTY" }}{{ end }}"#);
    assert!(text.contains("reads EMPTY, which has no value in Vault yet"), "{text}");
}

/// A plan with today's values says nothing about tomorrow's: the same template, another value, another read.
#[test]
fn a_read_that_only_another_value_leads_to_is_refused() {
    let template = Template::parse(
        r#"{{ with secret "secret/data/breeze/A" }}{{ if eq .Data.data.value "new" }}{{ $n := "B" }}{{ with secret (printf "secret/data/breeze/%s" $n) }}{{ .Data.data.value }}{{ end }}{{ else }}old{{ end }}{{ end }}"#,
    )
    .unwrap();
    let with = |value: &str, reads: &[&str]| {
        let mut values = Values::default();
        values.insert("A".parse().unwrap(), 1, Value::new(value.into()));
        values.insert("B".parse().unwrap(), 1, Value::new("bee".into()));
        template.render_values(&file(reads), &paths(), &values, &Passed::default())
    };
    assert_eq!(in_clear(&with("current", &["A"]).unwrap()), "old");
    let refused = with("new", &["A"]).err().unwrap().to_string();
    assert!(
        refused.contains("reads a computed path, whose secret the file's `reads` does not list"),
        "{refused}"
    );
    let listed = with("new", &["A", "B"]).unwrap();
    assert_eq!(in_clear(&listed), "bee");
    assert_eq!(listed.reads().len(), 2);
}

#[test]
fn a_secret_that_is_listed_but_not_read_needs_no_value() {
    assert_eq!(render("plain").unwrap(), "plain");
}

#[test]
fn mistakes_in_the_syntax_have_their_line() {
    for (text, at, says) in [
        ("a\n{{ if true }}", 2, "a block has no `{{ end }}`"),
        ("a\n\n{{ end }}", 3, "an `{{ end }}` too many"),
        ("{{ \"open }}", 1, "a string has no end"),
        ("\n{{ $x }}", 2, "a variable is used that is not declared"),
        ("{{ }}", 1, "an action has no value"),
        ("\n{{ (print 1 }}", 2, "a `(` has no `)`"),
        ("{{ print 1", 1, "an action has no `}}`"),
    ] {
        let e = Template::parse(text).err().unwrap();
        assert!(e.what.starts_with(says), "{text}: {e}");
        assert_eq!(e.at.map(|p| p.line), Some(at), "{text}: {e}");
    }
}

#[test]
fn what_a_template_may_consume_is_bounded() {
    // Without the limit, this ends the process: the parser is recursive.
    let deep = |n: usize| format!("\n{{{{ {}1{} }}}}", "(".repeat(n), ")".repeat(n));
    let e = Template::parse(&deep(10_000)).err().unwrap();
    assert_eq!(
        e.to_string(),
        "line 2, column 28: parentheses are nested more than 24 deep (use a variable, or split the template)"
    );
    assert_eq!(render(&deep(24)).unwrap(), "\n1");
    let blocks = |n: usize| {
        format!(
            "{}{{{{ {}1{} }}}}{}",
            "{{ if true }}".repeat(n),
            "(".repeat(24),
            ")".repeat(24),
            "{{ end }}".repeat(n)
        )
    };
    assert_eq!(render(&blocks(24)).unwrap(), "1", "on a test's small stack");
    let e = Template::parse(&blocks(25)).err().unwrap();
    assert!(e.to_string().starts_with("line 1, column 315: blocks are nested more than 24 deep"), "{e}");
    let chain = format!("{{{{ if 0 }}}}{}{{{{ end }}}}", "{{ else if 0 }}".repeat(24));
    assert!(Template::parse(&chain).err().unwrap().what.starts_with("blocks are nested"));
    let side_by_side = "{{ if 1 }}{{ else if 2 }}{{ end }}".repeat(30);
    assert_eq!(render(&side_by_side).unwrap(), "");
    for text in [
        r#"{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}"#,
        "{{ range 1000000000 }}{{ end }}",
        "{{ range 10000 }}{{ range 10000 }}{{ end }}{{ end }}",
        r#"{{ $s := "xxxxxxxx" }}{{ range 60 }}{{ $s = print $s $s }}{{ end }}"#,
    ] {
        let text = refused(text);
        assert!(text.contains("asks for more than a render may use"), "{text}");
    }
    let e = Template::parse(&"x".repeat(MAX_SOURCE + 1)).err().unwrap();
    assert!(e.what.contains("more than the 1048576 allowed"), "{e}");
}

#[test]
fn paths_are_found_in_every_branch_with_their_place() {
    let text = "{{/* secret \"no/comment\" */}}\nsecret \"no/text\"\n{{ if len (secret `a/b`) }}{{ else }}\n  \
                {{- secret \"c/\\\"d }}\" -}}{{ end }}{{ print \"secret\" \"no/arg\" }}{{/* secret \"no/2\" */}}\
                {{ define \"t\" }}{{ \"e\" | secret }}{{ (secret (\"f\")).Data }}{{ end }}";
    let template = Template::parse(text).unwrap();
    let found: Vec<_> = template.reads().iter().map(|r| (r.path.as_str(), r.line, r.column)).collect();
    assert_eq!(found, [("a/b", 3, 19), ("c/\"d }}", 4, 14), ("e", 4, 108), ("f", 4, 135)]);
}

#[test]
fn a_thousand_secrets_in_a_moment() {
    let names: Vec<String> = (0..1000).map(|i| format!("SECRET_{i}")).collect();
    let text: String = names
        .iter()
        .map(|n| format!("{n}='{{{{ with secret \"secret/data/breeze/{n}\" }}}}{{{{ .Data.data.value }}}}{{{{ end }}}}'\n"))
        .collect();
    let file = file(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut values = Values::default();
    for name in &file.reads {
        values.insert(name.clone(), 1, Value::new(format!("value of {name}")));
    }
    let start = std::time::Instant::now();
    let template = Template::parse(&text).unwrap();
    let rendered = template.render_values(&file, &paths(), &values, &Passed::default()).unwrap();
    assert_eq!(rendered.reads().len(), 1000);
    // Unoptimised and on a busy machine; optimised it is a few milliseconds.
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}
