//! The table: what is there, what is refused and why, and that none of it can be made to run or grow for ever.
//! What the functions answer is compared with `bao agent` itself, by `tests/e2e/templates.rs`.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn functions_that_reach_outside_are_refused_with_the_reason() {
    for name in [
        "env",
        "mustEnv",
        "file",
        "key",
        "ls",
        "service",
        "nodes",
        "connect",
        "caLeaf",
        "nomadVar",
        "writeToFile",
        "executeTemplate",
        "plugin",
        "pkiCert",
        "timestamp",
        "sockaddr",
        "sprig_now",
        "sprig_date",
        "sprig_uuidv4",
        "sprig_randAlphaNum",
        "sprig_genCA",
        "sprig_env",
        "sprig_expandenv",
        "sprig_getHostByName",
        "sprig_derivePassword",
        "sprig_bcrypt",
        "sprig_htpasswd",
        "spew_dump",
        "explode",
        "byKey",
        "call",
    ] {
        let text = refused(&format!("\n {{{{ {name} \"x\" }}}}"));
        assert!(
            text.starts_with(&format!("line 2, column 5: `{name}` is not allowed in a template: it"))
                || name == "call",
            "{text}"
        );
    }
    assert_eq!(
        refused("{{ upper \"x\" }}"),
        "line 1, column 4: there is no function `upper` (there is `sprig_upper`)"
    );
    assert!(refused("{{ nope }}").ends_with("`nope` (docs/templates.md lists those that there are)"));
}

/// `docs/templates.md` names every function.
#[test]
fn the_reference_lists_what_is_there() {
    let text = include_str!("../../../../docs/templates.md");
    let there = text.split("## Not there").next().unwrap();
    let named: BTreeSet<&str> = there.split('`').skip(1).step_by(2).collect();
    let missing: Vec<&str> = functions::all().map(|f| f.name).filter(|name| !named.contains(name)).collect();
    assert!(missing.is_empty(), "not in docs/templates.md: {missing:?}");
}

#[test]
fn no_function_is_there_twice() {
    let mut names: Vec<&str> = functions::all().map(|f| f.name).collect();
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|w| w[0] == w[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn no_function_makes_a_huge_text_or_runs_for_ever() {
    let doubling = |step: &str| {
        format!("{{{{ $s := \"xxxxxxxx\" }}}}{{{{ range 60 }}}}{{{{ $s = {step} }}}}{{{{ end }}}}")
    };
    let big = r#"{{ $s := sprig_repeat 60000 "ab" }}"#;
    for text in [
        doubling("replaceAll \"x\" \"xxxx\" $s"),
        doubling("regexReplaceAll \"^.\" (print $s $s) \"x\""),
        doubling("printf \"%s%s\" $s $s"),
        doubling("sprig_cat $s $s"),
        doubling("sprig_list $s $s | toJSON"),
        doubling("sprig_list $s $s | sprig_join $s"),
        doubling("urlquery $s $s \"&\" | html"),
        doubling("sprig_concat (sprig_list $s) (sprig_list $s) | toYAML"),
        "{{ sprig_repeat 999999999 \"x\" }}".into(),
        "{{ indent 999999999 \"x\" }}".into(),
        "{{ sprig_nindent 999999999 \"x\" }}".into(),
        "{{ printf \"%9999d%9999d%9999d\" 1 2 3 | sprig_repeat 99 }}".into(),
        "{{ sprig_until 999999999 }}".into(),
        "{{ sprig_untilStep 0 999999999 1 }}".into(),
        "{{ sprig_seq 1 999999999 }}".into(),
        "{{ range loop 999999999 }}{{ end }}".into(),
        format!(
            "{big}{{{{ range 1000 }}}}{{{{ scratch.MapSet \"m\" (printf \"%d\" .) (print $s .) }}}}{{{{ end }}}}"
        ),
        "{{ $l := sprig_list }}{{ range 100 }}{{ $l = sprig_list $l }}{{ end }}{{ toJSON $l }}".into(),
        "{{ $l := sprig_list }}{{ range 100 }}{{ $l = sprig_list $l }}{{ end }}{{ $l }}".into(),
        "{{ $l := sprig_list }}{{ range 100 }}{{ $l = sprig_list $l }}{{ end }}{{ sprig_deepCopy $l }}"
            .into(),
        "{{ $d := sprig_dict }}{{ $_ := sprig_set $d \"me\" $d }}{{ $d }}".into(),
        "{{ $d := sprig_dict }}{{ scratch.Set \"d\" $d }}{{ scratch.MapSet \"d\" \"me\" (sprig_list $d) }}"
            .into(),
        format!(
            "{{{{ parseYAML {} }}}}",
            r#""a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d]""#
        ),
    ] {
        let start = Instant::now();
        let error = refused(&text);
        assert!(error.contains("asks for more than a render may use"), "{text}: {error}");
        assert!(start.elapsed() < Duration::from_secs(10), "{text}: {:?}", start.elapsed());
    }
    assert!(refused("{{ printf \"%99999d\" 1 }}").contains("a width that is not so large"));
    let too_long = format!("{big}{{{{ regexMatch \"a*\" $s }}}}");
    assert!(refused(&too_long).contains("a text of at most 64 KiB"));
    for expression in
        ["(((a{1,100}){1,100}){1,100}){1,100}", "((((((((((((((((((((((((((((((((((((((((((((((((((((((((a"]
    {
        assert!(
            refused(&format!("{{{{ regexMatch \"{expression}\" \"x\" }}}}")).contains("regular expression")
        );
    }
}

/// A hundred thousand lists inside each other are let go without a deep stack.
#[test]
fn values_nested_deeply_are_let_go() {
    assert_eq!(
        render("{{ $l := sprig_list }}{{ range 9000 }}{{ $l = sprig_list $l }}{{ end }}done").unwrap(),
        "done"
    );
}

#[test]
fn an_expression_that_takes_long_is_bounded_by_its_sizes() {
    let start = Instant::now();
    let text = r#"{{ regexMatch "^(a|a|a|a|a|a|a|a)*(x?){100}b$" (sprig_repeat 60000 "a") }}"#;
    assert_eq!(render(text).unwrap(), "false");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// Where two may hold the same map, what one changes the other sees, as in Go; a secret's own can't be changed.
#[test]
fn a_secrets_own_map_is_not_changed() {
    for change in [
        "sprig_set .Data.data \"value\" 1",
        "sprig_unset .Data.data \"value\"",
        "mergeMap .Data.data (sprig_dict)",
        "sprig_merge .Data.data (sprig_dict)",
    ] {
        let text = refused(&format!(
            "{{{{ with secret \"secret/data/breeze/A\" }}}}{{{{ {change} }}}}{{{{ end }}}}"
        ));
        assert!(text.contains("wants a map that may be changed"), "{text}");
    }
    let copied = r#"{{ with secret "secret/data/breeze/A" }}{{ $d := sprig_deepCopy .Data.data }}{{ sprig_set $d "b" 1 | len }}{{ end }}"#;
    assert_eq!(render(copied).unwrap(), "2");
}

#[test]
fn secrets_lists_what_the_file_lists() {
    let listed = r#"{{ range secrets "secret/metadata/breeze" }}{{ . }} {{ end }}"#;
    assert_eq!(render(listed).unwrap(), "A B EMPTY _passthrough ");
    for outside in ["secret/metadata", "secret/metadata/breeze/sub", "other/breeze", ""] {
        let text = refused(&format!("{{{{ secrets \"{outside}\" }}}}"));
        assert!(text.contains("which is not a secret of this policy"), "{text}");
    }
}
