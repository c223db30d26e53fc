//! Templates written to take a machine down. Each is small, and asks for more time or memory than there is; each of them
//! once did.

use std::time::{Duration, Instant};

use super::*;

/// A list that holds the one before it twice, sixty times over: small in memory, endless to whoever walks through it.
const DOUBLED: &str = r#"{{ $x := sprig_list "a" }}{{ range 60 }}{{ $x = sprig_list $x $x }}{{ end }}"#;
/// The same of maps.
const DOUBLED_MAP: &str =
    r#"{{ $x := sprig_dict "a" "b" }}{{ range 60 }}{{ $x = sprig_dict "a" $x "b" $x }}{{ end }}"#;
/// As long a text as a function may make.
const LONG: &str = r#"{{ $t := sprig_repeat 262144 "a" }}"#;
/// A list of the same value, a hundred thousand times.
const MANY: &str = r#"{{ range 10 }}{{ $l = sprig_concat $l $l $l }}{{ end }}"#;

/// A limit is met before the deadline, or behind it on a busy machine.
const TOO_MUCH: [&str; 2] = ["asks for more than a render may use", "took too long to render"];

fn quickly(text: &str) -> Result<String, TemplateError> {
    let start = Instant::now();
    let ended = render(text);
    // The deadline is 5 s; what is measured is that it is looked at, on a busy machine too.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}: {text}", start.elapsed());
    ended
}

fn refused_quickly(text: &str) {
    let error = quickly(text).err().unwrap_or_else(|| panic!("rendered: {text}")).to_string();
    assert!(TOO_MUCH.iter().any(|says| error.contains(says)), "{text}: {error}");
}

#[test]
fn values_that_unfold_without_end_are_not_walked_through() {
    for walk in [
        r#"{{ $d := sprig_dict }}{{ $_ := sprig_set $d "a" $x }}"#,
        r#"{{ scratch.Set "a" $x }}"#,
        r#"{{ scratch.MapSet "a" "b" $x }}"#,
        r#"{{ explodeMap (sprig_dict "a/b" $x) }}"#,
        r#"{{ mergeMap (sprig_dict) (sprig_dict "a" $x) }}"#,
        "{{ sprig_deepCopy $x }}",
        "{{ sprig_deepEqual $x (sprig_deepCopy $x) }}",
        "{{ sprig_has $x (sprig_list $x) }}",
        "{{ sprig_uniq (sprig_list $x $x) }}",
        "{{ sprig_without (sprig_list $x) $x }}",
        "{{ $x }}",
        "{{ print $x }}",
        r#"{{ printf "%.0s" $x }}"#,
        "{{ toJSON $x }}",
        "{{ toJSONPretty $x }}",
        "{{ toYAML $x }}",
        r#"{{ toTOML (sprig_dict "a" $x) }}"#,
        "{{ sprig_toStrings $x }}",
        "{{ sprig_sortAlpha $x }}",
        r#"{{ sprig_join "," $x }}"#,
        "{{ sprig_quote $x }}",
        r#"{{ sprig_dict $x "a" }}"#,
    ] {
        refused_quickly(&format!("{DOUBLED}{walk}"));
        if !walk.contains("sprig_toStrings") && !walk.contains("sprig_sortAlpha") {
            refused_quickly(&format!("{DOUBLED_MAP}{walk}"));
        }
    }
    let other = DOUBLED_MAP.replace("$x", "$y");
    refused_quickly(&format!("{DOUBLED_MAP}{other}{{{{ sprig_deepEqual $x $y }}}}"));
    refused_quickly(&format!("{DOUBLED_MAP}{other}{{{{ sprig_merge $x $y }}}}"));
}

