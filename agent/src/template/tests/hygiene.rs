//! No error holds a value, whatever a template does with one.

use super::*;

/// A secret's value that is wrong wherever it is used.
const SECRET: &str = "zq-9[\"(*\\Wx: {%$'&:\u{e9}";

fn refused_with_value(text: &str) -> String {
    let template = Template::parse(text).unwrap();
    let mut values = Values::default();
    values.insert("A".parse().unwrap(), 1, Value::new(SECRET.into()));
    match template.render_values(&file(&["A"]), &paths(), &values, &Passed::default()) {
        Ok(_) => panic!("rendered: {text}"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn no_error_shows_a_value() {
    for (rest, says) in [
        ("{{ .Data.data.valeu }}", "a secret has no field `valeu`"),
        ("{{ index .Data.data \"other\" }}", "a secret has no field of that name"),
        ("{{ index .Data.data .Data.data.value }}", "a secret has no field of that name"),
        ("{{ .Data.metadata.version }}", "a secret has no field `metadata`"),
        ("{{ .LeaseID }}", "a secret has no field `LeaseID`"),
        ("{{ .Data }}", "a secret is used as a whole"),
        ("{{ . }}", "a secret is used as a whole"),
        ("{{ toJSON . }}", "a secret is used as a whole"),
        ("{{ toJSON .Data }}", "`toJSON` wants `.Data.data`, not `.Data`"),
        ("{{ .Data | printf \"%v\" }}", "`printf` wants `.Data.data`, not `.Data`"),
        ("{{ range .Data }}{{ end }}", "a secret is used as a whole"),
        ("{{ .Data.data.value.more }}", "a field is read of something that has none"),
        ("{{ secret .Data.data.value }}", "reads a computed path, which is not a secret of this policy"),
        ("{{ secrets .Data.data.value }}", "reads a computed path, which is not a secret of this policy"),
        (r#"{{ secret (printf "secret/breeze/%s" "Z") }}"#, "reads a computed path, whose secret"),
        (r#"{{ secret "secret/breeze/A" "value=1" }}"#, "a template only reads"),
        ("{{ index .Data.data.value 99 }}", "`index` wants a place that is in the text"),
        ("{{ base64Decode .Data.data.value }}", "`base64Decode` wants a text in base64"),
        ("{{ base64URLDecode .Data.data.value }}", "`base64URLDecode` wants a text in base64"),
        ("{{ sprig_b64dec .Data.data.value }}", "`sprig_b64dec` wants a text in base64"),
        ("{{ slice .Data.data.value 5 99 }}", "`slice` wants places that are in the text"),
        ("{{ sprig_substr 5 1 .Data.data.value }}", "`sprig_substr` wants places that are in the text"),
        ("{{ template \"nowhere\" .Data.data.value }}", "a template is called that is not defined"),
        ("{{ len 3 }}", "`len` wants a text, a list or a map"),
        ("{{ parseInt .Data.data.value }}", "`parseInt` wants a text that is a whole number"),
        ("{{ parseUint .Data.data.value }}", "`parseUint` wants a text that is a whole number"),
        ("{{ parseFloat .Data.data.value }}", "`parseFloat` wants a text that is a number"),
        ("{{ parseBool .Data.data.value }}", "`parseBool` wants a text that is true or false"),
        ("{{ parseJSON .Data.data.value }}", "`parseJSON` wants a text that is JSON"),
        ("{{ sprig_fromJson .Data.data.value }}", "`sprig_fromJson` wants a text that is JSON"),
        ("{{ parseYAML .Data.data.value }}", "`parseYAML` wants a text that is YAML"),
        ("{{ regexMatch .Data.data.value \"x\" }}", "`regexMatch` wants a regular expression of Go's kind"),
        (
            "{{ regexReplaceAll .Data.data.value \"x\" \"y\" }}",
            "`regexReplaceAll` wants a regular expression",
        ),
        ("{{ divide 0 1 }}", "`divide` wants no zero to divide by"),
        ("{{ modulo (sprig_int .Data.data.value) 1 }}", "`modulo` wants no zero to divide by"),
        ("{{ sprig_div 1 .Data.data.value }}", "`sprig_div` wants no zero to divide by"),
        ("{{ add .Data.data.value 1 }}", "`add` wants numbers"),
        ("{{ loop .Data.data.value }}", "`loop` wants a text that is a whole number"),
        ("{{ eq .Data.data.value 1 }}", "`eq` wants two values of one kind"),
        ("{{ range .Data.data.value }}{{ end }}", "`range` is given something that has no items"),
        ("{{ join \",\" .Data.data.value }}", "`join` wants a list of texts here"),
        ("{{ indent .Data.data.value \"x\" }}", "`indent` wants a whole number here"),
        ("{{ sprig_first .Data.data.value }}", "`sprig_first` wants a list"),
        ("{{ sprig_keys .Data.data.value }}", "`sprig_keys` wants a map"),
        ("{{ sprig_fail .Data.data.value }}", "the template itself says that it must not be rendered"),
        (
            "{{ explodeMap (sprig_dict .Data.data.value 1 (print .Data.data.value \"/b\") 2) }}",
            "`explodeMap` wants keys",
        ),
        (
            "{{ scratch.Set \"a\" .Data.data.value }}{{ scratch.MapSet \"a\" \"b\" 1 }}",
            "`scratch.MapSet` wants a name that holds a map",
        ),
        ("{{ .Data.data.value 3 }}", "something is given arguments that takes none"),
        ("{{ slice .Data.data.value 0 20 }}", "the rendered text is not UTF-8"),
    ] {
        // On the second line.
        let text = format!("x\n{{{{ with secret \"secret/data/breeze/A\" }}}}{rest}{{{{ end }}}}");
        let error = refused_with_value(&text);
        assert!(error.contains(says), "{rest}: {error}");
        assert!(!error.contains("zq") && !error.contains("Wx"), "{rest}: {error}");
        let placed = error.starts_with("t.tmpl:2:") || says.contains("UTF-8");
        assert!(placed, "{rest}: {error}");
    }
}

/// A value that looks like a name is not taken for one that the template has written.
#[test]
fn a_value_that_looks_like_a_field_is_not_named() {
    for rest in [
        "{{ index .Data.data .Data.data.value }}",
        "{{ index .Data.data (sprig_upper .Data.data.value) }}",
        "{{ range $k, $v := .Data.data }}{{ index $.Data.data $v }}{{ end }}",
        "{{ $d := .Data.data }}{{ .Data.data.value | index $d }}",
        "{{ secret (printf \"secret/data/breeze/%s\" .Data.data.value) }}",
        "{{ secret (print \"secret/breeze/\" .Data.data.value) }}",
        "{{ secret (print \"secret/breeze/_passthrough/\" .Data.data.value) }}",
        "{{ scratch.Set \"a\" .Data.data.value }}{{ scratch.MapSet \"a\" .Data.data.value 1 }}",
        "{{ sprig_get (secret \"secret/breeze/A\") .Data.data.value }}",
        "{{ sprig_dig .Data.data.value .Data.data.value .Data.data.value }}",
        "{{ sprig_pluck .Data.data.value .Data.data.value }}",
        "{{ sprig_fail .Data.data.value }}",
        "{{ parseInt .Data.data.value }}",
    ] {
        // One that no secret has, and one that the file lists and that was never brought in.
        for secret in ["HUNTERTWO", "EMPTY"] {
            let text = format!("{{{{ with secret \"secret/data/breeze/A\" }}}}{rest}{{{{ end }}}}");
            let rendered =
                Template::parse(&text).unwrap().render(&file(&["A", "EMPTY"]), &paths(), &mut |asked| {
                    match asked {
                        Asked::Secret(name) if name.as_str() == "A" => Some(Zeroizing::new(secret.into())),
                        _ => None,
                    }
                });
            let error = rendered.err().unwrap_or_else(|| panic!("rendered: {rest}")).to_string();
            assert!(!error.contains(secret), "{rest}: {error}");
        }
    }
}