#[test]
fn searches_take_time_in_the_sum_of_lengths() {
    for (text, length) in [
        (r#"{{ replaceAll "é" "b" (sprig_repeat 131072 "é") | len }}"#, "131072"),
        (r#"{{ sprig_replace "é" "b" (sprig_repeat 131072 "é") | len }}"#, "131072"),
        // Bytes that are no UTF-8.
        (
            r#"{{ sprig_contains (print (sprig_repeat 100000 "a") "b\xff") (print (sprig_repeat 250000 "a") "\xff") }}"#,
            "false",
        ),
        (r#"{{ trim (print (sprig_repeat 130000 "b") "a") (sprig_repeat 262144 "a") | len }}"#, "0"),
        (r#"{{ sprig_repeat 9223372036854775807 "" }}"#, ""),
        (r#"{{ replaceAll "\xff" "b" "a\xff\xfe\xff" }}"#, "ab\u{fffd}b"),
    ] {
        match quickly(text) {
            Ok(rendered) => assert_eq!(rendered, length, "{text}"),
            Err(e) => assert!(e.to_string().contains("is not UTF-8") && text.contains("xfe"), "{text}: {e}"),
        }
    }
}

#[test]
fn expressions_are_bounded_between_their_matches() {
    refused_quickly(
        r#"{{ $w := sprig_repeat 65536 "a" }}{{ $b := sprig_repeat 131072 "$0" }}{{ regexReplaceAll "(?s).+" $b $w }}"#,
    );
    refused_quickly(r#"{{ regexReplaceAll "" (sprig_repeat 131072 "$9") (sprig_repeat 65536 "a") }}"#);
    refused_quickly(r#"{{ regexReplaceAll "a" (sprig_repeat 131072 "${") (sprig_repeat 65536 "a") }}"#);
    for call in [
        r#"sprig_regexFindAll "(?s:.*x|a|b)" $t 1000000"#,
        r#"sprig_regexSplit "(?s:.*x|a|b)" $t -1"#,
        r#"regexReplaceAll "(?s:.*x|a|b)" "" $t"#,
        r#"sprig_regexReplaceAllLiteral "(?s:.*x|a|b)" $t """#,
    ] {
        refused_quickly(&format!(r#"{{{{ $t := sprig_repeat 32768 "ab" }}}}{{{{ {call} }}}}"#));
    }
}

#[test]
fn one_call_with_many_arguments_or_items_is_counted() {
    let times = |n: usize, what: &str| what.repeat(n);
    for text in [
        format!("{LONG}{{{{ eq \"b\"{} }}}}", times(200_000, " $t")),
        format!("{LONG}{{{{ printf \"{}\"{} }}}}", times(100_000, "%.0s"), times(100_000, " $t")),
        format!("{LONG}{{{{ sprig_pick (sprig_dict){} }}}}", times(200_000, " $t")),
        format!("{{{{ $l := sprig_list 1 }}}}{MANY}{{{{ sprig_concat{} }}}}", times(50_000, " $l")),
        format!("{{{{ $d := parseJSON (print \"{{\" (sprig_repeat 20000 \"\\\"a\\\":1,\") \"\\\"b\\\":1}}\") }}}}{{{{ sprig_keys{} }}}}", times(200_000, " $d")),
        format!("{LONG}{{{{ $l := sprig_list $t }}}}{MANY}{{{{ in $l (print (sprig_substr 0 262143 $t) \"b\") }}}}"),
        format!("{{{{ $l := sprig_list 1 }}}}{MANY}{{{{ containsAll $l $l }}}}{{{{ containsNone (sprig_append $l 2) (sprig_append $l 3) }}}}{{{{ containsAny (sprig_rest (sprig_append $l 2)) (sprig_list 3) }}}}{{{{ $m := sprig_list 4 }}}}{}{{{{ containsAny $m $l }}}}", MANY.replace("$l", "$m")),
        format!("{LONG}{{{{ $l := sprig_list $t }}}}{MANY}{{{{ sprig_sortAlpha $l }}}}"),
        format!("{LONG}{{{{ $l := sprig_list (sprig_list $t) }}}}{MANY}{{{{ sprig_toStrings $l | len }}}}"),
        format!("{{{{ $l := sprig_list (sprig_list (sprig_repeat 200000 \"a\")) }}}}{MANY}{{{{ sprig_toStrings $l | len }}}}"),
        "{{ $t := sprig_repeat 130000 \"/a\" }}{{ range $i, $_ := loop 200 }}{{ scratch.MapSet \"m\" (print $i $t) 1 }}{{ end }}{{ explodeMap (scratch.Get \"m\") }}".into(),
        "{{ range $i, $_ := loop 9000 }}{{ scratch.MapSet \"m\" (printf \"%d/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q\" $i) 1 }}{{ end }}{{ explodeMap (scratch.Get \"m\") }}".into(),
        "{{ $t := print \"[\" (sprig_repeat 80000 \"[],\") \"[]]\" }}{{ range $i, $_ := loop 1000 }}{{ scratch.MapSet \"m\" (print $i) (parseJSON $t) }}{{ end }}".into(),
        "{{ $t := print \"[\" (sprig_repeat 9000 \"{},\") \"{}]\" }}{{ range $i, $_ := loop 1000 }}{{ scratch.MapSet \"m\" (print $i) (parseYAML $t) }}{{ end }}".into(),
    ] {
        refused_quickly(&text);
    }
}

#[test]
fn variables_are_counted_since_each_use_looks_for_its_own() {
    let declared = |n: usize| (0..n).map(|i| format!("{{{{$v{i}:=1}}}}")).collect::<String>();
    assert_eq!(quickly(&format!("{}{{{{ $v999 }}}}", declared(1_000))).unwrap(), "1");
    let text = format!("{}{}", declared(20_000), "{{$v0}}".repeat(80_000));
    let error = quickly(&text).unwrap_err().to_string();
    assert!(error.contains("more than 1000 variables are declared in one place"), "{error}");
}

/// The same secret read again takes no more memory.
#[test]
fn a_secret_is_kept_once() {
    let template = Template::parse(
        r#"{{ range $i, $_ := loop 5000 }}{{ scratch.MapSet "m" (print $i) (secret "secret/breeze/A").Data.data }}{{ end }}{{ scratch.MapValues "m" | len }}"#,
    )
    .unwrap();
    let long = "v".repeat(1 << 20);
    let rendered = template.render(&file(&["A"]), &paths(), &mut |_| Some(Zeroizing::new(long.clone())));
    assert_eq!(in_clear(&rendered.ok().unwrap()), "5000");
}

/// Keys for which Go's order contradicts itself: Rust's sort panics on such an order.
#[test]
fn keys_without_an_order_are_refused() {
    let letters = ["0", "1", "-", "a"];
    let keys = |n: u32| {
        (0..letters.len().pow(n)).map(move |i| {
            (0..n).map(|at| letters[i / letters.len().pow(at) % letters.len()]).collect::<String>()
        })
    };
    let entries: Vec<String> = (1..=4).flat_map(keys).map(|key| format!("\\\"{key}\\\":1")).collect();
    let error = quickly(&format!("{{{{ parseJSON \"{{{}}}\" | toYAML }}}}", entries.join(",")))
        .unwrap_err()
        .to_string();
    assert!(error.contains("`toYAML` wants keys that have an order"), "{error}");
}

/// One search cannot be stopped.
#[test]
fn a_large_expression_takes_a_short_text() {
    let search = |length: usize| {
        quickly(&format!(
            r#"{{{{ regexMatch "(?:[a-z]?){{1000}}(?:[a-z]?){{1000}}[0-9]" (sprig_repeat {length} "a") }}}}"#
        ))
    };
    assert_eq!(search(100).unwrap(), "false");
    let error = search(65_536).unwrap_err().to_string();
    assert!(error.contains("wants a smaller regular expression, or a shorter text"), "{error}");
}
